//! `GET /api/v1/token`: the presented token describes itself.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use model::views::{RuleView, TokenView};
use registry::{
    Error, Origin, Services,
    access::{AccessRequest, Wanted},
};
use serde::Serialize;

use super::problem::problem;
use crate::protocols::credentials;

/// A token in the API. Times are RFC 3339, UTC.
#[derive(Serialize)]
struct DescribedToken {
    id: String,
    kind: &'static str,
    description: String,
    mask: String,
    owner: String,
    state: &'static str,
    /// Scope and expiry in one sentence.
    summary: String,
    rules: Vec<Rule>,
    created_at: String,
    not_before: Option<String>,
    /// `null` for never.
    expires_at: Option<String>,
    last_used_at: Option<String>,
}

/// A rule: allow or deny, actions × feeds × package patterns.
#[derive(Serialize)]
struct Rule {
    effect: &'static str,
    actions: Vec<String>,
    /// `null` for every feed its owner can reach.
    feeds: Option<Vec<String>>,
    /// Empty for any package.
    packages: Vec<String>,
}

/// Answers what the presented token is and may do; the same refusals as any other request.
pub(super) async fn describe(
    State(services): State<Arc<Services>>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    match description(&services, &origin, &headers).await {
        Ok(description) => {
            let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (no_store, Json(description)).into_response()
        }
        Err(error) => problem(error),
    }
}

async fn description(
    services: &Services,
    origin: &Origin,
    headers: &HeaderMap,
) -> Result<DescribedToken, Error> {
    let credential = credentials::credential(headers, false);
    let request = AccessRequest { feed: "", wanted: Wanted::Identity, origin };
    let grant = services.access.authorize(&credential, request).await?;
    let (token, rules) = services.tokens.describe(&grant).await?;
    Ok(DescribedToken::new(&token, rules, grant.username().unwrap_or_default()))
}

impl DescribedToken {
    fn new(token: &TokenView, rules: Vec<RuleView>, owner: &str) -> Self {
        Self {
            id: token.id.to_string(),
            kind: token.kind.name(),
            description: token.description.clone(),
            mask: token.mask(),
            owner: owner.to_owned(),
            state: token.status.name(),
            summary: token.sentence.clone(),
            rules: rules.into_iter().map(Into::into).collect(),
            created_at: token.created_at.to_string(),
            not_before: token.not_before.map(|at| at.to_string()),
            expires_at: token.expires_at.map(|at| at.to_string()),
            last_used_at: token.last_used.as_ref().map(|last| last.at.to_string()),
        }
    }
}

impl From<RuleView> for Rule {
    fn from(rule: RuleView) -> Self {
        Self {
            effect: if rule.denies { "deny" } else { "allow" },
            actions: rule.actions,
            feeds: rule.feeds,
            packages: rule.patterns.into_iter().map(|(pattern, _)| pattern).collect(),
        }
    }
}
