//! Providers of identities: `[provider.NAME]` in `latchkey.toml`.

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use model::views::Provider;
use openidconnect::ClientSecret;
use toml::{Table, Value};
use url::{Host, Url};

use super::{ConfigError, origin::variable};

const KEYS: [&str; 9] = [
    "kind",
    "label",
    "issuer",
    "url",
    "client_id",
    "client_secret",
    "client_secret_file",
    "scopes",
    "ca_file",
];
/// Where GitHub itself is.
const GITHUB: &str = "https://github.com";
/// The most characters of a label: it stands on buttons.
const LONGEST_LABEL: usize = 40;
/// The most characters of a name: it stands in addresses.
const LONGEST_NAME: usize = 32;

/// What a provider speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderKind {
    /// OpenID Connect, with this issuer.
    OpenId {
        /// As the provider itself writes it: two that differ by a slash are two.
        issuer: String,
    },
    /// GitHub's OAuth, at this address without a slash at its end.
    GitHub {
        /// `https://github.com`, or a server of one's own.
        url: String,
    },
}

/// Where the client's secret is.
#[derive(Debug, Clone)]
pub enum Secret {
    /// There is none: the provider takes proof keys alone (RFC 7636).
    None,
    /// Here.
    Text(ClientSecret),
    /// In this file, which is read when the server starts.
    File(PathBuf),
}

/// A provider as the operator set it up.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// Its name in addresses.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it speaks.
    pub kind: ProviderKind,
    /// What it calls this server.
    pub client_id: String,
    /// How this server proves to be that.
    pub secret: Secret,
    /// What it is asked to tell.
    pub scopes: Vec<String>,
    /// A file with certificates of authorities that are trusted besides the usual ones, for this
    /// provider alone.
    pub ca_file: Option<PathBuf>,
}

impl ProviderSettings {
    /// What pages know of it.
    pub fn view(&self) -> Provider {
        Provider {
            name: self.name.clone(),
            label: self.label.clone(),
            // GitHub does not tell when somebody signed in.
            can_confirm: matches!(self.kind, ProviderKind::OpenId { .. }),
        }
    }

    /// The variable that may hold its secret: `LATCHKEY_PROVIDER_CONTOSO_CLIENT_SECRET`.
    pub(super) fn secret_variable(&self) -> String {
        variable(&format!("provider_{}_client_secret", self.name.replace('-', "_")))
    }

    pub(super) fn with_secret(self, secret: String) -> Self {
        Self { secret: Secret::Text(ClientSecret::new(secret)), ..self }
    }

    /// Reads the table of all providers.
    pub(super) fn read_all(path: &Path, value: Value) -> Result<Vec<Self>, ConfigError> {
        let Value::Table(tables) = value else {
            return Err(ConfigError::File {
                path: path.to_owned(),
                why: "write providers as tables: [provider.NAME]".to_owned(),
            });
        };
        let read = |(name, value): (String, Value)| {
            Self::read(path, &name, value).map_err(|why| ConfigError::Provider {
                path: path.to_owned(),
                provider: name,
                why,
            })
        };
        tables.into_iter().map(read).collect()
    }

