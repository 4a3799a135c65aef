//! `latchkey token list`.

use clap::Args;
use model::{
    listing::{EveryonesQuery, Standing, TokenEnd, TokenUseFilter},
    timestamp::Timestamp,
    views::{EveryonesToken, LastUse, TokenView},
};
use registry::Services;
use serde::Serialize;

use crate::cli::{account, failure::Failure, output, table::table};

/// A token as programs read it. Its value is not part of it.
#[derive(Serialize)]
struct TokenJson {
    id: String,
    kind: &'static str,
    description: String,
    mask: String,
    state: &'static str,
    sentence: String,
    created_at: String,
    created_by: String,
    not_before: Option<String>,
    /// RFC 3339; `null` for never.
    expires_at: Option<String>,
    last_used: Option<LastUsedJson>,
}

/// The last use of a token as programs read it.
#[derive(Serialize)]
struct LastUsedJson {
    at: String,
    address: String,
    client: String,
    feed: Option<String>,
}

impl From<TokenView> for TokenJson {
    fn from(token: TokenView) -> Self {
        let text = |at: Timestamp| at.to_string();
        Self {
            id: token.id.to_string(),
            kind: token.kind.name(),
            mask: token.mask(),
            description: token.description,
            state: token.status.name(),
            sentence: token.sentence,
            created_at: token.created_at.to_string(),
            created_by: token.created_by,
            not_before: token.not_before.map(text),
            expires_at: token.expires_at.map(text),
            last_used: token.last_used.map(LastUsedJson::from),
        }
    }
}

impl From<LastUse> for LastUsedJson {
    fn from(last: LastUse) -> Self {
        let at = last.at.to_string();
        Self { at, address: last.address, client: last.client, feed: last.feed }
    }
}

/// A token of whomever as programs read it. Its value is not part of it.
#[derive(Serialize)]
struct EveryonesJson {
    id: String,
    owner: String,
    owner_disabled: bool,
    kind: &'static str,
    description: String,
    mask: String,
    state: &'static str,
    abilities: String,
    created_at: String,
    /// RFC 3339; `null` for never.
    expires_at: Option<String>,
    last_used: Option<LastUsedJson>,
}

impl From<EveryonesToken> for EveryonesJson {
    fn from(token: EveryonesToken) -> Self {
        Self {
            id: token.id.to_string(),
            mask: token.mask(),
            owner: token.owner,
            owner_disabled: token.is_owner_disabled,
            kind: token.kind.name(),
            description: token.description,
            state: token.status.name(),
            abilities: token.abilities,
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.map(|at| at.to_string()),
            last_used: token.last_used.map(LastUsedJson::from),
        }
    }
}

/// Whose tokens are listed.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ListTokens {
    /// The account: user name or e-mail address
    #[arg(long, value_name = "NAME", required_unless_present = "all")]
    user: Option<String>,
    /// Everybody's
    #[arg(long, conflicts_with = "user")]
    all: bool,
    /// Only those in a state: active, soon, unused, not-yet, suspended, leaked, expired, revoked
    #[arg(long, requires = "all", value_parser = standing)]
    state: Option<Standing>,
    /// Only those that were never used
    #[arg(long, requires = "all")]
    never_used: bool,
    /// Only those that never expire
    #[arg(long, requires = "all")]
    no_expiry: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn standing(word: &str) -> Result<Standing, String> {
    let known = Standing::ALL.iter().copied().filter(|standing| *standing != Standing::Any);
    let mut found = known.clone().filter(|standing| standing.word() == word);
    found.next().ok_or_else(|| {
        let words: Vec<&str> = known.map(Standing::word).collect();
        format!("there is no such state: {} exist", words.join(", "))
    })
}

impl ListTokens {
    pub(super) async fn run(self, services: &Services) -> Result<(), Failure> {
        match &self.user {
            Some(user) => of_one(services, user, self.json).await,
            None => self.of_everybody(services).await,
        }
    }

    async fn of_everybody(self, services: &Services) -> Result<(), Failure> {
        let mut query = EveryonesQuery {
            standing: self.state.unwrap_or_default(),
            used: if self.never_used { TokenUseFilter::Never } else { TokenUseFilter::Any },
            end: if self.no_expiry { TokenEnd::None } else { TokenEnd::Any },
            page: 1,
            ..EveryonesQuery::default()
        };
        let mut tokens = Vec::new();
        loop {
            let page = services.tokens.everyones_for(&query).await?;
            tokens.extend(page.tokens);
            if query.page >= page.pages {
                break;
            }
            query.page += 1;
        }
        if self.json {
            return output::json(&tokens.into_iter().map(EveryonesJson::from).collect::<Vec<_>>());
        }
        let now = services.now();
        let row = |token: EveryonesToken| {
            [
                token.id.to_string(),
                token.mask(),
                token.owner,
                token.status.name().to_owned(),
                expiry(token.expires_at),
                last_used(token.last_used, now),
                token.description,
            ]
        };
        let rows = tokens.into_iter().map(row).collect();
        let heads = ["id", "token", "owner", "state", "expires", "last used", "description"];
        output::data(&table(heads, rows))
    }
}

fn expiry(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "never".to_owned(), Timestamp::short_date)
}

fn last_used(last: Option<LastUse>, now: Timestamp) -> String {
    last.map_or_else(|| "never".to_owned(), |last| last.at.ago(now))
}

async fn of_one(services: &Services, user: &str, json: bool) -> Result<(), Failure> {
    let tokens = services.tokens.list(account(services, user).await?).await?;
    if json {
        return output::json(&tokens.into_iter().map(TokenJson::from).collect::<Vec<_>>());
    }
    let now = services.now();
    let row = |token: TokenView| {
        [
            token.id.to_string(),
            token.mask(),
            token.status.name().to_owned(),
            expiry(token.expires_at),
            last_used(token.last_used, now),
            token.description,
        ]
    };
    let rows = tokens.into_iter().map(row).collect();
    output::data(&table(["id", "token", "state", "expires", "last used", "description"], rows))
}
