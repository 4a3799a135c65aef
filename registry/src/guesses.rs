//! Slowing down whoever tries one code after another, or makes one account after another.
//!
//! Counted by network alone, in the table that counts wrong passwords: nobody elsewhere waits. Codes
//! carry 130 random bits, so it is not this that keeps them safe; it keeps guessing from being free.

use std::sync::Arc;

use crate::{audit::Origin, core::Core, error::Error, throttle};

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// A one-time code: of a set-up, an invitation, a sign-in.
    Code,
    /// Making an account without being invited.
    SignUp,
}

/// Counts of what is tried.
pub struct Guesses {
    pub(crate) core: Arc<Core>,
}

impl Guess {
    /// How often a network may try before it waits.
    const fn free(self) -> u32 {
        match self {
            Self::Code => 30,
            Self::SignUp => 20,
        }
    }

    fn subject(self, origin: &Origin) -> String {
        let what = match self {
            Self::Code => "codes",
            Self::SignUp => "sign-ups",
        };
        format!("{what} from {}", throttle::network(origin.address))
    }
}

impl Guesses {
    /// Refuses a try that comes too early.
    pub async fn may_try(&self, guess: Guess, origin: &Origin) -> Result<(), Error> {
        throttle::may_try(&self.core, &guess.subject(origin), guess.free()).await
    }

    /// Counts a try, or refuses one that comes too early: of several at once, each is counted.
    pub async fn count(&self, guess: Guess, origin: &Origin) -> Result<(), Error> {
        throttle::count(&self.core, &guess.subject(origin), guess.free()).await
    }
}