    fn read(path: &Path, name: &str, value: Value) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if name.len() > LONGEST_NAME || name.starts_with('-') || !name.chars().all(plain) {
            return Err(format!(
                "a name has at most {LONGEST_NAME} characters: small letters, digits and hyphens"
            ));
        }
        let Value::Table(table) = value else { return Err("it is not a table".to_owned()) };
        if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(format!("there is no setting `{key}`. Allowed: {}", KEYS.join(", ")));
        }
        let kind = match text(&table, "kind")?.as_deref() {
            None | Some("openid") => open_id(&table)?,
            Some("github") => github(&table)?,
            Some(other) => return Err(format!("kind: “{other}” is not one of: openid, github")),
        };
        let is_github = matches!(kind, ProviderKind::GitHub { .. });
        let label = text(&table, "label")?;
        let label = label.unwrap_or_else(|| if is_github { "GitHub" } else { name }.to_owned());
        if label.chars().count() > LONGEST_LABEL || label.chars().any(char::is_control) {
            return Err(format!("label: at most {LONGEST_LABEL} characters in one line"));
        }
        let beside =
            |file: String| path.parent().map_or_else(|| file.clone().into(), |at| at.join(&file));
        let secret = match (text(&table, "client_secret")?, text(&table, "client_secret_file")?) {
            (None, None) => Secret::None,
            (Some(secret), None) => Secret::Text(ClientSecret::new(secret)),
            (None, Some(file)) => Secret::File(beside(file)),
            (Some(_), Some(_)) => {
                return Err("give client_secret or client_secret_file, not both".to_owned());
            }
        };
        Ok(Self {
            name: name.to_owned(),
            label,
            kind,
            client_id: text(&table, "client_id")?.ok_or("client_id is missing")?,
            secret,
            scopes: scopes(&table, is_github)?,
            ca_file: text(&table, "ca_file")?.map(beside),
        })
    }
}

/// Whether a provider may be reached at this address: in the clear on this machine only.
pub(crate) fn is_protected(url: &Url) -> bool {
    let is_local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}

fn open_id(table: &Table) -> Result<ProviderKind, String> {
    if table.contains_key("url") {
        return Err("url is for GitHub; an OpenID provider has an issuer".to_owned());
    }
    let issuer = text(table, "issuer")?.ok_or("issuer is missing")?;
    address("issuer", &issuer)?;
    Ok(ProviderKind::OpenId { issuer })
}

fn github(table: &Table) -> Result<ProviderKind, String> {
    if table.contains_key("issuer") {
        return Err("issuer is for OpenID providers; GitHub has a url".to_owned());
    }
    let url = text(table, "url")?.unwrap_or_else(|| GITHUB.to_owned());
    address("url", &url)?;
    Ok(ProviderKind::GitHub { url: url.trim_end_matches('/').to_owned() })
}

