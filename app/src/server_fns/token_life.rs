//! The caller's tokens in a list, and what becomes of them after they were made.

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    id::{FormId, SecretId, TokenId},
    listing::TokensQuery,
    rotation::OldStops,
    views::{RegeneratePage, Regenerated, TokensPage},
};

use crate::Failure;

/// A page of the caller's tokens, as far as they were asked for.
#[server(endpoint = "tokens/list", input = Json)]
pub async fn list_tokens(
    /// What is asked for.
    query: TokensQuery,
    /// A token that has just been revoked, to be named above the list.
    revoked: Option<TokenId>,
) -> Result<TokensPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.tokens.page(&caller()?, &query, revoked).await.map_err(failure)
}

/// The form that gives a token a new value, at the beginning of a new use.
#[server(endpoint = "tokens/begin-regenerate")]
pub async fn begin_regeneration(
    /// The token's id.
    id: String,
) -> Result<RegeneratePage, Failure> {
    use crate::context::{caller, failure, services};
    let id = id.parse().map_err(|_| failure(registry::Error::NotFound("token")))?;
    services()?.tokens.begin_regeneration(&caller()?, id).await.map_err(failure)
}

/// Gives a token a new value. Called in an event, never as a resource: its answer holds the value.
#[server(endpoint = "tokens/regenerate", input = Json)]
pub async fn regenerate_token(
    /// Its id.
    id: TokenId,
    /// The use of the form.
    form: FormId,
    /// The secret that the person saw as the present one.
    replaces: SecretId,
    /// When it stops.
    old: OldStops,
) -> Result<Regenerated, Failure> {
    use registry::tokens::Regeneration;

    use crate::context::{caller, failure, origin, services};
    let regeneration = Regeneration { form, replaces, old };
    let tokens = &services()?.tokens;
    tokens.regenerate(&caller()?, id, regeneration, &origin()?).await.map_err(failure)
}

/// Ends the value that is being replaced at once.
#[server(endpoint = "tokens/stop-old", input = Json)]
pub async fn stop_old_value(
    /// The token's id.
    id: TokenId,
) -> Result<(), Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.tokens.stop_old(&caller()?, id, &origin()?).await.map_err(failure)
}

/// Puts a token to rest.
#[server(endpoint = "tokens/suspend", input = Json)]
pub async fn suspend_token(
    /// Its id.
    id: TokenId,
) -> Result<(), Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.tokens.suspend(&caller()?, id, &origin()?).await.map_err(failure)
}

/// Wakes a token that was put to rest.
#[server(endpoint = "tokens/resume", input = Json)]
pub async fn resume_token(
    /// Its id.
    id: TokenId,
) -> Result<(), Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.tokens.resume(&caller()?, id, &origin()?).await.map_err(failure)
}

/// Ends a token for good.
#[server(endpoint = "tokens/revoke", input = Json)]
pub async fn revoke_token(
    /// Its id.
    id: TokenId,
) -> Result<(), Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.tokens.revoke(&caller()?, id, &origin()?).await.map_err(failure)
}
