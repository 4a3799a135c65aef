//! What npm's clients send about signing in, tokens and the account: where to, and which bodies.

use model::network::Network;
use serde_json::{Map, Value};

/// What a user's document is called: `org.couchdb.user:ana`.
const USER: &str = "org.couchdb.user:";
/// The most entries of a list in a body.
const MOST: usize = 100;

/// Text that shows itself to nobody by accident: part of a path, or of a body.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// The text. Whoever calls this answers for where it goes.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// An address below `/F/{feed}/npm/-/` that is about who the client is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Account {
    /// `v1/login`: where signing in by the browser begins.
    Login,
    /// `v1/done/{code}`: where it ends.
    Done(Secret),
    /// `user/org.couchdb.user:{name}`: signing in by password.
    User(String),
    /// `user/token/{token}`: signing out.
    Logout(Secret),
    /// `npm/v1/tokens`.
    Tokens,
    /// `npm/v1/tokens/token/{id or value}`.
    Token(Secret),
    /// `npm/v1/user`: the profile.
    Profile,
}

impl Account {
    /// The address that these segments make, if it is one of them.
    pub(super) fn of(route: &[&str]) -> Option<Self> {
        Some(match route {
            ["v1", "login"] => Self::Login,
            ["v1", "done", code] => Self::Done((*code).into()),
            ["user", "token", token] => Self::Logout((*token).into()),
            ["user", user] => Self::User(user.strip_prefix(USER)?.to_owned()),
            ["npm", "v1", "tokens"] => Self::Tokens,
            ["npm", "v1", "tokens", "token", named] => Self::Token((*named).into()),
            ["npm", "v1", "user"] => Self::Profile,
            _ => return None,
        })
    }

    /// The methods that mean something there.
    pub(crate) fn methods(&self) -> &'static str {
        match self {
            Self::Login => "POST",
            Self::Done(_) => "GET",
            Self::User(_) => "PUT",
            Self::Logout(_) | Self::Token(_) => "DELETE",
            Self::Tokens | Self::Profile => "GET, HEAD, POST",
        }
    }
}

