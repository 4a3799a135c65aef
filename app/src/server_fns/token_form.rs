//! The form that makes or changes a token, and the change itself. Making one is with the other acts
//! whose answer holds a value.

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    id::TokenId,
    token_form::TokenForm,
    views::{Edited, TokenEditStart, TokenFormStart, TokenPreview},
};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// The form for a new token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenFormPage {
    /// The form at its beginning.
    pub start: TokenFormStart,
    /// What it means so far.
    pub preview: TokenPreview,
}

/// The form that changes a token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TokenEditPage {
    /// The token and the form at its beginning.
    pub edit: TokenEditStart,
    /// What it means so far.
    pub preview: TokenPreview,
}

/// The form that makes a token, at the beginning of a new use.
#[server(endpoint = "tokens/form", input = Json)]
pub async fn begin_token_form(
    /// What was typed before, or what a link asks for: names and values.
    asked: Vec<(String, String)>,
) -> Result<TokenFormPage, Failure> {
    use crate::context::{caller, failure, origin, services};
    let (services, caller, address) = (services()?, caller()?, origin()?.address);
    let feeds = services.feeds.list(&caller).await.map_err(failure)?;
    let start = services.tokens.begin_form(&caller, &asked, feeds).await.map_err(failure)?;
    let preview = services.tokens.preview(&caller, None, &start.form, Some(address));
    let preview = preview.await.map_err(failure)?;
    Ok(TokenFormPage { start, preview })
}

/// The form that changes one of the caller's tokens.
#[server(endpoint = "tokens/edit-form", input = Json)]
pub async fn begin_token_edit(
    /// The token's id.
    id: String,
    /// What was typed before, or what a link adds: names and values.
    asked: Vec<(String, String)>,
) -> Result<TokenEditPage, Failure> {
    use crate::context::{caller, failure, origin, services};
    let (services, caller, address) = (services()?, caller()?, origin()?.address);
    let id = id.parse().map_err(|_| failure(registry::Error::NotFound("token")))?;
    let feeds = services.feeds.list(&caller).await.map_err(failure)?;
    let edit = services.tokens.begin_edit(&caller, id, &asked, feeds).await.map_err(failure)?;
    let preview = services.tokens.preview(&caller, Some(id), &edit.start.form, Some(address));
    let preview = preview.await.map_err(failure)?;
    Ok(TokenEditPage { edit, preview })
}

/// What the form means so far. Makes and changes nothing.
#[server(endpoint = "tokens/preview", input = Json)]
pub async fn preview_token(
    /// The token that would be changed; `None` for a new one.
    id: Option<TokenId>,
    /// The form as typed.
    form: TokenForm,
) -> Result<TokenPreview, Failure> {
    use crate::context::{caller, failure, origin, services};
    let (services, caller, address) = (services()?, caller()?, origin()?.address);
    services.tokens.preview(&caller, id, &form, Some(address)).await.map_err(failure)
}

/// Changes a token.
#[server(endpoint = "tokens/edit", input = Json)]
pub async fn edit_token(
    /// Its id.
    id: TokenId,
    /// The form as typed.
    form: TokenForm,
) -> Result<Edited, Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.tokens.edit(&caller()?, id, &form, &origin()?).await.map_err(failure)
}
