//! `latchkey token create`.

use std::collections::HashMap;

use clap::Args;
use model::{
    expiry::Expiry,
    id::{AccountId, FeedId},
    network::Network,
    pattern::Pattern,
    scope::ScopeChoice,
    sentence::{only_from, sentence},
    timestamp::Timestamp,
    token_form::{TokenDraft, check_description},
};
use registry::{Actor, Services};

use super::choice::{Extra, Feeds, check, extras, feed_set, first_day, once, patterns, wrong};
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
  A token that also deletes what it may publish, from one network alone:
    latchkey token create --user ana --description \"CI clean-up\" --write main \\
      --allow unlist,delete --network 10.1.0.0/16
  A token for a client that can be given a URL and nothing else:
    latchkey token create --user ana --description \"old build\" --read main --pre-authenticated
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
    /// Where it may publish it may also do this: unlist, delete, or both separated by a comma
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    allow: Vec<Extra>,
    /// Only from this network, such as 10.1.0.0/16; may be repeated
    #[arg(long, value_name = "CIDR")]
    network: Vec<Network>,
    /// Let it stand in URLs like /F/main/auth/TOKEN/npm/, which lock files and the logs of proxies will hold: it has to read named feeds alone
    #[arg(long)]
    pre_authenticated: bool,
}

impl CreateToken {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        let user = self.user.clone();
        let owner = account(services, &user).await?;
        let mut names = HashMap::new();
        let draft = self.draft(services, owner, &mut names).await?;
        let words = sentence(&draft.scope, draft.expires_at, |id| names.get(&id).cloned());
        let only_from = only_from(&draft.networks).map(|words| format!(" {words}"));
        let created = services.tokens.create_for(actor, owner, draft).await?;
        let value = created.secret.ok_or_else(|| {
            Failure::Refused(format!(
                "token {id} was made, but its value is not known. `latchkey token regenerate {id}` \
                 gives it a new one.",
                id = created.id
            ))
        })?;
        output::data(value.expose())?;
        let only_from = only_from.unwrap_or_default();
        output::say(&format!("Made token {} for {user}. {words}{only_from}", created.id));
        Ok(())
    }

    /// What the flags mean; `names` learns the names of the chosen feeds.
    async fn draft(
        self,
        services: &Services,
        owner: AccountId,
        names: &mut HashMap<FeedId, String>,
    ) -> Result<TokenDraft, Failure> {
        if self.read_any_package
            && (matches!(self.read, Feeds::None) || matches!(self.write, Feeds::None))
        {
            let why = "it is for tokens that read and publish. Give both --read and --write.";
            return Err(wrong("--read-any-package", why));
        }
        let extras = extras(&self.allow);
        if !extras.is_empty() && matches!(self.write, Feeds::None) {
            let why = "it is for tokens that publish. Give --write too.";
            return Err(wrong("--allow", why));
        }
        let longest_life = services.policy().longest_token_life;
        let expires_at = self
            .expires
            .at(services.now(), longest_life)
            .map_err(|error| wrong("--expires", error))?;
        let user = self.user.as_str();
        let choice = ScopeChoice {
            read: feed_set(services, owner, user, "--read", self.read, names).await?,
            write: feed_set(services, owner, user, "--write", self.write, names).await?,
            patterns: patterns(self.package)?,
            read_any_package: self.read_any_package,
            extras,
        };
        let scope = choice.into_scope().map_err(|error| Failure::Refused(error.to_string()))?;
        check(TokenDraft {
            description: self.description,
            scope,
            not_before: self.not_before,
            expires_at,
            networks: once(self.network),
            is_pre_authenticated: self.pre_authenticated,
        })
    }
}
