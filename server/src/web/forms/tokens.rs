//! The forms that make, show and end tokens, for browsers without script. A value stands in the
//! answer to the form that asked for it and nowhere else; that page is plain, and `no-store` like
//! every page.

use app::{Answer, Failure, context, server_fns::tokens};
use axum::{
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode, header};
use model::{id::TokenId, token::RevealTo, token_form::TokenForm};
use registry::Error;

use super::posted::Posted;
use crate::web::{
    InternalError, LocalPath,
    routes::{Access, Routes},
};

/// Beyond this an address is too long for some browsers and proxies.
const LONGEST_ADDRESS: usize = 8_000;

/// Declares the forms. The addresses of acts lead to the token's page when they are opened.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/profile/tokens", Access::Confirmed, create);
    routes.route(Method::POST, "/profile/tokens/{id}/reveal", Access::Confirmed, reveal);
    routes.route(Method::POST, "/profile/tokens/{id}/revoke", Access::SignedIn, revoke);
    for act in ["reveal", "revoke"] {
        let path = format!("/profile/tokens/{{id}}/{act}");
        routes.route(Method::GET, &path, Access::Anyone, opened);
    }
}

async fn create(posted: Posted) -> Response {
    // The page of the form also shows what it made.
    let page = LocalPath::known("/profile/tokens/new");
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let form = TokenForm::from_pairs(posted.fields().iter().cloned()).without_empty_rows();
    match tokens::create(posted.services(), caller, &posted.origin, &form).await {
        Ok(created) => {
            let answer = Answer { created: Some(created), ..Answer::default() };
            posted.show(&page, answer, StatusCode::OK).await
        }
        Err(Error::Unconfirmed) => confirm_and_return(posted, page, form).await,
        Err(Error::Problems(problems)) => {
            let answer = Answer { problems, token_form: Some(form), ..Answer::default() };
            posted.show(&page, answer, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => refused(posted, &page, Some(form), error).await,
    }
}

async fn reveal(Path(id): Path<String>, posted: Posted) -> Response {
    let (id, page) = token(&id);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let shown = match id {
        Some(id) => {
            posted.services().tokens.reveal(caller, id, RevealTo::Screen, &posted.origin).await
        }
        None => Err(Error::NotFound("token")),
    };
    match shown {
        Ok(secret) => {
            let answer = Answer { secret: Some(secret), ..Answer::default() };
            posted.show(&page, answer, StatusCode::OK).await
        }
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => refused(posted, &page, None, error).await,
    }
}

async fn revoke(Path(id): Path<String>, posted: Posted) -> Response {
    let (id, page) = token(&id);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let revoked = match id {
        Some(id) => posted.services().tokens.revoke(caller, id, &posted.origin).await.map(|()| id),
        None => Err(Error::NotFound("token")),
    };
    match revoked {
        Ok(id) => {
            let list = LocalPath::parse(&format!("/profile/tokens?revoked={id}"));
            list.unwrap_or_else(|| LocalPath::known("/profile/tokens")).redirect()
        }
        Err(error) => refused(posted, &page, None, error).await,
    }
}

/// The address of an act, opened as if it were a page.
pub(super) async fn opened(Path(id): Path<String>) -> Response {
    token(&id).1.redirect()
}

/// The token that an address names, and its page. What is no id has the page of no token.
pub(super) fn token(id: &str) -> (Option<TokenId>, LocalPath) {
    let id: Option<TokenId> = id.parse().ok();
    let page = id.and_then(|id| LocalPath::parse(&format!("/profile/tokens/{id}")));
    (id, page.unwrap_or_else(|| LocalPath::known("/profile/tokens/none")))
}

/// Leads to the password and back to the form as it was typed. What is too long for an address
/// stays in the page.
pub(super) async fn confirm_and_return(
    posted: Posted,
    page: LocalPath,
    form: TokenForm,
) -> Response {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.link()).finish();
    let next = LocalPath::parse(&format!("{}?{query}", page.as_str()));
    match next.map(|next| LocalPath::confirm(&next)) {
        Some(address) if address.as_str().len() <= LONGEST_ADDRESS => address.redirect(),
        _ => {
            let failure = "Confirm that it is you first: open /confirm of this site in another tab, then send this form again.";
            let answer = Answer {
                failure: Some(failure.to_owned()),
                token_form: Some(form),
                ..Answer::default()
            };
            posted.show(&page, answer, StatusCode::FORBIDDEN).await
        }
    }
}

/// Shows the page again with what stood in the way. What is absent, or somebody else's, is the page
/// of an address that leads nowhere: the page finds that out by itself.
pub(super) async fn refused(
    posted: Posted,
    page: &LocalPath,
    token_form: Option<TokenForm>,
    error: Error,
) -> Response {
    match context::refusal(error) {
        Ok((status, failure)) => {
            let said = Some(failure.to_string());
            let answer = Answer { failure: said, token_form, ..Answer::default() };
            let mut response = posted.show(page, answer, status).await;
            if let Failure::Throttled(seconds) = failure {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            response
        }
        Err(error) => InternalError::from(error).into_response(),
    }
}
