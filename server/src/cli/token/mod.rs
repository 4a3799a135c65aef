//! `latchkey token`.

mod choice;
mod create;
mod edit;
mod list;

use std::time::Duration;

use clap::{Subcommand, ValueEnum};
use model::{id::TokenId, token::looks_like_token};
use registry::{Actor, Error, Services, tokens::OldSecret};

use self::{create::CreateToken, edit::EditToken, list::ListTokens};
use super::{failure::Failure, output};

const LIST_EXAMPLES: &str = "\
Values are never listed, only their last four characters.

Examples:
  latchkey token list --user ana
  Everybody's that nobody has used for 90 days:
    latchkey token list --all --state unused
  The ids of all tokens that work:
    latchkey token list --user ana --json | jq -r '.[] | select(.state == \"active\") | .id'";

const REVOKE_EXAMPLES: &str = "\
The primary access token cannot be revoked; regenerate it instead.

Example:
  latchkey token revoke 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

const REGENERATE_EXAMPLES: &str = "\
The new value alone goes to standard output. Scope, description and expiry stay; an expired token is
renewed. The old value of a leaked token stops at once, whatever is asked for.

Examples:
  latchkey token regenerate 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11
  The old value works for a week more:
    latchkey token regenerate 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11 --old-stops 7d";

const SUSPEND_EXAMPLES: &str = "\
Example:
  latchkey token suspend 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

const RESUME_EXAMPLES: &str = "\
Example:
  latchkey token resume 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

/// What can be done with access tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an access token and print its value
    #[command(after_help = create::EXAMPLES)]
    Create(CreateToken),
    /// Change what an access token may do, until when and from where
    #[command(after_help = edit::EXAMPLES)]
    Edit(EditToken),
    /// List access tokens, somebody's or everybody's, the primary ones included
    #[command(after_help = LIST_EXAMPLES)]
    List(ListTokens),
    /// End an access token, for good
    #[command(after_help = REVOKE_EXAMPLES)]
    Revoke {
        /// The token's id, as `token list` shows it
        id: String,
    },
    /// Give an access token a new value and print it
    #[command(after_help = REGENERATE_EXAMPLES)]
    Regenerate {
        /// The token's id, as `token list` shows it
        id: String,
        /// When the old value stops
        #[arg(long, value_name = "WHEN", default_value = "now")]
        old_stops: OldStops,
    },
    /// Refuse an access token until it is resumed
    #[command(after_help = SUSPEND_EXAMPLES)]
    Suspend {
        /// The token's id, as `token list` shows it
        id: String,
    },
    /// Accept a suspended access token again
    #[command(after_help = RESUME_EXAMPLES)]
    Resume {
        /// The token's id, as `token list` shows it
        id: String,
    },
}

/// When the old value of a token stops.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum OldStops {
    /// At once
    Now,
    /// In 24 hours
    #[value(name = "24h")]
    InADay,
    /// In 7 days
    #[value(name = "7d")]
    InAWeek,
    /// An hour after the new value is first used, at the latest in 30 days
    #[value(name = "1h-after-first-use")]
    AfterFirstUse,
}

impl OldStops {
    fn old_secret(self) -> OldSecret {
        match self {
            Self::Now => OldSecret::StopsNow,
            Self::InADay => OldSecret::StopsAfter(Duration::from_hours(24)),
            Self::InAWeek => OldSecret::StopsAfter(Duration::from_hours(24 * 7)),
            Self::AfterFirstUse => OldSecret::StopsAfterFirstUse(Duration::from_hours(1)),
        }
    }

    /// What becomes of the old value, in words.
    fn in_words(self) -> &'static str {
        match self {
            Self::Now => "The old one has stopped.",
            Self::InADay => "The old one stops in 24 hours; that of a leaked token has stopped.",
            Self::InAWeek => "The old one stops in 7 days; that of a leaked token has stopped.",
            Self::AfterFirstUse => {
                "The old one stops an hour after the new one is first used, at the latest in 30 \
                 days; that of a leaked token has stopped."
            }
        }
    }
}

impl TokenCommand {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        let tokens = &services.tokens;
        match self {
            Self::Create(arguments) => arguments.run(services, actor).await,
            Self::Edit(arguments) => arguments.run(services, actor).await,
            Self::List(arguments) => arguments.run(services).await,
            Self::Revoke { id } => {
                let id = token_id(&id)?;
                tokens.revoke_any(actor, id).await.map_err(|error| no_token(error, id))?;
                output::say(&format!("Token {id} is revoked. It will never work again."));
                Ok(())
            }
            Self::Regenerate { id, old_stops } => {
                let id = token_id(&id)?;
                let old = old_stops.old_secret();
                let value = tokens.regenerate_any(actor, id, old).await;
                let value = value.map_err(|error| no_token(error, id))?;
                output::data(value.expose())?;
                output::say(&format!("Token {id} has a new value. {}", old_stops.in_words()));
                Ok(())
            }
            Self::Suspend { id } => set_suspended(services, actor, &id, true).await,
            Self::Resume { id } => set_suspended(services, actor, &id, false).await,
        }
    }
}

async fn set_suspended(
    services: &Services,
    actor: &Actor,
    id: &str,
    suspended: bool,
) -> Result<(), Failure> {
    let id = token_id(id)?;
    let set = services.tokens.set_suspended(actor, id, suspended).await;
    set.map_err(|error| no_token(error, id))?;
    output::say(&if suspended {
        format!("Token {id} is suspended. `latchkey token resume {id}` undoes it.")
    } else {
        format!("Token {id} is not suspended any more.")
    });
    Ok(())
}

/// Reads an id. `clap` would repeat what is none, and that may be a token's value.
fn token_id(text: &str) -> Result<TokenId, Failure> {
    text.trim().parse().map_err(|error| {
        Failure::Usage(if looks_like_token(text.trim()) {
            "this is the value of a token, which does not belong on a command line, and its id is \
             needed: `latchkey token list --user NAME` shows the ids."
                .to_owned()
        } else {
            format!("{error}. `latchkey token list --user NAME` shows the ids.")
        })
    })
}

fn no_token(error: Error, id: TokenId) -> Failure {
    Failure::absent(error, || {
        format!("there is no token {id}. `latchkey token list --user NAME` shows the ids.")
    })
}
