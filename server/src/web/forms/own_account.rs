//! The forms with which people change their own accounts, sign out elsewhere, and leave.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, Method, header};
use model::{
    id::SessionId,
    names::{BadName, DisplayName, Email},
};
use registry::Error;

use super::{
    accounts::not_yours,
    posted::{Posted, Refused},
};
use crate::web::{
    InternalError, LocalPath,
    routes::{Access, Routes},
    state::ServerState,
};

const PROFILE: &str = "/profile";
const SECURITY: &str = "/profile/security";
const DELETE: &str = "/profile/delete";

/// Declares the forms. The addresses of acts without a page lead to the page they belong to when they
/// are opened.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/sign-out", Access::Anyone, sign_out);
    routes.route(Method::POST, PROFILE, Access::SignedIn, rename);
    routes.route(Method::POST, DELETE, Access::Confirmed, delete);
    let path = "/profile/email";
    routes.route(Method::POST, path, Access::SignedIn, change_email);
    routes.route(Method::GET, path, Access::Anyone, async || LocalPath::known(PROFILE).redirect());
    let path = "/profile/security/sessions/end";
    routes.route(Method::POST, path, Access::Confirmed, end_session);
    routes.route(Method::GET, path, Access::Anyone, to_security);
    let path = "/profile/security/sessions/end-others";
    routes.route(Method::POST, path, Access::Confirmed, end_other_sessions);
    routes.route(Method::GET, path, Access::Anyone, to_security);
}

async fn sign_out(posted: Posted) -> Response {
    if let Some(caller) = posted.caller()
        && let Err(error) = posted.services().sessions.sign_out(caller, &posted.origin).await
    {
        return InternalError::from(error).into_response();
    }
    signed_out(&posted.state, &LocalPath::known("/sign-in"))
}

async fn rename(posted: Posted) -> Response {
    let page = LocalPath::known(PROFILE);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let name = match posted.text("display_name").parse::<DisplayName>() {
        Ok(name) => Some(name),
        Err(BadName::Empty) => None,
        Err(error) => {
            let refused = Refused::Fields(vec![("display_name", error.to_string())]);
            return posted.again(&page, &["display_name"], refused).await;
        }
    };
    match posted.services().accounts.rename(caller, name.as_ref(), &posted.origin).await {
        Ok(()) => LocalPath::known("/profile?saved=name").redirect(),
        Err(error) => posted.again(&page, &["display_name"], Refused::Form(error)).await,
    }
}

async fn change_email(posted: Posted) -> Response {
    let page = LocalPath::known(PROFILE);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let email = match posted.text("email").parse::<Email>() {
        Ok(email) => email,
        Err(error) => {
            let refused = Refused::Fields(vec![("email", error.to_string())]);
            return posted.again(&page, &["email"], refused).await;
        }
    };
    let password = posted.password("password");
    let accounts = &posted.services().accounts;
    match accounts.change_email(caller, &email, &password, &posted.origin).await {
        Ok(()) => LocalPath::known("/profile?saved=email").redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error @ Error::Taken(_)) => {
            posted.again(&page, &["email"], Refused::Field("email", error)).await
        }
        Err(error) => posted.again(&page, &["email"], not_yours("password", error)).await,
    }
}

async fn delete(posted: Posted) -> Response {
    let page = LocalPath::known(DELETE);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let typed = posted.text("confirm");
    match posted.services().accounts.delete_own(caller, typed, &posted.origin).await {
        Ok(()) => signed_out(&posted.state, &LocalPath::known("/sign-in?deleted=yes")),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error @ Error::Invalid(_)) => {
            posted.again(&page, &["confirm"], Refused::Field("confirm", error)).await
        }
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

async fn end_session(posted: Posted) -> Response {
    let page = LocalPath::known(SECURITY);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    // What is no id is no session of anybody's, like one that has ended.
    let Ok(session) = posted.text("session").parse::<SessionId>() else { return page.redirect() };
    match posted.services().sessions.end(caller, session, &posted.origin).await {
        Ok(()) => page.redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

async fn end_other_sessions(posted: Posted) -> Response {
    let page = LocalPath::known(SECURITY);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    match posted.services().sessions.end_others(caller, &posted.origin).await {
        Ok(()) => page.redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

/// The address of an act on a session, opened as if it were a page.
async fn to_security() -> Response {
    LocalPath::known(SECURITY).redirect()
}

/// Leads on without a session: the browser forgets what it kept of the pages.
fn signed_out(state: &ServerState, next: &LocalPath) -> Response {
    let mut response = next.redirect();
    let headers = response.headers_mut();
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    if let Some(cookie) = state.session_cookie().clear() {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
