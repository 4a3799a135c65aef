//! `latchkey feed list`.

use clap::Args;
use model::{ecosystem::Ecosystem, role::Role, views::FeedView};
use registry::Services;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::{account, failure::Failure, output, table::table};

pub(super) const EXAMPLES: &str = "\
Examples:
  latchkey feed list --user ana
  latchkey feed list --user ana --json";

/// Whose feeds are listed.
#[derive(Debug, Args)]
pub(crate) struct ListFeeds {
    /// The account: user name or e-mail address
    #[arg(long, value_name = "NAME")]
    user: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A feed as programs read it.
#[derive(Serialize)]
struct FeedJson {
    id: String,
    name: String,
    description: String,
    public: bool,
    role: Option<Role>,
    /// Counts by kind of package.
    packages: Map<String, Value>,
    updated_at: String,
}

impl From<FeedView> for FeedJson {
    fn from(feed: FeedView) -> Self {
        let count = |(kind, count): (Ecosystem, u64)| (kind.to_string(), count.into());
        Self {
            id: feed.id.to_string(),
            name: feed.name,
            description: feed.description,
            public: feed.is_public,
            role: feed.role,
            packages: feed.kinds.into_iter().map(count).collect(),
            updated_at: feed.updated_at.to_string(),
        }
    }
}

impl ListFeeds {
    pub(super) async fn run(self, services: &Services) -> Result<(), Failure> {
        let Self { user, json } = self;
        let feeds = services.feeds.list_for(account(services, &user).await?).await?;
        if json {
            return output::json(&feeds.into_iter().map(FeedJson::from).collect::<Vec<_>>());
        }
        if feeds.is_empty() {
            output::say(&format!(
                "{user} can reach no feed yet. Make one with `latchkey feed create NAME --owner {user}`."
            ));
            return Ok(());
        }
        let row = |feed: FeedView| {
            let packages = feed.packages().to_string();
            let access = if feed.is_public { "public" } else { "private" }.to_owned();
            let role = feed.role.map_or("none", Role::name).to_owned();
            [feed.name, role, access, packages, feed.description]
        };
        let rows = feeds.into_iter().map(row).collect();
        output::data(&table(["name", "role", "access", "packages", "description"], rows))
    }
}
