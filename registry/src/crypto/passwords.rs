//! Passwords: argon2id with the parameters OWASP recommends, off the async threads, a few at a time.

use std::{sync::Arc, time::Duration};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::entropy::random;
use crate::error::Error;

/// A password as typed, in Unicode's normal form C, so that it is the same on every keyboard.
#[derive(Clone)]
pub struct PasswordText(Zeroizing<String>);

impl PasswordText {
    /// Takes a password as it was typed.
    pub fn new(typed: &str) -> Self {
        Self(Zeroizing::new(typed.nfc().collect()))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordText(hidden)")
    }
}

/// Those who may wait for a hash at once: some two seconds on two cores.
const MOST_WAITING: usize = 128;
/// When to try again where more wait.
const BUSY: Duration = Duration::from_secs(2);

/// Hashes and verifies. Each run takes 19 MiB and some 20 ms, so their number is bounded.
pub(crate) struct Passwords {
    at_once: Arc<Semaphore>,
    /// Places for those who wait; who finds none is sent away at once.
    waiting: Semaphore,
    /// A hash of no password that anybody knows, verified where there is no account, so that both take
    /// the same time.
    decoy: String,
    /// How many runs there were.
    #[cfg(test)]
    runs: std::sync::atomic::AtomicUsize,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            at_once: Arc::new(Semaphore::new(cores.max(2))),
            waiting: Semaphore::new(MOST_WAITING),
            decoy: decoy()?,
            #[cfg(test)]
            runs: std::sync::atomic::AtomicUsize::default(),
        })
    }

    pub(crate) async fn hash(&self, password: &PasswordText) -> Result<String, Error> {
        let password = password.clone();
        self.run(move || hash(password.expose().as_bytes())).await?
    }

    /// Whether the password is the one of this hash; without a hash it takes as long and says no.
    pub(crate) async fn verify(
        &self,
        password: &PasswordText,
        hash: Option<&str>,
    ) -> Result<bool, Error> {
        let (password, exists) = (password.clone(), hash.is_some());
        let hash = hash.unwrap_or(&self.decoy).to_owned();
        let matches = self.run(move || verify(password.expose().as_bytes(), &hash)).await??;
        Ok(matches && exists)
    }

    /// How many runs there were since this was asked last.
    #[cfg(test)]
    pub(crate) fn runs(&self) -> usize {
        self.runs.swap(0, std::sync::atomic::Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let Ok(place) = self.waiting.try_acquire() else {
            return Err(Error::Throttled(BUSY));
        };
        let permit = Arc::clone(&self.at_once).acquire_owned().await;
        drop(place);
        let permit = permit.map_err(|error| Error::internal("password hashing stopped", error))?;
        #[cfg(test)]
        self.runs.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let run = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        run.await.map_err(|error| Error::internal("password hashing failed", error))
    }
}

/// What [`hash`] could have made of some password: making it in earnest would take its time, and its
/// memory, at every start.
fn decoy() -> Result<String, Error> {
    let (memory, passes, lanes) =
        (Params::DEFAULT_M_COST, Params::DEFAULT_T_COST, Params::DEFAULT_P_COST);
    let salt = BASE64_STANDARD_NO_PAD.encode(random::<16>()?);
    let digest = BASE64_STANDARD_NO_PAD.encode(random::<{ Params::DEFAULT_OUTPUT_LEN }>()?);
    Ok(format!("$argon2id$v=19$m={memory},t={passes},p={lanes}${salt}${digest}"))
}

fn hash(password: &[u8]) -> Result<String, Error> {
    Argon2::default()
        .hash_password(password)
        .map(|hash| hash.to_string())
        .map_err(|error| Error::internal("a password could not be hashed", error))
}

fn verify(password: &[u8], hash: &str) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash)
        .map_err(|error| Error::internal("a stored password hash is not readable", error))?;
    Ok(Argon2::default().verify_password(password, &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn verifies_the_right_password_alone() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash(&PasswordText::new("caf\u{e9} und mehr davon")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let verify = async |text, hash| passwords.verify(&PasswordText::new(text), hash).await;
        assert!(verify("cafe\u{301} und mehr davon", Some(&hash)).await.unwrap());
        assert!(!verify("cafe und mehr davon", Some(&hash)).await.unwrap());
        assert!(!verify("cafe und mehr davon", None).await.unwrap());
    }

    #[test]
    fn the_decoy_looks_like_any_hash() {
        let (decoy, real) = (decoy().unwrap(), hash(b"some password or other").unwrap());
        let looks = |hash: &str| -> Vec<usize> { hash.split('$').map(str::len).collect() };
        assert_eq!(looks(&decoy), looks(&real));
        let parameters = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(parameters(&decoy), parameters(&real));
        assert!(PasswordHash::new(&decoy).is_ok());
    }
}
