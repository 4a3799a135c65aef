//! `latchkey feed delete`.

use clap::Args;
use model::views::FeedContents;
use registry::{Actor, Services};

use super::no_feed;
use crate::cli::{failure::Failure, output};

pub(super) const EXAMPLES: &str = "\
Without --yes nothing is deleted: what would be lost is said instead.

Examples:
  latchkey feed delete main
  latchkey feed delete main --yes";

/// Which feed is deleted.
#[derive(Debug, Args)]
pub(crate) struct DeleteFeed {
    /// The feed's name
    feed: String,
    /// Delete it; this cannot be undone
    #[arg(long)]
    yes: bool,
}

impl DeleteFeed {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        let Self { feed, yes } = self;
        let feeds = &services.feeds;
        let settings = feeds.settings_of(&feed).await.map_err(|error| no_feed(error, &feed))?;
        let name = settings.feed;
        let FeedContents { packages, versions, tokens } = settings.contents;
        let lost = format!("{packages} packages with {versions} versions");
        if !yes {
            return Err(Failure::Usage(format!(
                "the feed {name} has {lost}, and {tokens} tokens have a rule about it. Say --yes \
                 to delete it for good."
            )));
        }
        feeds.delete_for(actor, &name).await.map_err(|error| no_feed(error, &name))?;
        output::say(&format!(
            "Deleted the feed {name} with {lost}. Its name is kept for its owner."
        ));
        // A server that runs on the same data would do it too, some time.
        feeds.remove_deleted().await?;
        Ok(())
    }
}
