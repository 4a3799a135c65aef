//! `latchkey token list`.

use model::{timestamp::Timestamp, views::TokenView};
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
            last_used: token.last_used.map(|last| LastUsedJson {
                at: last.at.to_string(),
                address: last.address,
                client: last.client,
                feed: last.feed,
            }),
        }
    }
}

pub(super) async fn run(services: &Services, user: &str, json: bool) -> Result<(), Failure> {
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
            token.expires_at.map_or_else(|| "never".to_owned(), Timestamp::short_date),
            token.last_used.map_or_else(|| "never".to_owned(), |last| last.at.ago(now)),
            token.description,
        ]
    };
    let rows = tokens.into_iter().map(row).collect();
    output::data(&table(["id", "token", "state", "expires", "last used", "description"], rows))
}
