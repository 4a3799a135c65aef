//! Passwords as HTTP Basic. A slow hash for every file of an install would be unbearable, so a
//! verified pair is remembered for a short while under a digest keyed with a secret of this process.
//! A changed password is noticed at once: the account's present hash has to be the one verified.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hmac::{Hmac, KeyInit, Mac};
use model::id::AccountId;
use quick_cache::sync::Cache;
use sha2::Sha256;

use crate::{
    audit::Origin,
    crypto::entropy,
    error::Error,
    sessions::{PasswordText, Sessions},
    storage::accounts,
};

/// How long a verified pair is remembered.
const GOOD_FOR: Duration = Duration::from_mins(2);
/// How long a wrong pair is: a client that repeats it is answered without counting again.
const BAD_FOR: Duration = Duration::from_mins(1);
const MOST: usize = 10_000;

/// An account whose password was right.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    pub(super) account: AccountId,
    pub(super) username: String,
}

#[derive(Clone)]
enum Verdict {
    Good {
        account: AccountId,
        hash: Arc<str>,
    },
    /// Wrong while this epoch lasts: in the next it may be somebody's new password.
    Bad {
        epoch: Option<u64>,
    },
}

pub(super) struct Remembered {
    key: [u8; 32],
    verdicts: Cache<[u8; 32], (Instant, Verdict)>,
}

impl Remembered {
    pub(super) fn new() -> Result<Self, Error> {
        Ok(Self { key: entropy::random()?, verdicts: Cache::new(MOST) })
    }

    pub(super) async fn verify(
        &self,
        sessions: &Sessions,
        name: &str,
        password: &PasswordText,
        origin: &Origin,
    ) -> Result<Verified, Error> {
        let digest = self.digest(name, password)?;
        let epoch = sessions.core.database.changes().epoch();
        match self.verdicts.get(&digest) {
            Some((at, Verdict::Bad { epoch: then })) if then == epoch && at.elapsed() < BAD_FOR => {
                return Err(Error::WrongPassword);
            }
            Some((at, Verdict::Good { account, hash })) if at.elapsed() < GOOD_FOR => {
                let account = accounts::by_id(&mut &sessions.core.database, account).await?;
                let still = account.filter(|account| {
                    account.disabled_at.is_none() && account.password_hash.as_deref() == Some(&hash)
                });
                if let Some(account) = still {
                    return Ok(Verified { account: account.id, username: account.username });
                }
                self.verdicts.remove(&digest);
            }
            _ => {}
        }
        match sessions.check_password(name, password, origin).await {
            Ok(account) => {
                let hash = account.password_hash.unwrap_or_default().into();
                let verdict = Verdict::Good { account: account.id, hash };
                self.verdicts.insert(digest, (Instant::now(), verdict));
                Ok(Verified { account: account.id, username: account.username })
            }
            Err(Error::WrongPassword) => {
                self.verdicts.insert(digest, (Instant::now(), Verdict::Bad { epoch }));
                Err(Error::WrongPassword)
            }
            Err(error) => Err(error),
        }
    }

    fn digest(&self, name: &str, password: &PasswordText) -> Result<[u8; 32], Error> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key)
            .map_err(|error| Error::internal("no keyed digest", error))?;
        mac.update(name.trim().to_lowercase().as_bytes());
        mac.update(&[0]);
        mac.update(password.expose().as_bytes());
        Ok(mac.finalize().into_bytes().into())
    }
}
