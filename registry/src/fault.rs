//! Faults of the machine below and of what lies beyond, in words for anybody.

use std::{borrow::Cow, error::Error, io};

/// What is wrong with the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no room on the disk of the data folder or of the database.
    Full,
    /// Neither can be written to, or one of them cannot.
    ReadOnly,
    /// A file is not what it was when it was published.
    Damaged,
    /// Something beyond this program does not answer at this moment; what, and how.
    Away(&'static str),
}

/// The codes of SQLite and PostgreSQL for a disk without room.
const FULL: [&str; 2] = ["13", "53100"];
/// The primary code of SQLite for what cannot be written, which extended ones hold in their last byte.
const SQLITE_READ_ONLY: u32 = 8;

impl Fault {
    /// The fault that an error or one of its causes speaks of.
    pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut next = Some(error);
        while let Some(error) = next {
            let found = if let Some(error) = error.downcast_ref::<io::Error>() {
                Self::of_kind(error.kind())
            } else if let Some(sqlx::Error::Database(error)) = error.downcast_ref() {
                error.code().and_then(|code| Self::of_code(&code))
            } else {
                None
            };
            if found.is_some() {
                return found;
            }
            next = error.source();
        }
        None
    }

    /// The fault that this kind of error means.
    pub(crate) fn of_kind(kind: io::ErrorKind) -> Option<Self> {
        match kind {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Self::Full),
            io::ErrorKind::ReadOnlyFilesystem => Some(Self::ReadOnly),
            _ => None,
        }
    }

    fn of_code(code: &str) -> Option<Self> {
        // PostgreSQL's codes have five characters, SQLite's are numbers below 10000.
        let sqlite = code.parse().ok().filter(|_| code.len() < 5);
        if FULL.contains(&code) {
            Some(Self::Full)
        } else if sqlite.is_some_and(|code: u32| code & 0xff == SQLITE_READ_ONLY) {
            Some(Self::ReadOnly)
        } else {
            None
        }
    }

    /// What anybody is told, in plain ASCII.
    pub fn sentence(self) -> Cow<'static, str> {
        let sentence = match self {
            Self::Away(what) => {
                return format!("Not at this moment: {what}. Try again shortly.").into();
            }
            Self::Full => {
                "The server's disk is full: nothing was changed. Try again once its operator has made room."
            }
            Self::ReadOnly => {
                "The server's disk cannot be written to: nothing was changed. Its operator has to mend that."
            }
            Self::Damaged => {
                "This file is damaged on the server and is not served. The server's log names it to its operator."
            }
        };
        sentence.into()
    }

    /// Whether another try is worth while without anybody's doing.
    pub fn is_passing(self) -> bool {
        matches!(self, Self::Away(_))
    }

    /// The status that goes with it (RFC 4918 §11.5 for a full disk).
    pub fn status(self) -> u16 {
        match self {
            Self::Full => 507,
            Self::ReadOnly | Self::Away(_) => 503,
            Self::Damaged => 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_both_databases_are_known() {
        for (code, fault) in [
            ("13", Some(Fault::Full)),
            ("53100", Some(Fault::Full)),
            ("8", Some(Fault::ReadOnly)),
            ("1032", Some(Fault::ReadOnly)),
            ("25006", None),
            ("5", None),
            ("23505", None),
            ("40008", None),
        ] {
            assert_eq!(Fault::of_code(code), fault, "{code}");
        }
    }

    #[test]
    fn a_cause_is_found_however_deep_it_lies() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let store = object_store::Error::Generic { store: "local", source: Box::new(full) };
        // As a writer passes it on.
        let error = crate::Error::from(io::Error::other(store));
        assert_eq!(error.fault(), Some(Fault::Full));
        let away = crate::Error::from(sqlx::Error::PoolTimedOut).fault();
        assert!(away.is_some_and(Fault::is_passing), "{away:?}");
        assert_eq!(crate::Error::from(sqlx::Error::RowNotFound).fault(), None);
    }
}
