//! The forms about identities at providers: the decision of somebody who came back from one, and
//! unlinking.

use axum::{
    extract::Path,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode, header};
use model::id::IdentityId;
use registry::{Error, identities::Decided};

use super::{
    accounts::{sign_in_with, tokens},
    posted::{Posted, Refused},
};
use crate::web::{
    LocalPath,
    kept::Kept,
    routes::{Access, Routes},
};

/// Declares the forms. Who may decide depends on what the browser keeps.
pub(super) fn routes(routes: &mut Routes) {
    let unlink = "/profile/security/identities/{id}/unlink";
    routes.route(Method::POST, "/sign-in/finish", Access::Anyone, finish);
    routes.route(Method::POST, unlink, Access::Confirmed, unlink_one);
}

async fn finish(posted: Posted) -> Response {
    let page = LocalPath::known("/sign-in/finish");
    let is_secure = posted.state.public_url.is_https();
    let username = posted.text("username");
    let identities = &posted.services().identities;
    let decided =
        identities.decide(posted.arrival(), username, posted.caller(), &posted.origin).await;
    let mut response = match decided {
        Ok(Decided::Linked) => security().redirect(),
        Ok(Decided::SignedIn(session)) => {
            sign_in_with(posted, Ok(session), tokens(), page, &[]).await
        }
        Err(Error::Unconfirmed) => {
            return LocalPath::confirm(&page).redirect();
        }
        Err(error) => {
            // A name that is taken is quoted.
            let is_name = match &error {
                Error::Invalid(_) => true,
                Error::Taken(words) => words.contains('“'),
                _ => false,
            };
            let refused =
                if is_name { Refused::Field("username", error) } else { Refused::Form(error) };
            return posted.again(&page, &["username"], refused).await;
        }
    };
    // What was decided is not decided again.
    if let Some(cookie) = Kept::Decision.forget(is_secure) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

async fn unlink_one(Path(id): Path<String>, posted: Posted) -> Response {
    let page = security();
    let Some(caller) = posted.caller() else {
        return LocalPath::sign_in(&page).redirect();
    };
    let Ok(id) = id.parse::<IdentityId>() else { return StatusCode::NOT_FOUND.into_response() };
    match posted.services().identities.unlink(caller, id, &posted.origin).await {
        Ok(()) => page.redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

fn security() -> LocalPath {
    LocalPath::known("/profile/security")
}