fn address(key: &str, text: &str) -> Result<(), String> {
    let url = Url::parse(text).map_err(|error| format!("{key}: “{text}”: {error}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{key}: it must not hold a name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(format!("{key}: “{text}” must end with its path"));
    }
    if !is_protected(&url) {
        return Err(format!(
            "{key}: “{text}” must begin with https:// (http:// is allowed on this machine only)"
        ));
    }
    Ok(())
}

fn scopes(table: &Table, is_github: bool) -> Result<Vec<String>, String> {
    let usual: &[&str] = if is_github { &["user:email"] } else { &["openid", "profile", "email"] };
    let Some(value) = table.get("scopes") else {
        return Ok(usual.iter().map(|scope| (*scope).to_owned()).collect());
    };
    let wrong = || "scopes: write a list of texts, such as [\"openid\", \"email\"]".to_owned();
    let scopes: Vec<String> = value
        .as_array()
        .ok_or_else(wrong)?
        .iter()
        .map(|scope| scope.as_str().map(str::to_owned).ok_or_else(wrong))
        .collect::<Result<_, _>>()?;
    // RFC 6749 §3.3.
    let plain = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    if scopes.iter().any(|scope| scope.is_empty() || !scope.chars().all(plain)) {
        return Err(wrong());
    }
    if !is_github && !scopes.iter().any(|scope| scope == "openid") {
        return Err("scopes: “openid” must be one of them".to_owned());
    }
    Ok(scopes)
}

/// A setting's text. What it holds is never repeated: it may be a secret.
fn text(table: &Table, key: &str) -> Result<Option<String>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(format!("{key} must be a text")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<ProviderSettings>, String> {
        let table: Table = text.parse().unwrap();
        ProviderSettings::read_all(Path::new("/etc/latchkey.toml"), table["provider"].clone())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_provider_is_read_with_what_is_usual() {
        let all = read(
            "[provider.contoso]\nissuer = \"https://login.contoso.example/\"\nclient_id = \"lk\"\n\
             client_secret_file = \"contoso.secret\"\n\
             [provider.github]\nkind = \"github\"\nclient_id = \"gh\"\nclient_secret = \"hush\"\n",
        )
        .unwrap();
        let [contoso, github] = &all[..] else { panic!("two") };
        let issuer = "https://login.contoso.example/".to_owned();
        assert_eq!(contoso.kind, ProviderKind::OpenId { issuer });
        assert_eq!((contoso.label.as_str(), contoso.client_id.as_str()), ("contoso", "lk"));
        assert_eq!(contoso.scopes, ["openid", "profile", "email"]);
        assert!(
            matches!(&contoso.secret, Secret::File(file) if file.as_path() == Path::new("/etc/contoso.secret"))
        );
        assert!(contoso.view().can_confirm && !github.view().can_confirm);
        assert_eq!(github.kind, ProviderKind::GitHub { url: "https://github.com".to_owned() });
        assert_eq!(
            (github.label.as_str(), github.scopes.as_slice()),
            ("GitHub", &["user:email".to_owned()][..])
        );
        assert_eq!(contoso.secret_variable(), "LATCHKEY_PROVIDER_CONTOSO_CLIENT_SECRET");
        assert!(!format!("{all:?}").contains("hush"));
    }

    #[test]
    fn what_is_wrong_is_said_without_repeating_secrets() {
        let with = |lines: &str| {
            read(&format!("[provider.contoso]\nclient_id = \"lk\"\n{lines}")).unwrap_err()
        };
        for (lines, says) in [
            ("", "issuer is missing"),
            ("issuer = \"http://login.contoso.example\"", "must begin with https://"),
            ("issuer = \"https://a:b@c.example\"", "name or password"),
            ("issuer = \"https://c.example/?x=y\"", "must end with its path"),
            ("issuer = \"nonsense\"", "issuer: “nonsense”"),
            ("issuer = \"https://c.example\"\nurl = \"https://d.example\"", "url is for GitHub"),
            ("kind = \"github\"\nissuer = \"https://c.example\"", "issuer is for OpenID"),
            ("kind = \"saml\"", "“saml” is not one of: openid, github"),
            (
                "issuer = \"https://c.example\"\nsecret = \"hush\"",
                "no setting `secret`. Allowed: kind",
            ),
            ("issuer = \"https://c.example\"\nclient_secret = 7", "client_secret must be a text"),
            (
                "issuer = \"https://c.example\"\nclient_secret = \"hush\"\nclient_secret_file = \"f\"",
                "not both",
            ),
            ("issuer = \"https://c.example\"\nscopes = [\"email\"]", "“openid” must be one"),
            ("issuer = \"https://c.example\"\nscopes = \"openid\"", "scopes: write a list"),
            ("issuer = \"https://c.example\"\nlabel = \"a\\nb\"", "label: at most"),
        ] {
            let refusal = with(lines);
            assert!(refusal.contains(says), "{lines}: {refusal}");
            assert!(refusal.starts_with("[provider.contoso] in /etc/latchkey.toml: "), "{refusal}");
            assert!(!refusal.contains("hush"), "{refusal}");
        }
        assert!(read("[provider.\"A b\"]\nclient_id = \"x\"").unwrap_err().contains("a name has"));
        assert!(read("provider = 7").unwrap_err().contains("[provider.NAME]"));
    }

    #[test]
    fn only_this_machine_is_reached_in_the_clear() {
        for (text, is_allowed) in [
            ("https://login.contoso.example", true),
            ("http://127.0.0.1:4000", true),
            ("http://[::1]:4000", true),
            ("http://localhost:4000", true),
            ("http://10.0.0.1", false),
            ("http://localhost.example", false),
            ("ftp://127.0.0.1", false),
        ] {
            assert_eq!(is_protected(&Url::parse(text).unwrap()), is_allowed, "{text}");
        }
    }
}