/// Why a body is refused. What stands in it is never repeated: it holds a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyError {
    /// No JSON, or no object.
    #[error("The body is not a JSON object.")]
    NotAnObject,
    /// A field that has to be there is not, or is of another type.
    #[error("{0} must be a string.")]
    NotText(&'static str),
    /// A list that is none.
    #[error("{0} must be a list of at most {MOST} strings.")]
    NotAList(&'static str),
    /// A switch that is none.
    #[error("{0} must be true or false.")]
    NotAFlag(&'static str),
    /// The user that the address names is not the one in the body.
    #[error("The body is about another user than the address: name and _id have to agree with it.")]
    OtherUser,
    /// A number of days that is none.
    #[error("expires must be a number of days.")]
    NotDays,
    /// A network that is none.
    #[error("cidr_whitelist must be a list of networks such as 10.1.0.0/16.")]
    NotANetwork,
    /// A word that stands for no permission here.
    #[error("packages_and_scopes_permission must be read-only or read-write.")]
    NotAPermission,
    /// All packages, and some.
    #[error("packages_all contradicts packages and scopes: give one or the other.")]
    AllAndSome,
    /// A scope that is none.
    #[error("scopes must be a list of npm scopes such as @acme.")]
    NotAScope,
    /// Something that this server does not have. It must not be ignored: the token would be another
    /// one than was asked for.
    #[error("This server has no {0}: leave it out.")]
    Unserved(&'static str),
    /// A field that is not known, and so must not be ignored.
    #[error("The body has a field that this server does not know, so it makes no token.")]
    Unknown,
}

/// What signing in by password sends.
pub(crate) struct LoginBody {
    pub(crate) password: Secret,
}

impl LoginBody {
    /// Reads the body for the user whom the address names. An e-mail address is not asked for, and what
    /// else stands in it has no meaning here: no account is ever made by it.
    pub(crate) fn parse(name: &str, body: &[u8]) -> Result<Self, BodyError> {
        let body = object(body)?;
        let named = text(&body, "name")?.ok_or(BodyError::NotText("name"))?;
        let id = text(&body, "_id")?.map_or(Some(name), |id| id.strip_prefix(USER));
        if named != name || id != Some(name) {
            return Err(BodyError::OtherUser);
        }
        let password = text(&body, "password")?.ok_or(BodyError::NotText("password"))?;
        Ok(Self { password: password.into() })
    }
}

/// What `npm token create` sends.
#[derive(Debug)]
pub(crate) struct TokenBody {
    pub(crate) password: Secret,
    pub(crate) description: Option<String>,
    pub(crate) read_only: bool,
    pub(crate) networks: Vec<Network>,
    /// Names of packages and patterns of them.
    pub(crate) packages: Vec<String>,
    pub(crate) days: Option<u16>,
}

impl TokenBody {
    /// Reads the body of any of npm's versions. Everything in it is honoured or refused.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, BodyError> {
        const KNOWN: [&str; 13] = [
            "password",
            "name",
            "description",
            "readonly",
            "cidr_whitelist",
            "packages",
            "packages_all",
            "scopes",
            "packages_and_scopes_permission",
            "orgs",
            "orgs_permission",
            "bypass_2fa",
            "expires",
        ];
        let body = object(body)?;
        if body.iter().any(|(name, value)| !KNOWN.contains(&name.as_str()) && !value.is_null()) {
            return Err(BodyError::Unknown);
        }
        if !list(&body, "orgs")?.is_empty()
            || !matches!(text(&body, "orgs_permission")?, None | Some("no-access"))
        {
            return Err(BodyError::Unserved("organizations"));
        }
        if flag(&body, "bypass_2fa")? {
            return Err(BodyError::Unserved("second factor to bypass"));
        }
        let permission = match text(&body, "packages_and_scopes_permission")? {
            None | Some("read-write") => false,
            Some("read-only") => true,
            Some(_) => return Err(BodyError::NotAPermission),
        };
        let password = text(&body, "password")?.ok_or(BodyError::NotText("password"))?;
        Ok(Self {
            password: password.into(),
            description: description(text(&body, "name")?, text(&body, "description")?),
            read_only: flag(&body, "readonly")? || permission,
            networks: networks(&body)?,
            packages: packages(&body)?,
            days: days(&body)?,
        })
    }
}

/// A token has one line that says what it is for; npm has two.
fn description(name: Option<&str>, more: Option<&str>) -> Option<String> {
    match (name.filter(|name| !name.is_empty()), more.filter(|more| !more.is_empty())) {
        (Some(name), Some(more)) => Some(format!("{name}: {more}")),
        (one, other) => one.or(other).map(str::to_owned),
    }
}

fn networks(body: &Map<String, Value>) -> Result<Vec<Network>, BodyError> {
    let texts = list(body, "cidr_whitelist")?;
    texts.iter().map(|text| text.parse().map_err(|_| BodyError::NotANetwork)).collect()
}

fn packages(body: &Map<String, Value>) -> Result<Vec<String>, BodyError> {
    let mut packages: Vec<String> =
        list(body, "packages")?.into_iter().map(str::to_owned).collect();
    for scope in list(body, "scopes")? {
        let is_scope = scope.starts_with('@') && !scope.contains(['/', '*']);
        packages.push(if is_scope {
            format!("{scope}/*")
        } else {
            return Err(BodyError::NotAScope);
        });
    }
    if flag(body, "packages_all")? && !packages.is_empty() {
        return Err(BodyError::AllAndSome);
    }
    Ok(packages)
}

fn days(body: &Map<String, Value>) -> Result<Option<u16>, BodyError> {
    match body.get("expires") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let days = value.as_u64().and_then(|days| u16::try_from(days).ok());
            days.map(Some).ok_or(BodyError::NotDays)
        }
    }
}

fn object(body: &[u8]) -> Result<Map<String, Value>, BodyError> {
    serde_json::from_slice(body).map_err(|_| BodyError::NotAnObject)
}

fn text<'a>(
    body: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, BodyError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(BodyError::NotText(name)),
    }
}

fn flag(body: &Map<String, Value>, name: &'static str) -> Result<bool, BodyError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(BodyError::NotAFlag(name)),
    }
}

