//! `latchkey feed`.

mod delete;
mod list;
mod member;

use clap::{Args, Subcommand};
use model::names::FeedName;
use registry::{
    Actor, Error, Services,
    feeds::{Change, NewFeed},
};

use self::{delete::DeleteFeed, list::ListFeeds, member::MemberCommand};
use super::{account, failure::Failure, output};

const CREATE_EXAMPLES: &str = "\
Examples:
  A feed for its members alone:
    latchkey feed create main --owner ana
  A feed that anyone may read:
    latchkey feed create open-source --owner ana --public --description \"What we give away\"";

const SET_EXAMPLES: &str = "\
Examples:
  latchkey feed set main --description \"Shared libraries\"
  latchkey feed set main --private";

const RELEASE_EXAMPLES: &str = "\
The name of a deleted feed is kept for its owner, because clients that still ask for the old feed
would be given somebody else's packages. Release it only when nobody does.

Example:
  latchkey feed release-name main";

/// What can be done with feeds.
#[derive(Debug, Subcommand)]
pub(crate) enum FeedCommand {
    /// Make a feed
    #[command(after_help = CREATE_EXAMPLES)]
    Create(CreateFeed),
    /// List the feeds that somebody can reach
    #[command(after_help = list::EXAMPLES)]
    List(ListFeeds),
    /// Change what a feed says of itself and who may read it
    #[command(after_help = SET_EXAMPLES)]
    Set(SetFeed),
    /// Give people roles in a feed, list them, take them away
    #[command(subcommand)]
    Member(MemberCommand),
    /// Delete a feed with all its packages
    #[command(after_help = delete::EXAMPLES)]
    Delete(DeleteFeed),
    /// Let anybody use the name of a deleted feed
    #[command(after_help = RELEASE_EXAMPLES)]
    ReleaseName {
        /// The name
        name: FeedName,
    },
}

/// What a feed is made with.
#[derive(Debug, Args)]
pub(crate) struct CreateFeed {
    /// Its name: letters a to z, digits and hyphens
    name: FeedName,
    /// The account that owns it: user name or e-mail address
    #[arg(long, value_name = "USER")]
    owner: String,
    /// Let anyone read it, without an account
    #[arg(long)]
    public: bool,
    /// What it is for, at most 200 characters
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    description: String,
}

/// What is changed of a feed.
#[derive(Debug, Args)]
pub(crate) struct SetFeed {
    /// The feed's name
    name: String,
    /// What it is for, at most 200 characters
    #[arg(long, value_name = "TEXT", required_unless_present_any = ["public", "private"])]
    description: Option<String>,
    /// Let anyone read it, without an account
    #[arg(long, conflicts_with = "private")]
    public: bool,
    /// Let its members alone read it
    #[arg(long)]
    private: bool,
}

impl FeedCommand {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => create(services, actor, arguments).await,
            Self::List(arguments) => arguments.run(services).await,
            Self::Set(arguments) => set(services, actor, arguments).await,
            Self::Member(command) => command.run(services, actor).await,
            Self::Delete(arguments) => arguments.run(services, actor).await,
            Self::ReleaseName { name } => release(services, actor, &name).await,
        }
    }
}

async fn create(services: &Services, actor: &Actor, arguments: CreateFeed) -> Result<(), Failure> {
    let CreateFeed { name, owner, public, description } = arguments;
    let owner_id = account(services, &owner).await?;
    let new = NewFeed { name: name.clone(), description, is_public: public };
    services.feeds.create_for(actor, owner_id, new).await?;
    output::say(&format!("Made the feed {name}: {owner} owns it, {}.", readers(public)));
    Ok(())
}

async fn set(services: &Services, actor: &Actor, arguments: SetFeed) -> Result<(), Failure> {
    let SetFeed { name, description, public, private } = arguments;
    let is_public = (public || private).then_some(public);
    let change = Change { description, is_public };
    let changed = services.feeds.change_for(actor, &name, &change).await;
    changed.map_err(|error| no_feed(error, &name))?;
    let readers = is_public.map(|is_public| format!(": {}", readers(is_public)));
    output::say(&format!("Changed the feed {name}{}.", readers.unwrap_or_default()));
    Ok(())
}

async fn release(services: &Services, actor: &Actor, name: &FeedName) -> Result<(), Failure> {
    let released = services.feeds.release_name(actor, name).await;
    released.map_err(|error| {
        Failure::absent(error, || {
            format!("no deleted feed was called “{name}”, or its name is free already.")
        })
    })?;
    output::say(&format!("Anybody can make a feed called {name} now."));
    Ok(())
}

fn readers(is_public: bool) -> &'static str {
    if is_public { "anyone may read it" } else { "only its members may read it" }
}

/// Says of a feed that is absent which one it is, and where to look.
fn no_feed(error: Error, name: &str) -> Failure {
    match error {
        Error::NotFound("feed") => Failure::Refused(format!(
            "there is no feed “{name}”. `latchkey feed list --user NAME` shows those that somebody \
             can reach."
        )),
        error => error.into(),
    }
}
