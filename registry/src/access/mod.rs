//! Who is asking, and may they: the one gate before every feed.
//!
//! [`Access::authorize`] recognises the credential, gathers the facts, lets
//! [`model::decide::decide`] decide, and notes what happened. It is the only maker of [`Grant`]s.

mod denial;
mod grant;
mod known;
mod passwords;
mod traces;

use std::sync::Arc;

pub use denial::Denial;
use grant::FeedRef;
pub use grant::{Grant, GrantedWith};
use known::{Known, KnownToken};
use model::{
    action::Action,
    decide::{self, Because, Denied, Facts, Request, Want},
    denial::{Bearer, Code},
    ecosystem::Ecosystem,
    timestamp::Timestamp,
    token::{BadToken, TokenText},
};
use passwords::Verified;

use crate::{
    audit::Origin,
    core::Core,
    denials::Denials,
    error::Error,
    packages::is_of_token,
    sessions::{Caller, PasswordText, Sessions},
    storage::packages,
    tokens::Tokens,
    usage::Usage,
};

/// The credential of a request, as presented.
#[derive(Debug, Clone)]
pub enum Credential {
    /// None.
    Anonymous,
    /// Something that is meant as a token; the text is a secret until it is found to be none.
    Token(String),
    /// The same in the address of the request.
    TokenInUrl(String),
    /// Name and password.
    Password {
        /// User name or e-mail address.
        name: String,
        /// The password.
        password: PasswordText,
    },
    /// A person signed in to the pages.
    Session(Caller),
    /// Something that cannot be read.
    Unreadable,
}