fn list<'a>(body: &'a Map<String, Value>, name: &'static str) -> Result<Vec<&'a str>, BodyError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) if items.len() <= MOST => {
            items.iter().map(|item| item.as_str().ok_or(BodyError::NotAList(name))).collect()
        }
        Some(_) => Err(BodyError::NotAList(name)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{super::sentence::tests::assert_fit_for_a_header, *};

    fn token(body: &Value) -> Result<TokenBody, BodyError> {
        TokenBody::parse(body.to_string().as_bytes())
    }

    #[test]
    fn the_user_in_body_and_address_is_one() {
        let parse = |body: Value| LoginBody::parse("ana", body.to_string().as_bytes()).map(|_| ());
        let good = json!({ "_id": "org.couchdb.user:ana", "name": "ana", "password": "p",
            "type": "user", "roles": [], "date": "2026-11-23T17:56:12.119Z", "email": "a@b" });
        assert_eq!(parse(good), Ok(()));
        assert_eq!(parse(json!({ "name": "ana", "password": "p" })), Ok(()));
        for (body, error) in [
            (json!({ "name": "bob", "password": "p" }), BodyError::OtherUser),
            (
                json!({ "_id": "org.couchdb.user:bob", "name": "ana", "password": "p" }),
                BodyError::OtherUser,
            ),
            (json!({ "_id": "ana", "name": "ana", "password": "p" }), BodyError::OtherUser),
            (json!({ "password": "p" }), BodyError::NotText("name")),
            (json!({ "name": "ana" }), BodyError::NotText("password")),
            (json!({ "name": "ana", "password": 7 }), BodyError::NotText("password")),
            (json!([]), BodyError::NotAnObject),
        ] {
            assert_eq!(parse(body), Err(error));
        }
    }

    #[test]
    fn what_each_npm_sends() {
        let old =
            token(&json!({ "password": "pw", "readonly": true, "cidr_whitelist": ["10.0.0.0/8"] }));
        let old = old.unwrap();
        assert!(old.read_only && old.packages.is_empty() && old.description.is_none());
        assert_eq!(old.networks[0].to_string(), "10.0.0.0/8");
        let plain = token(&json!({ "password": "pw", "readonly": false, "cidr_whitelist": [] }));
        assert!(!plain.unwrap().read_only);
        let new = json!({ "name": "ci", "password": "pw", "description": "builds",
            "packages": ["@acme/demo"], "scopes": ["@acme"],
            "packages_and_scopes_permission": "read-only", "expires": 30 });
        let new = token(&new).unwrap();
        assert_eq!(new.description.as_deref(), Some("ci: builds"));
        assert_eq!(
            (new.packages, new.days),
            (vec!["@acme/demo".to_owned(), "@acme/*".to_owned()], Some(30))
        );
        assert!(new.read_only);
        let unnamed = token(&json!({ "name": null, "password": "pw", "packages_all": true }));
        assert_eq!(unnamed.unwrap().description, None);
    }

    #[test]
    fn nothing_is_silently_ignored() {
        for (field, value, error) in [
            ("orgs", json!(["acme"]), BodyError::Unserved("organizations")),
            ("orgs_permission", json!("read-only"), BodyError::Unserved("organizations")),
            ("bypass_2fa", json!(true), BodyError::Unserved("second factor to bypass")),
            ("packages_and_scopes_permission", json!("no-access"), BodyError::NotAPermission),
            ("packages", json!("demo"), BodyError::NotAList("packages")),
            ("packages", json!([1]), BodyError::NotAList("packages")),
            ("scopes", json!(["acme"]), BodyError::NotAScope),
            ("readonly", json!("yes"), BodyError::NotAFlag("readonly")),
            ("cidr_whitelist", json!(["everywhere"]), BodyError::NotANetwork),
            ("expires", json!("30"), BodyError::NotDays),
            ("expires", json!(-1), BodyError::NotDays),
            ("expires", json!(100_000), BodyError::NotDays),
            ("password", json!(["pw"]), BodyError::NotText("password")),
            ("audience", json!("all"), BodyError::Unknown),
        ] {
            let mut body = json!({ "password": "pw" });
            body[field] = value;
            assert_eq!(token(&body).unwrap_err(), error, "{field}");
            assert_fit_for_a_header(&error.to_string());
        }
        let both = json!({ "password": "pw", "packages": ["demo"], "packages_all": true });
        assert_eq!(token(&both).unwrap_err(), BodyError::AllAndSome);
        let none =
            json!({ "password": "pw", "orgs": [], "orgs_permission": "no-access", "later": null });
        assert!(token(&none).is_ok());
    }

    #[test]
    fn secrets_do_not_show_themselves() {
        let shown = format!("{:?}", Account::of(&["v1", "done", "sesame"]).unwrap());
        assert!(!shown.contains("sesame"), "{shown}");
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_not(body in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}") {
            let _ = (LoginBody::parse("ana", &body), TokenBody::parse(&body));
            let object = json!({ "name": text, "password": text, "packages": [text] }).to_string();
            let _ = (LoginBody::parse("ana", object.as_bytes()), TokenBody::parse(object.as_bytes()));
        }
    }
}
