//! The forms that make, show and end tokens, for browsers without script. What they answer with is
//! shown once and never kept: the page of a form is plain, and `no-store` like every page.

use app::{Answer, server_fns::tokens};
use axum::{
    Form,
    body::Body,
    extract::{FromRequest as _, Path, Request, State},
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode, request::Parts};
use model::{id::TokenId, token_form::TokenForm};
use registry::{Caller, Error, Origin};

use crate::web::{
    Area, InternalError, LocalPath,
    leptos::{answer, missing},
    refusal,
    routes::{Access, Routes},
    state::ServerState,
};

/// The page with the form, which also shows what it made.
const FORM: &str = "/profile/tokens/new";
/// The page that asks for the password.
const CONFIRM: &str = "/confirm";
/// Beyond this an address is too long for some browsers and proxies.
const LONGEST_ADDRESS: usize = 8_000;

/// Declares the forms. Their addresses lead to the page that belongs to them when they are opened.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/profile/tokens", Access::Confirmed, create);
    routes.route(Method::POST, "/profile/tokens/{id}/reveal", Access::Confirmed, reveal);
    routes.route(Method::POST, "/profile/tokens/{id}/revoke", Access::SignedIn, revoke);
    for act in ["reveal", "revoke"] {
        let path = format!("/profile/tokens/{{id}}/{act}");
        routes.route(Method::GET, &path, Access::SignedIn, opened);
    }
}

async fn create(State(state): State<ServerState>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some((caller, origin)) = who(&parts) else { return sign_in(FORM) };
    let Some(form) = read(&parts, body).await else { return unreadable() };
    match tokens::create(&state.services, &caller, &origin, &form).await {
        Ok(created) => {
            let created = Answer { created: Some(created), ..Answer::default() };
            show(&state, parts, FORM, created, StatusCode::OK).await
        }
        Err(Error::Unconfirmed) => confirm_and_return(&state, parts, form).await,
        Err(Error::Problems(problems)) => {
            let answer = Answer { problems, token_form: Some(form), ..Answer::default() };
            show(&state, parts, FORM, answer, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => {
            let typed = Answer { token_form: Some(form), ..Answer::default() };
            refused(&state, parts, FORM, typed, error).await
        }
    }
}

async fn reveal(
    State(state): State<ServerState>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let Ok(id) = id.parse::<TokenId>() else { return missing(State(state), request).await };
    let (parts, _) = request.into_parts();
    let page = format!("/profile/tokens/{id}");
    let Some((caller, origin)) = who(&parts) else { return sign_in(&page) };
    match state.services.tokens.reveal(&caller, id, &origin).await {
        Ok(secret) => {
            let shown = Answer { secret: Some(secret), ..Answer::default() };
            show(&state, parts, &page, shown, StatusCode::OK).await
        }
        Err(Error::Unconfirmed) => lead(&confirm(&page)),
        Err(error) => refused(&state, parts, &page, Answer::default(), error).await,
    }
}

async fn revoke(
    State(state): State<ServerState>,
    Path(id): Path<String>,
    request: Request,
) -> Response {
    let Ok(id) = id.parse::<TokenId>() else { return missing(State(state), request).await };
    let (parts, _) = request.into_parts();
    let page = format!("/profile/tokens/{id}");
    let Some((caller, origin)) = who(&parts) else { return sign_in(&page) };
    match state.services.tokens.revoke(&caller, id, &origin).await {
        Ok(()) => lead(&format!("/profile/tokens?revoked={id}")),
        Err(error) => refused(&state, parts, &page, Answer::default(), error).await,
    }
}

/// The address of an act, opened as if it were a page.
async fn opened(Path(id): Path<String>) -> Response {
    let id = id.parse::<TokenId>();
    lead(&id.map_or_else(|_| "/profile/tokens".to_owned(), |id| format!("/profile/tokens/{id}")))
}

fn who(parts: &Parts) -> Option<(Caller, Origin)> {
    let caller = parts.extensions.get::<Caller>().cloned();
    caller.zip(parts.extensions.get::<Origin>().cloned())
}

async fn read(parts: &Parts, body: Body) -> Option<TokenForm> {
    let request = Request::from_parts(parts.clone(), body);
    let Form(pairs) = Form::<Vec<(String, String)>>::from_request(request, &()).await.ok()?;
    Some(TokenForm::from_pairs(pairs))
}

fn unreadable() -> Response {
    let sentence = "This form could not be read. Go back, reload the page and try again.";
    refusal(Area::Pages, StatusCode::BAD_REQUEST, sentence)
}

async fn show(
    state: &ServerState,
    parts: Parts,
    page: &str,
    content: Answer,
    status: StatusCode,
) -> Response {
    let Some(page) = LocalPath::parse(page) else { return unreadable() };
    let mut response = answer(state, parts, &page, content).await;
    // A page that found something wrong by itself knows better.
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
    }
    response
}

/// Shows the page again with what stood in the way. What is absent, or somebody else's, is the same
/// page as under any address that leads nowhere: the page finds that out by itself.
async fn refused(
    state: &ServerState,
    parts: Parts,
    page: &str,
    content: Answer,
    error: Error,
) -> Response {
    let status = match error {
        Error::Internal { .. } => return InternalError::from(error).into_response(),
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Taken(_) | Error::Raced => StatusCode::CONFLICT,
        Error::Throttled(_) => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let content = Answer { failure: Some(error.to_string()), ..content };
    show(state, parts, page, content, status).await
}

/// Leads to the password and back to the form as it was typed. What is too long for an address
/// stays in the page.
async fn confirm_and_return(state: &ServerState, parts: Parts, form: TokenForm) -> Response {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form.pairs()).finish();
    let address = confirm(&format!("{FORM}?{query}"));
    if address.len() <= LONGEST_ADDRESS {
        return lead(&address);
    }
    let failure = "Confirm that it is you first: open /confirm of this site in another tab, then send this form again.";
    let content =
        Answer { failure: Some(failure.to_owned()), token_form: Some(form), ..Answer::default() };
    show(state, parts, FORM, content, StatusCode::FORBIDDEN).await
}

fn confirm(next: &str) -> String {
    with_next(CONFIRM, next)
}

fn sign_in(next: &str) -> Response {
    lead(&with_next("/sign-in", next))
}

fn with_next(page: &str, next: &str) -> String {
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{page}?next={next}")
}

fn lead(address: &str) -> Response {
    LocalPath::parse(address).map_or_else(unreadable, |path| path.redirect())
}
