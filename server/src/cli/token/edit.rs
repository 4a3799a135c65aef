//! `latchkey token edit`.

use std::collections::HashMap;

use clap::Args;
use model::{
    expiry::Expiry,
    id::{AccountId, TokenId},
    network::Network,
    pattern::Pattern,
    scope::{Scope, ScopeChoice},
    timestamp::Timestamp,
    token_form::{TokenDraft, check_description},
};
use registry::{Actor, Error, Services};

use super::{
    choice::{Extra, Feeds, check, extras, feed_set, first_day, once, patterns, wrong},
    no_token, token_id,
};
use crate::cli::{failure::Failure, output};

pub(super) const EXAMPLES: &str = "\
What no flag says stays as it is, the value too. What the token may do more than before is told.

Examples:
  Publish to one feed more:
    latchkey token edit 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11 --write main,tools
  Another 90 days, from one network alone:
    latchkey token edit 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11 --expires 90d --network 10.1.0.0/16
  No longer unlist or delete:
    latchkey token edit 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11 --allow none";

/// What becomes of a token.
#[derive(Debug, Args)]
pub(crate) struct EditToken {
    /// The token's id, as `token list` shows it
    id: String,
    /// What it is for, 1 to 100 characters
    #[arg(long, value_name = "TEXT", value_parser = check_description)]
    description: Option<String>,
    /// Feeds it reads: all (future ones too), none, or names separated by commas
    #[arg(long, value_name = "FEEDS")]
    read: Option<Feeds>,
    /// Feeds it publishes to: all (future ones too), none, or names separated by commas
    #[arg(long, value_name = "FEEDS")]
    write: Option<Feeds>,
    /// Where it may publish it may also do this: unlist, delete, both separated by a comma, or none
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    allow: Option<Vec<Extra>>,
    /// Only packages like this, in the place of those before; may be repeated
    #[arg(long, value_name = "PATTERN")]
    package: Vec<Pattern>,
    /// Any package
    #[arg(long, conflicts_with = "package")]
    any_package: bool,
    /// Whether the patterns limit publishing alone, so that every package is read
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    read_any_package: Option<bool>,
    /// Last day it works: a number of days (90d), a date (2027-02-22) or never; days end at midnight UTC
    #[arg(long, value_name = "WHEN")]
    expires: Option<Expiry>,
    /// First day it works, such as 2026-12-01, UTC
    #[arg(long, value_name = "DATE", value_parser = first_day)]
    not_before: Option<Timestamp>,
    /// Only from this network, in the place of those before; may be repeated
    #[arg(long, value_name = "CIDR")]
    network: Vec<Network>,
    /// From any network
    #[arg(long, conflicts_with = "network")]
    any_network: bool,
    /// Whether it may stand in URLs, which lock files and the logs of proxies will hold
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    pre_authenticated: Option<bool>,
}

impl EditToken {
    pub(super) async fn run(self, services: &Services, actor: &Actor) -> Result<(), Failure> {
        let id = token_id(&self.id)?;
        let present = services.tokens.as_draft(id).await;
        let (owner, before) = present.map_err(|error| no_token(error, id))?;
        let draft = self.draft(services, owner, &before).await?;
        if draft == before {
            return Err(Failure::Refused(format!(
                "token {id} is like that already. `latchkey token edit --help` shows what can be changed."
            )));
        }
        let wider = services.tokens.edit_any(actor, id, &before, draft).await;
        let wider = wider.map_err(|error| match error {
            Error::Raced => {
                Failure::Refused(format!("token {id} was changed at the same moment. Try again."))
            }
            error => no_token(error, id),
        })?;
        let more = if wider.is_empty() {
            String::new()
        } else {
            format!("\nMore than before: {}", wider.join(" "))
        };
        output::say(&format!("Changed token {id}. {}{more}", sentence(services, owner, id).await?));
        Ok(())
    }

    /// The token with what the flags say.
    async fn draft(
        self,
        services: &Services,
        owner: AccountId,
        before: &TokenDraft,
    ) -> Result<TokenDraft, Failure> {
        let longest_life = services.policy().longest_token_life;
        let expires_at = match self.expires {
            Some(expires) => expires
                .at(services.now(), longest_life)
                .map_err(|error| wrong("--expires", error))?,
            None => before.expires_at,
        };
        let networks = match (self.network.is_empty(), self.any_network) {
            (false, _) => once(self.network.clone()),
            (true, true) => Vec::new(),
            (true, false) => before.networks.clone(),
        };
        check(TokenDraft {
            description: self.description.clone().unwrap_or_else(|| before.description.clone()),
            not_before: self.not_before.or(before.not_before),
            expires_at,
            networks,
            is_pre_authenticated: self.pre_authenticated.unwrap_or(before.is_pre_authenticated),
            scope: self.scope(services, owner, &before.scope).await?,
        })
    }

    async fn scope(
        self,
        services: &Services,
        owner: AccountId,
        before: &Scope,
    ) -> Result<Scope, Failure> {
        let is_kept = self.read.is_none()
            && self.write.is_none()
            && self.allow.is_none()
            && self.package.is_empty()
            && !self.any_package
            && self.read_any_package.is_none();
        if is_kept {
            return Ok(before.clone());
        }
        let mut choice = match (ScopeChoice::of(before), &self.read, &self.write) {
            (Some(choice), ..) => choice,
            // Every rule is replaced, so none is lost unseen.
            (None, Some(_), Some(_)) => ScopeChoice {
                read: None,
                write: None,
                patterns: Vec::new(),
                read_any_package: false,
                extras: extras(&[]),
            },
            (None, ..) => {
                return Err(Failure::Refused(
                    "this token has rules that these flags cannot say. Give both --read and \
                     --write to put others in their place."
                        .to_owned(),
                ));
            }
        };
        // Feeds that are named have been found, or it ends here.
        let (user, mut names) = (user(services, owner).await?, HashMap::new());
        if let Some(read) = self.read {
            choice.read = feed_set(services, owner, &user, "--read", read, &mut names).await?;
        }
        if let Some(write) = self.write {
            choice.write = feed_set(services, owner, &user, "--write", write, &mut names).await?;
        }
        if !self.package.is_empty() || self.any_package {
            choice.patterns = patterns(self.package)?;
        }
        if let Some(read_any_package) = self.read_any_package {
            choice.read_any_package = read_any_package;
        }
        if let Some(allow) = &self.allow {
            choice.extras = extras(allow);
        }
        if !choice.extras.is_empty() && choice.write.is_none() {
            if self.allow.is_some_and(|allow| !extras(&allow).is_empty()) {
                return Err(wrong("--allow", "it is for tokens that publish. Give --write too."));
            }
            choice.extras = extras(&[]);
        }
        choice.into_scope().map_err(|error| Failure::Refused(error.to_string()))
    }
}

/// What the token may do now, in a sentence.
async fn sentence(services: &Services, owner: AccountId, id: TokenId) -> Result<String, Failure> {
    let tokens = services.tokens.list(owner).await?;
    let token = tokens.into_iter().find(|token| token.id == id);
    Ok(token.map(|token| token.sentence).unwrap_or_default())
}

/// The name of an account.
async fn user(services: &Services, id: AccountId) -> Result<String, Failure> {
    let accounts = services.accounts.list().await?;
    let account = accounts.into_iter().find(|account| account.id == id);
    Ok(account.map(|account| account.person.username).unwrap_or_default())
}
