//! What services answer when they cannot do what was asked.

use std::time::Duration;

use model::token_form::Problem;

use crate::{crypto::BadKey, fault::Fault, upkeep::DamagedBlob};

/// Why an act was not done. Everything but what [`Internal`](Error::Internal) and
/// [`Damaged`](Error::Damaged) tell is for the person who asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or not for this caller.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// What was typed is wrong; the sentence says what and how to mend it.
    #[error("{0}")]
    Invalid(String),
    /// Several fields of a form are wrong.
    #[error("some fields need another look")]
    Problems(Vec<Problem>),
    /// Someone or something else has it already.
    #[error("{0}")]
    Taken(String),
    /// The caller may not do this at all.
    #[error("{0}")]
    Forbidden(&'static str),
    /// The caller's identity has to be confirmed first.
    #[error("confirm that it is you first")]
    Unconfirmed,
    /// Name and password do not belong together; which of them is wrong is nobody's business.
    #[error("this name and password do not belong together")]
    WrongPassword,
    /// Too many tries; wait this long.
    #[error("too many tries, try again in {} s", .0.as_secs().max(1))]
    Throttled(Duration),
    /// The package operation was refused.
    #[error("{}", .0.sentence)]
    Denied(Box<crate::Denial>),
    /// Between look-up and write somebody else published; ask again.
    #[error("the package changed at the same moment")]
    Raced,
    /// What was published is not there any more as it was. Which files it was is for the log alone.
    #[error("{0}")]
    Damaged(Box<DamagedBlob>),
    /// What the server works with cannot be reached at this moment: it is worth another try shortly.
    /// The context is for anybody, the source for the log alone.
    #[error("{context}")]
    Unavailable {
        /// What does not answer.
        context: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something broke here. The text is for the log alone.
    #[error("internal error: {context}")]
    Internal {
        /// What was being done.
        context: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    pub(crate) fn internal(
        context: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal { context, source: source.into() }
    }

    /// What of it anybody may be told, if it is the machine's or an operator's to mend.
    pub fn fault(&self) -> Option<Fault> {
        match self {
            Self::Damaged(_) => Some(Fault::Damaged),
            Self::Unavailable { context, source } => {
                Some(Fault::of(source.as_ref()).unwrap_or(Fault::Away(context)))
            }
            Self::Internal { source, .. } => Fault::of(source.as_ref()),
            _ => None,
        }
    }

    pub(crate) fn unavailable(
        context: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unavailable { context, source: source.into() }
    }

    /// A row says something that no row can say.
    pub(crate) fn inconsistent(table: &'static str, column: &'static str) -> Self {
        Self::internal("the database is inconsistent", format!("unreadable {table}.{column}"))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) {
            Self::unavailable("the database does not answer", error)
        } else {
            Self::internal("the database failed", error)
        }
    }
}

/// Whether the database cannot be reached, or is about to stop or to start.
fn is_away(error: &sqlx::Error) -> bool {
    /// Classes and codes of PostgreSQL: the connection broke, too many connections, an operator
    /// intervenes, a standby that takes no writes (yet), somebody else writes for too long.
    const AWAY: [&str; 5] = ["08", "53300", "57P", "25006", "55P03"];
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
        sqlx::Error::Database(error) => {
            error.code().is_some_and(|code| AWAY.iter().any(|away| code.starts_with(away)))
        }
        _ => false,
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::internal("a file could not be read or written", error)
    }
}

impl From<crate::Denial> for Error {
    fn from(denial: crate::Denial) -> Self {
        Self::Denied(Box::new(denial))
    }
}

/// Why the services could not be opened. Each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The data folder cannot be used.
    #[error("the data folder {path} cannot be used: {source}")]
    Folder {
        /// The folder.
        path: String,
        /// What went wrong.
        source: std::io::Error,
    },
    /// Another server runs on it.
    #[error(
        "another Latchkey server runs on the data folder {0}. Stop it first, or use PostgreSQL for several servers."
    )]
    InUse(String),
    /// The database address is not understood.
    #[error("--database {0}: write sqlite:///path/to/file or postgres://user@host/name")]
    Database(String),
    /// The database does not answer.
    #[error("the database cannot be opened: {0}")]
    Connect(#[source] sqlx::Error),
    /// Its tables could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A command found a database that an older server is using.
    #[error(
        "the database belongs to another version of Latchkey and a server is using it. Stop the server, or run the command of that version."
    )]
    OtherVersion,
    /// A newer program changed the database in a way that this one would not understand.
    #[error(
        "the database belongs to a newer version of Latchkey, which this one cannot work beside. Run that version, or restore a backup."
    )]
    TooOld,
    /// The master key would lie where every backup of the data takes it along.
    #[error(
        "the key file {0} lies in the data folder. Whoever gets a copy of that folder could read every token: choose a place outside with --key-file."
    )]
    KeyInData(String),
    /// The master key is missing or wrong.
    #[error("master key {path}: {source}")]
    Key {
        /// Where it was looked for.
        path: String,
        /// What went wrong.
        source: BadKey,
    },
    /// There is no key where it was looked for, and the database has been used with one.
    #[error(
        "there is no master key at {0}, and this database has been used with one. Put it there, or name its file with --key-file. If it is lost for good, `latchkey rotate-master-key --old-key-lost` takes a new one: tokens go on working, and those made so far can no longer be shown."
    )]
    NoKey(String),
    /// The key is another than the one the database has been used with.
    #[error(
        "the master key {0} is not the one that this database has been used with. Put the right one there, or name its file with --key-file. If it is lost for good, `latchkey rotate-master-key --old-key-lost` takes a new one: tokens go on working, and those made so far can no longer be shown."
    )]
    OtherKey(String),
    /// The packages cannot be reached, or are not those of this database; the sentence says what to do.
    #[error("{0}")]
    Blobs(String),
    /// What was asked cannot be done with this data; the sentence says why.
    #[error("{0}")]
    Refused(String),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}
