//! The forms that give a token a new value, put it to rest and wake it, for browsers without script.
//! The new value stands in the answer and nowhere else.

use app::Answer;
use axum::{extract::Path, response::Response};
use http::{Method, StatusCode};
use model::{id::TokenId, rotation::OldStops};
use registry::{Caller, Error, tokens::Regeneration};

use super::{
    posted::Posted,
    tokens::{opened, refused, token},
};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Declares the forms. The addresses of acts without a page lead to the token's page when they are
/// opened.
pub(super) fn routes(routes: &mut Routes) {
    let path = |act| format!("/profile/tokens/{{id}}/{act}");
    routes.route(Method::POST, &path("regenerate"), Access::Confirmed, regenerate);
    routes.route(Method::POST, &path("resume"), Access::Confirmed, resume);
    routes.route(Method::POST, &path("suspend"), Access::SignedIn, suspend);
    routes.route(Method::POST, &path("stop-old"), Access::SignedIn, stop_old);
    for act in ["resume", "suspend", "stop-old"] {
        routes.route(Method::GET, &path(act), Access::Anyone, opened);
    }
}

async fn regenerate(Path(id): Path<String>, posted: Posted) -> Response {
    let (id, page) = token(&id);
    let form = LocalPath::parse(&format!("{}/regenerate", page.as_str())).unwrap_or(page);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&form).redirect() };
    let old = OldStops::from_name(posted.text("old")).unwrap_or_default();
    let regenerated = match (id, asked(&posted, old)) {
        (Some(id), Ok(asked)) => {
            posted.services().tokens.regenerate(caller, id, asked, &posted.origin).await
        }
        (None, _) => Err(Error::NotFound("token")),
        (_, Err(error)) => Err(error),
    };
    match regenerated {
        Ok(regenerated) => {
            let answer = Answer { regenerated: Some(regenerated), ..Answer::default() };
            posted.show(&form, answer, StatusCode::OK).await
        }
        Err(Error::Unconfirmed) => {
            // The choice is made again by the address that the confirmation leads back to.
            let next = LocalPath::parse(&format!("{}?old={}", form.as_str(), old.name()));
            LocalPath::confirm(&next.unwrap_or(form)).redirect()
        }
        Err(error) => refused(posted, &form, None, error).await,
    }
}

/// What the fields ask for.
fn asked(posted: &Posted, old: OldStops) -> Result<Regeneration, Error> {
    let unreadable =
        || Error::Invalid("This form is out of date. Reload the page and try again.".to_owned());
    Ok(Regeneration {
        form: posted.text("form").parse().map_err(|_| unreadable())?,
        replaces: posted.text("replaces").parse().map_err(|_| unreadable())?,
        old,
    })
}

async fn resume(Path(id): Path<String>, posted: Posted) -> Response {
    act(&id, posted, async |posted, caller, id| {
        posted.services().tokens.resume(caller, id, &posted.origin).await
    })
    .await
}

async fn suspend(Path(id): Path<String>, posted: Posted) -> Response {
    act(&id, posted, async |posted, caller, id| {
        posted.services().tokens.suspend(caller, id, &posted.origin).await
    })
    .await
}

async fn stop_old(Path(id): Path<String>, posted: Posted) -> Response {
    act(&id, posted, async |posted, caller, id| {
        posted.services().tokens.stop_old(caller, id, &posted.origin).await
    })
    .await
}

/// Does it and leads to the token's page, which tells how the token stands.
async fn act(
    id: &str,
    posted: Posted,
    perform: impl AsyncFn(&Posted, &Caller, TokenId) -> Result<(), Error>,
) -> Response {
    let (id, page) = token(id);
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let done = match id {
        Some(id) => perform(&posted, caller, id).await,
        None => Err(Error::NotFound("token")),
    };
    match done {
        Ok(()) => page.redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => refused(posted, &page, None, error).await,
    }
}
