//! Who is asking, and may they: the one gate before every feed.
//!
//! [`Access::authorize`] recognises the credential, gathers the facts, lets
//! [`model::decide::decide`] decide, and notes what happened. It is the only maker of [`Grant`]s.

mod denial;
mod grant;
mod known;
mod passwords;

use std::sync::Arc;

use model::{
    action::Action,
    decide::{self, Because, Denied, Facts, FeedFacts, Request, Step, Want},
    denial::{Bearer, Code},
    ecosystem::Ecosystem,
    token::{BadToken, TokenText},
};
use uuid::Uuid;

pub use denial::Denial;
use grant::FeedRef;
pub use grant::{Grant, GrantedWith};
use known::{Known, KnownToken};
use passwords::Verified;

use crate::{
    audit::Origin,
    core::Core,
    crypto::entropy,
    denials::{Denials, Explanation, Refusal, Sameness},
    error::Error,
    sessions::{Caller, PasswordText, Sessions},
    storage::{packages, usage::Use},
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

/// A credential that was recognised.
enum Recognised {
    Anonymous,
    Token(Arc<KnownToken>),
    Password(Verified),
    Session(Caller),
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
        let recognised = match self.recognise(credential, request.origin).await? {
            Ok(recognised) => recognised,
            Err((code, wait)) => {
                let denied =
                    Denied { code, because: wait.map_or(Because::Token(None), Because::Rate) };
                return Err(refuse_unknown(denied, &request).into());
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
        let action = match request.wanted {
            Wanted::Identity | Wanted::Presence => None,
            Wanted::Browse | Wanted::Read(..) => Some(Action::Read),
            Wanted::Push(ecosystem, name) => {
                Some(self.push_action(feed.as_deref(), ecosystem, name).await?)
            }
        };
        let package = match request.wanted {
            Wanted::Read(ecosystem, name) | Wanted::Push(ecosystem, name) => {
                Some((ecosystem, ecosystem.normalise(name)))
            }
            _ => None,
        };
        let wanted_package = package.as_ref().map(|(ecosystem, id)| (*ecosystem, id.as_str()));
        let want = match (request.wanted, action) {
            (Wanted::Identity, _) => Want::Identity,
            (_, Some(action)) => Want::Act(action, wanted_package),
            (_, None) => Want::Presence,
        };
        let facts = Facts {
            credential: recognised.facts(),
            owner_disabled: recognised.owner_disabled(),
            feed: feed.as_deref().map(|feed| FeedFacts {
                id: feed.id,
                public: feed.is_public,
                role: feed.role,
            }),
            wait: None,
        };
        let decision = Request { want, address: request.origin.address };
        let now = self.core.now();
        let outcome = decide::decide(&facts, &decision, now);
        self.note(&recognised, &request, feed.as_deref(), action, outcome.err().map(|d| d.code))?;
        if let Err(denied) = outcome {
            let rules = decide::explain(&facts, &decision, now).rules;
            return Err(self.refuse(denied, &recognised, &request, action, rules)?.into());
        }
        if let Recognised::Token(known) = &recognised
            && known.secret.first_used_at.is_none()
        {
            self.tokens.first_used(known.token.id, known.secret.id).await?;
        }
        Ok(Grant::new(recognised, feed, action, package, request.origin.clone(), now))
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
            Credential::Token(text) => match TokenText::parse(text) {
                Err(BadToken::Mistyped) => Err((Code::Checksum, None)),
                Err(BadToken::Foreign) => Err((Code::Unknown, None)),
                Ok(token) => {
                    let known = self.known.token(&token).await?;
                    known.map(Recognised::Token).ok_or((Code::Unknown, None))
                }
            },
            Credential::Password { name, password } => {
                match self.passwords.verify(&self.sessions, name, password, origin).await {
                    Ok(verified) => Ok(Recognised::Password(verified)),
                    Err(Error::WrongPassword) => Err((Code::Unknown, None)),
                    Err(Error::Throttled(wait)) => Err((Code::Rate, Some(wait))),
                    Err(error) => return Err(error),
                }
            }
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

    /// Notes the use of a real credential; the pages themselves are no use.
    fn note(
        &self,
        recognised: &Recognised,
        request: &AccessRequest<'_>,
        feed: Option<&FeedRef>,
        action: Option<Action>,
        refused: Option<Code>,
    ) -> Result<(), Error> {
        let (account, token) = match recognised {
            Recognised::Token(known) => {
                (known.token.owner, Some((known.token.id, known.secret.id)))
            }
            Recognised::Password(verified) => (verified.account, None),
            Recognised::Anonymous | Recognised::Session(_) => return Ok(()),
        };
        // npm looks for a newer npm with the user's token, in whatever feed that is for; neither
        // that nor a `ping` is a use of it.
        let is_check = matches!(request.wanted, Wanted::Read(Ecosystem::Npm, "npm"));
        if is_check || (matches!(request.wanted, Wanted::Presence) && refused.is_none()) {
            return Ok(());
        }
        let now = self.core.now();
        let (ecosystem, package) = match request.wanted {
            Wanted::Read(ecosystem, name) | Wanted::Push(ecosystem, name) => {
                (Some(ecosystem.name().to_owned()), Some(name.to_owned()))
            }
            _ => (None, None),
        };
        self.usage.record(Use {
            id: entropy::id::<Uuid>(now)?,
            at: now,
            account,
            token,
            address: request.origin.address.to_string(),
            client: request.origin.client(),
            feed: feed.map(|feed| feed.id),
            ecosystem,
            package,
            action: action.map(|action| action.name().to_owned()),
            result: refused.map_or("ok", Code::text).to_owned(),
        });
        Ok(())
    }

    fn refuse(
        &self,
        denied: Denied,
        recognised: &Recognised,
        request: &AccessRequest<'_>,
        action: Option<Action>,
        verdicts: Vec<decide::RuleVerdict>,
    ) -> Result<Denial, Error> {
        // The link is for holders of a live secret; a dead one learns its code and date.
        let link = match recognised {
            Recognised::Anonymous | Recognised::Session(_) => None,
            _ if matches!(denied.step(), Step::Credential | Step::Account) => None,
            Recognised::Token(_) | Recognised::Password(_) => {
                Some(self.record(&denied, recognised, request, action, verdicts)?)
            }
        };
        let link = link.map(|id| format!("{}/denials/{id}", self.core.public_url));
        Ok(Denial::new(denied, recognised.bearer(), action, request, link.as_deref()))
    }

    fn record(
        &self,
        denied: &Denied,
        recognised: &Recognised,
        request: &AccessRequest<'_>,
        action: Option<Action>,
        verdicts: Vec<decide::RuleVerdict>,
    ) -> Result<String, Error> {
        let (account, token, last4, rules) = match recognised {
            Recognised::Token(known) => (
                known.token.owner,
                Some(known.token.id),
                Some(known.secret.last4.clone()),
                known.token.facts.scope.rules.clone(),
            ),
            Recognised::Password(verified) => (verified.account, None, None, Vec::new()),
            Recognised::Anonymous | Recognised::Session(_) => {
                return Err(Error::internal("a denial without a credential", "cannot be recorded"));
            }
        };
        let rules = rules.into_iter().zip(verdicts).collect();
        let package = match request.wanted {
            Wanted::Read(ecosystem, name) | Wanted::Push(ecosystem, name) => {
                Some((ecosystem.name(), name.to_owned()))
            }
            _ => None,
        };
        self.denials.record(Refusal {
            same: Sameness {
                account,
                token,
                code: denied.code,
                action,
                feed: request.feed.chars().take(63).collect(),
                package,
            },
            token_last4: last4,
            address: request.origin.address.to_string(),
            client: request.origin.client(),
            explanation: Explanation::new(denied, rules, action),
        })
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
            Self::Token(known) => Some(known.token.owner),
            Self::Password(verified) => Some(verified.account),
            Self::Session(caller) => Some(caller.account),
        }
    }

    fn owner_disabled(&self) -> bool {
        matches!(self, Self::Token(known) if known.owner_disabled)
    }

    fn facts(&self) -> decide::Credential<'_> {
        match self {
            Self::Anonymous => decide::Credential::Anonymous,
            Self::Password(_) => decide::Credential::Password,
            Self::Session(_) => decide::Credential::Session,
            Self::Token(known) => decide::Credential::Token {
                token: &known.token.facts,
                secret_stops_at: known.secret.stops_at,
            },
        }
    }

    fn bearer(&self) -> Bearer {
        match self {
            Self::Anonymous => Bearer::Nobody,
            Self::Token(known) => Bearer::Token(known.secret.last4.clone()),
            Self::Password(_) | Self::Session(_) => Bearer::Account,
        }
    }
}
