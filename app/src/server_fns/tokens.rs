//! Acts on the caller's own tokens.

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    id::TokenId,
    token::{RevealTo, RevealedSecret},
    token_form::TokenForm,
    views::TokenPage,
};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// A token that was just made, and how to use it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Created {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub description: String,
    /// Its value; `None` if the same form made it before and no copy is kept.
    pub secret: Option<RevealedSecret>,
    /// Whether a copy is kept that can be shown later.
    pub can_be_shown: bool,
    /// What it may do, in one sentence.
    pub sentence: String,
    /// A feed it is good for, if there is one.
    pub feed: Option<String>,
    /// The npm scope its packages have, such as `@acme`, if it is limited to one.
    pub npm_scope: Option<String>,
}

/// One of the caller's tokens.
#[server(endpoint = "tokens/detail")]
pub async fn token_detail(
    /// Its id.
    id: String,
) -> Result<TokenPage, Failure> {
    use crate::context::{caller, failure, services};
    let id = id.parse().map_err(|_| failure(registry::Error::NotFound("token")))?;
    services()?.tokens.detail(&caller()?, id).await.map_err(failure)
}

/// Makes a token. Called in an event, never as a resource: its answer holds the value.
#[server(endpoint = "tokens/create", input = Json)]
pub async fn create_token(
    /// The form as typed.
    form: TokenForm,
) -> Result<Created, Failure> {
    use crate::context::{caller, failure, origin, services};
    let services = services()?;
    create(&services, &caller()?, &origin()?, &form).await.map_err(failure)
}

/// The value of a token, to be shown or copied. Called in an event, never as a resource.
#[server(endpoint = "tokens/reveal", input = Json)]
pub async fn reveal_token(
    /// Its id.
    id: TokenId,
    /// Where the person wants it.
    to: RevealTo,
) -> Result<RevealedSecret, Failure> {
    use crate::context::{caller, failure, origin, services};
    services()?.tokens.reveal(&caller()?, id, to, &origin()?).await.map_err(failure)
}

/// Makes the token that a form asks for, and finds out what to tell about its use. Pages that are
/// hydrated and those that are not both come here.
#[cfg(feature = "ssr")]
pub async fn create(
    services: &registry::Services,
    caller: &registry::Caller,
    origin: &registry::Origin,
    form: &TokenForm,
) -> Result<Created, registry::Error> {
    let draft = services.tokens.check_form(caller, form).await?;
    let use_of_form = form.form.parse().map_err(|_| {
        let text = "This form is out of date. Reload the page and try again.";
        registry::Error::Invalid(text.to_owned())
    })?;
    let made = services.tokens.create(caller, draft, use_of_form, origin).await?;
    let page = services.tokens.detail(caller, made.id).await?;
    // Where reading and publishing differ, publishing is what needs to be told.
    let rule = page.rules.iter().rev().find(|rule| !rule.denies);
    let feed = match rule.and_then(|rule| rule.feeds.as_ref()) {
        Some(names) => names.first().cloned(),
        None => services.feeds.list(caller).await?.into_iter().next().map(|feed| feed.name),
    };
    let mut patterns = rule.iter().flat_map(|rule| &rule.patterns);
    let npm_scope = patterns.find_map(|(text, _)| model::connect::npm::scope(text));
    let npm_scope = npm_scope.map(str::to_owned);
    Ok(Created {
        id: made.id,
        description: made.description,
        secret: made.secret,
        can_be_shown: page.token.can_be_shown,
        sentence: page.token.sentence,
        feed,
        npm_scope,
    })
}
