//! `latchkey token create`.

use std::{collections::HashMap, convert::Infallible, str::FromStr};

use clap::Args;
use model::{
    expiry::{Expiry, parse_date},
    id::{AccountId, FeedId},
    network::Network,
    pattern::Pattern,
    scope::{FeedSet, ScopeChoice},
    sentence::sentence,
    timestamp::Timestamp,
    token_form::{MOST_PATTERNS, TokenDraft, check_description},
};
use registry::{Actor, Error, Services};

use crate::cli::{account, failure::Failure, output};

pub(super) const EXAMPLES: &str = "\
The value alone goes to standard output. What the token's owner may not do, the token may not do
either, whatever is chosen here.

Examples:
  A token that installs from every feed for 90 days:
    latchkey token create --user ana --description \"my laptop\"
  A token that publishes Acme's packages to one feed and reads nothing:
    latchkey token create --user ana --description \"CI publish\" \\
      --read none --write main --package 'npm|@acme/*' --expires 2027-02-22
  The value straight into a file:
    latchkey token create --user ana --description \"build server\" --write main > token.txt";

/// What a token is made with.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// The account it belongs to: user name or e-mail address
    #[arg(long, value_name = "NAME")]
    user: String,
    /// What it is for, 1 to 100 characters
    #[arg(long, value_name = "TEXT", value_parser = check_description)]
    description: String,
    /// Feeds it reads: all (future ones too), none, or names separated by commas
    #[arg(long, value_name = "FEEDS", default_value = "all")]
    read: Feeds,
    /// Feeds it publishes to: all (future ones too), none, or names separated by commas
    #[arg(long, value_name = "FEEDS", default_value = "none")]
    write: Feeds,
    /// Only packages like this, such as 'Acme.*' or 'npm|@acme/*'; may be repeated
    #[arg(long, value_name = "PATTERN")]
    package: Vec<Pattern>,
    /// Let --package limit publishing alone, so that every package is read
    #[arg(long, requires = "package")]
    read_any_package: bool,
    /// Last day it works: a number of days (90d), a date (2027-02-22) or never; days end at midnight UTC
    #[arg(long, value_name = "WHEN", default_value = "90d")]
    expires: Expiry,
    /// First day it works, such as 2026-12-01, UTC
    #[arg(long, value_name = "DATE", value_parser = first_day)]
    not_before: Option<Timestamp>,
    /// Only from this network, such as 10.1.0.0/16; may be repeated
    #[arg(long, value_name = "CIDR")]
    network: Vec<Network>,
}

/// Feeds as they are named on the command line.
#[derive(Debug, Clone)]
enum Feeds {
    All,
    None,
    Named(Vec<String>),
}

impl FromStr for Feeds {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.trim() {
            "all" => Self::All,
            "none" => Self::None,
            names => Self::Named(names.split(',').map(|name| name.trim().to_owned()).collect()),
        })
    }
}

fn first_day(text: &str) -> Result<Timestamp, &'static str> {
    parse_date(text).map(Timestamp::start_of).ok_or("write a date like 2026-12-01")
}

impl CreateToken {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        let user = self.user.clone();
        let owner = account(services, &user).await?;
        let mut names = HashMap::new();
        let draft = self.draft(services, owner, &mut names).await?;
        let words = sentence(&draft.scope, draft.expires_at, |id| names.get(&id).cloned());
        let created = services.tokens.create_for(actor, owner, draft).await?;
        let value = created.secret.ok_or_else(|| {
            Failure::Refused(format!(
                "token {id} was made, but its value is not known. `latchkey token regenerate {id}` \
                 gives it a new one.",
                id = created.id
            ))
        })?;
        output::data(value.expose())?;
        output::say(&format!("Made token {} for {user}. {words}", created.id));
        Ok(())
    }

    /// What the flags mean; `names` learns the names of the chosen feeds.
    async fn draft(
        self,
        services: &Services,
        owner: AccountId,
        names: &mut HashMap<FeedId, String>,
    ) -> Result<TokenDraft, Failure> {
        let wrong = |flag: &str, why: String| Failure::Refused(format!("{flag}: {why}"));
        if self.read_any_package
            && (matches!(self.read, Feeds::None) || matches!(self.write, Feeds::None))
        {
            let why = "it is for tokens that read and publish. Give both --read and --write.";
            return Err(wrong("--read-any-package", why.to_owned()));
        }
        let mut patterns: Vec<Pattern> = Vec::new();
        for pattern in self.package {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        if patterns.len() > MOST_PATTERNS {
            let why = format!("a token carries at most {MOST_PATTERNS} patterns.");
            return Err(wrong("--package", why));
        }
        let longest_life = services.policy().longest_token_life;
        let expires_at = self
            .expires
            .at(services.now(), longest_life)
            .map_err(|error| wrong("--expires", error.to_string()))?;
        if self.not_before.zip(expires_at).is_some_and(|(first, end)| first > end) {
            let why = "it lies after the last day. Choose an earlier one, or a later --expires.";
            return Err(wrong("--not-before", why.to_owned()));
        }
        let user = self.user.as_str();
        let choice = ScopeChoice {
            read: feed_set(services, owner, user, "--read", self.read, names).await?,
            write: feed_set(services, owner, user, "--write", self.write, names).await?,
            patterns,
            read_any_package: self.read_any_package,
        };
        let scope = choice.into_scope().map_err(|error| Failure::Refused(error.to_string()))?;
        Ok(TokenDraft {
            description: self.description,
            scope,
            not_before: self.not_before,
            expires_at,
            networks: self.network,
        })
    }
}

/// The feeds that a flag names; `None` for none at all.
async fn feed_set(
    services: &Services,
    owner: AccountId,
    user: &str,
    flag: &str,
    feeds: Feeds,
    names: &mut HashMap<FeedId, String>,
) -> Result<Option<FeedSet>, Failure> {
    let chosen = match feeds {
        Feeds::All => return Ok(Some(FeedSet::All)),
        Feeds::None => return Ok(None),
        Feeds::Named(chosen) => chosen,
    };
    let mut ids = services.feeds.ids_of(owner, &chosen).await.map_err(|error| match error {
        Error::Invalid(why) => Failure::Refused(format!(
            "{flag}: {why} `latchkey feed list --user {user}` shows those it can."
        )),
        error => error.into(),
    })?;
    names.extend(ids.iter().copied().zip(chosen.iter().map(|name| name.to_ascii_lowercase())));
    ids.sort_unstable();
    ids.dedup();
    Ok(Some(FeedSet::Only(ids)))
}
