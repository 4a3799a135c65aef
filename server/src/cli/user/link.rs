//! Links that work once, as commands print them.

use clap::Args;
use model::views::{LinkPurpose, OneTimeLink};

use crate::cli::{failure::Failure, output};

pub(super) const INVITE_EXAMPLES: &str = "\
For somebody who has not chosen a password yet.

Example:
  latchkey user invite-link bob --public-url https://packages.example.com";

pub(super) const RESET_EXAMPLES: &str = "\
Whoever opens the link within 30 minutes chooses another password; it works once. The account's
sessions end then, and its tokens stay.

Example:
  latchkey user reset-link ana --public-url https://packages.example.com";

/// Whom a link is for.
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// The account: user name or e-mail address
    name: String,
    /// Address that the printed link begins with [default: the one in the settings]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl LinkArgs {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }
}

/// Prints a link. `assumed` says that nobody set the address that it begins with.
pub(super) fn print(link: &OneTimeLink, assumed: bool) -> Result<(), Failure> {
    let (time, what) = match link.purpose {
        LinkPurpose::Invitation => ("24 hours", "the password"),
        LinkPurpose::Reset => ("30 minutes", "another password"),
    };
    output::say(&format!("Whoever opens this link within {time} chooses {what}; it works once:"));
    output::data(&link.url)?;
    if assumed {
        output::say(
            "Where the server has another address, replace the beginning of the link, and give \
             --public-url next time.",
        );
    }
    Ok(())
}