/// What is wanted of a feed.
#[derive(Debug, Clone, Copy)]
pub enum Wanted<'a> {
    /// To be recognised: `whoami`, a token describing itself.
    Identity,
    /// To reach the feed, whatever may be done there: `ping`.
    Presence,
    /// To read the feed as a whole: its list, a search.
    Browse,
    /// To read a package.
    Read(Ecosystem, &'a str),
    /// To publish a version. Whether that takes `push-new` or `push-version` is looked up.
    Push(Ecosystem, &'a str),
    /// To send a package whose name only its content tells: to publish anything at all. Whoever was
    /// let do so asks to [`Push`](Self::Push) it once the name is known.
    Upload(Ecosystem),
    /// To read the list of a package's versions, as whoever publishes to it has to: by the right to
    /// read it, or to [`Attach`](Self::Attach) something to any version.
    List(Ecosystem, &'a str),
    /// The same for what is said of a group of packages, by the beginning of their ids: `com.acme:`.
    ListGroup(Ecosystem, &'a str),
    /// To say it.
    PushGroup(Ecosystem, &'a str),
    /// To add a file to this version of a package, or to say which ones there are if it is empty. That is
    /// part of publishing it: what [`Push`](Self::Push) takes will do, and `push-new` where the same
    /// token published this very version, or any.
    Attach(Ecosystem, &'a str, &'a str),
    /// To change what is said of a package's versions: listed or not, deprecated, tagged.
    Unlist(Ecosystem, &'a str),
    /// To delete a version or the package.
    Delete(Ecosystem, &'a str),
}

impl<'a> Wanted<'a> {
    /// The package that is meant, if it is about one.
    pub(crate) const fn package(&self) -> Option<(Ecosystem, &'a str)> {
        match *self {
            Self::Identity | Self::Presence | Self::Browse | Self::Upload(_) => None,
            Self::Read(ecosystem, name)
            | Self::Push(ecosystem, name)
            | Self::List(ecosystem, name)
            | Self::ListGroup(ecosystem, name)
            | Self::PushGroup(ecosystem, name)
            | Self::Attach(ecosystem, name, _)
            | Self::Unlist(ecosystem, name)
            | Self::Delete(ecosystem, name) => Some((ecosystem, name)),
        }
    }
}

/// A request to be authorized.
#[derive(Debug, Clone, Copy)]
pub struct AccessRequest<'a> {
    /// The feed as named in the request; empty where none is meant.
    pub feed: &'a str,
    /// What is wanted.
    pub wanted: Wanted<'a>,
    /// Where the request comes from.
    pub origin: &'a Origin,
}

/// The gate.
pub struct Access {
    core: Arc<Core>,
    sessions: Arc<Sessions>,
    tokens: Arc<Tokens>,
    denials: Arc<Denials>,
    usage: Arc<Usage>,
    known: Known,
    passwords: passwords::Remembered,
}

/// Whether a token stands in the address of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct InUrl(bool);

/// A credential that was recognised.
enum Recognised {
    Anonymous,
    Token(Arc<KnownToken>, InUrl),
    Password(Verified),
    Session(Caller),
}

/// A request that was decided on, with what it was decided by.
struct Judged {
    recognised: Recognised,
    feed: Option<Arc<FeedRef>>,
    action: Option<Action>,
    package: Option<(Ecosystem, String)>,
    outcome: Result<(), (Denied, Vec<decide::RuleVerdict>)>,
    now: Timestamp,
}

impl Access {
    pub(crate) fn new(
        core: Arc<Core>,
        sessions: Arc<Sessions>,
        tokens: Arc<Tokens>,
        denials: Arc<Denials>,
        usage: Arc<Usage>,
    ) -> Result<Self, Error> {
        let known = Known::new(Arc::clone(&core));
        let passwords = passwords::Remembered::new()?;
        Ok(Self { core, sessions, tokens, denials, usage, known, passwords })
    }

    /// Decides on a request. `Err` of the outer kind is a fault of the server; a refusal is
    /// [`Error::Denied`].
    pub async fn authorize(
        &self,
        credential: &Credential,
        request: AccessRequest<'_>,
    ) -> Result<Grant, Error> {
        let judged = match self.judge(credential, &request).await? {
            Ok(judged) => judged,
            Err(denied) => return Err(refuse_unknown(denied, &request).into()),
        };
        let Judged { recognised, feed, action, package, outcome, now } = judged;
        let code = outcome.as_ref().err().map(|(denied, _)| denied.code);
        self.note(&recognised, &request, feed.as_deref(), action, code);
        if let Err((denied, rules)) = outcome {
            return Err(self.refuse(denied, &recognised, &request, action, rules)?.into());
        }
        if let Recognised::Token(known, _) = &recognised
            && known.secret.first_used_at.is_none()
        {
            Box::pin(self.tokens.first_used(known.token.id, known.secret.id)).await?;
        }
        Ok(Grant::new(recognised, feed, action, package, request.origin.clone(), now))
    }

    /// The refusal that a request would meet, without a trace: nothing is noted and no link given.
    /// For what a client asks in vain as a matter of course, and for acts that one of several rights
    /// allows.
    pub async fn refusal(
        &self,
        credential: &Credential,
        request: AccessRequest<'_>,
    ) -> Result<Option<Denial>, Error> {
        Ok(match self.judge(credential, &request).await? {
            Err(denied) => Some(refuse_unknown(denied, &request)),
            Ok(Judged { outcome: Ok(()), .. }) => None,
            Ok(Judged { outcome: Err((denied, _)), recognised, action, .. }) => {
                Some(Denial::new(denied, recognised.bearer(), action, &request, None))
            }
        })
    }

    /// Recognises the credential, gathers the facts and decides. `Err` of the inner kind is a
    /// credential that nobody knows.
    async fn judge(
        &self,
        credential: &Credential,
        request: &AccessRequest<'_>,
    ) -> Result<Result<Judged, Denied>, Error> {
        let recognised = match self.recognise(credential, request.origin).await? {
            Ok(recognised) => recognised,
            Err((code, wait)) => {
                let because = wait.map_or(Because::Token(None), Because::Rate);
                return Ok(Err(Denied { code, because }));
            }
        };
        let account = recognised.account();
        let feed_key = request.feed.to_ascii_lowercase();
        let feed = match request.wanted {
            Wanted::Identity => None,
            _ => self.known.feed(&feed_key, account).await?,
        };
        // Nothing in a feed out of reach is looked at: it is as if it were not there.
        let feed = feed.filter(|feed| feed.is_public || feed.role.is_some());
        let actions = self.actions(request.wanted, feed.as_deref()).await?;
        let package = request.wanted.package();
        let package = package.map(|(ecosystem, name)| (ecosystem, ecosystem.normalise(name)));
        let wanted_package = package.as_ref().map(|(ecosystem, id)| (*ecosystem, id.as_str()));
        let want = |action| match (request.wanted, action) {
            (Wanted::Identity, _) => Want::Identity,
            (_, Some(action)) => Want::Act(action, wanted_package),
            (_, None) => Want::Presence,
        };
        let facts = Facts {
            credential: recognised.facts(),
            owner_disabled: recognised.owner_disabled(),
            feed: feed.as_deref().map(FeedRef::facts),
            wait: None,
        };
        let now = self.core.now();
        let request_for = |action| Request { want: want(action), address: request.origin.address };
        // Any of these rights will do; who has none is told about the first.
        let allows =
            |action: &Action| decide::decide(&facts, &request_for(Some(*action)), now).is_ok();
        let action = match actions.as_slice() {
            [] | [_] => actions.first(),
            several => several.iter().find(|action| allows(action)).or(several.first()),
        };
        let mut action = action.copied();
        let own = match request.wanted {
            Wanted::Attach(ecosystem, name, version) => Some((ecosystem, name, version)),
            Wanted::List(ecosystem, name) => Some((ecosystem, name, "")),
            _ => None,
        };
        if let Some(own) = own
            && !action.is_some_and(|action| allows(&action))
            && allows(&Action::PushNew)
            && self.is_of_token(&recognised, feed.as_deref(), own, now).await?
        {
            action = Some(Action::PushNew);
        }
        let decision = request_for(action);
        let outcome = decide::decide(&facts, &decision, now)
            .map_err(|denied| (denied, decide::explain(&facts, &decision, now).rules));
        Ok(Ok(Judged { recognised, feed, action, package, outcome, now }))
    }

    async fn recognise(
        &self,
        credential: &Credential,
        origin: &Origin,
    ) -> Result<Result<Recognised, (Code, Option<std::time::Duration>)>, Error> {
        Ok(match credential {
            Credential::Anonymous => Ok(Recognised::Anonymous),
            Credential::Session(caller) => Ok(Recognised::Session(caller.clone())),
            Credential::Unreadable => Err((Code::Unknown, None)),
            Credential::Token(text) | Credential::TokenInUrl(text) => {
                match TokenText::parse(text) {
                    Err(BadToken::Mistyped) => Err((Code::Checksum, None)),
                    Err(BadToken::Foreign) => Err((Code::Unknown, None)),
                    Ok(token) => {
                        let known = self.known.token(&token).await?;
                        let in_url = InUrl(matches!(credential, Credential::TokenInUrl(_)));
                        let known = known.map(|known| Recognised::Token(known, in_url));
                        known.ok_or((Code::Unknown, None))
                    }
                }
            }
            Credential::Password { name, password } => {
                let verify = self.passwords.verify(&self.sessions, name, password, origin);
                match Box::pin(verify).await {
                    Ok(verified) => Ok(Recognised::Password(verified)),
                    Err(Error::WrongPassword) => Err((Code::Unknown, None)),
                    Err(Error::Throttled(wait)) => Err((Code::Rate, Some(wait))),
                    Err(error) => return Err(error),
                }
            }
        })
    }

    /// The actions of which one has to be allowed; none to be recognised, or to reach the feed.
    async fn actions(
        &self,
        wanted: Wanted<'_>,
        feed: Option<&FeedRef>,
    ) -> Result<Vec<Action>, Error> {
        Ok(match wanted {
            Wanted::Identity | Wanted::Presence => Vec::new(),
            Wanted::Browse | Wanted::Read(..) => vec![Action::Read],
            Wanted::Upload(_) | Wanted::PushGroup(..) => vec![Action::PushNew, Action::PushVersion],
            Wanted::ListGroup(..) => vec![Action::Read, Action::PushNew, Action::PushVersion],
            Wanted::Push(ecosystem, name) | Wanted::Attach(ecosystem, name, _) => {
                vec![self.push_action(feed, ecosystem, name).await?]
            }
            Wanted::List(ecosystem, name) => {
                vec![Action::Read, self.push_action(feed, ecosystem, name).await?]
            }
            Wanted::Unlist(..) => vec![Action::Unlist],
            Wanted::Delete(..) => vec![Action::Delete],
        })
    }

    /// Publishing an id that the feed has is `push-version`; one it has not is `push-new`.
    async fn push_action(
        &self,
        feed: Option<&FeedRef>,
        ecosystem: Ecosystem,
        name: &str,
    ) -> Result<Action, Error> {
        let Some(feed) = feed else { return Ok(Action::PushNew) };
        let key = ecosystem.normalise(name);
        let found = packages::find(&mut &self.core.database, feed.id, ecosystem, &key).await?;
        Ok(if found.is_some() { Action::PushVersion } else { Action::PushNew })
    }

    /// Whether the credential is the token that published this version, or any if none is named.
    async fn is_of_token(
        &self,
        recognised: &Recognised,
        feed: Option<&FeedRef>,
        (ecosystem, name, version): (Ecosystem, &str, &str),
        now: Timestamp,
    ) -> Result<bool, Error> {
        let (Recognised::Token(known, _), Some(feed)) = (recognised, feed) else {
            return Ok(false);
        };
        let (key, version) = (ecosystem.normalise(name), ecosystem.version_key(version));
        let of = (feed.id, ecosystem, key.as_str());
        is_of_token(&mut &self.core.database, of, &version, known.token.id, now).await
    }
}

/// A refusal before anybody was recognised: the sentence, no link, no record.
fn refuse_unknown(denied: Denied, request: &AccessRequest<'_>) -> Denial {
    Denial::new(denied, Bearer::Nobody, None, request, None)
}

impl Recognised {
    fn account(&self) -> Option<model::id::AccountId> {
        match self {
            Self::Anonymous => None,
            Self::Token(known, _) => Some(known.token.owner),
            Self::Password(verified) => Some(verified.account),
            Self::Session(caller) => Some(caller.account),
        }
    }

    fn owner_disabled(&self) -> bool {
        matches!(self, Self::Token(known, _) if known.owner_disabled)
    }

    fn facts(&self) -> decide::Credential<'_> {
        match self {
            Self::Anonymous => decide::Credential::Anonymous,
            Self::Password(_) => decide::Credential::Password,
            Self::Session(_) => decide::Credential::Session,
            Self::Token(known, in_url) => decide::Credential::Token {
                token: &known.token.facts,
                secret_stops_at: known.secret.stops_at,
                is_in_url: in_url.0,
            },
        }
    }

    fn bearer(&self) -> Bearer {
        match self {
            Self::Anonymous => Bearer::Nobody,
            Self::Token(known, _) => Bearer::Token(known.secret.last4.clone()),
            Self::Password(_) | Self::Session(_) => Bearer::Account,
        }
    }
}
