//! The decision about a sign-in that a terminal began.

use axum::{extract::Path, response::Response};
use http::Method;
use model::{
    expiry::Expiry,
    login::{LONGEST_DAYS, LoginAccess, LoginChoice},
};
use registry::Error;

use super::posted::{Posted, Refused};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Declares the form.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/login/{code}", Access::Confirmed, decide);
}

async fn decide(Path(code): Path<String>, posted: Posted) -> Response {
    // An address that looks like none of ours is one of no sign-in.
    let page = LocalPath::parse(&format!("/login/{code}"));
    let page = page.unwrap_or_else(|| LocalPath::known("/login/none"));
    let Some(caller) = posted.caller() else {
        return LocalPath::sign_in(&page).redirect();
    };
    let logins = &posted.services().logins;
    let decided = match posted.text("decision") {
        "approve" => match choice(&posted) {
            Ok(choice) => {
                let typed = posted.text("feed");
                logins.approve(caller, &code, choice, typed, &posted.origin).await
            }
            Err(wrong) => return again(posted, &page, Refused::Fields(vec![wrong])).await,
        },
        // Whatever else was sent approves nothing.
        _ => logins.deny(caller, &code, &posted.origin).await,
    };
    match decided {
        // The page says what was decided, however often it is loaded.
        Ok(()) => page.redirect(),
        Err(Error::Unconfirmed) => {
            let next = with_choice(&posted, &page);
            LocalPath::confirm(&next).redirect()
        }
        Err(error @ Error::Invalid(_)) => again(posted, &page, Refused::Field("feed", error)).await,
        Err(error) => again(posted, &page, Refused::Form(error)).await,
    }
}

async fn again(posted: Posted, page: &LocalPath, refused: Refused) -> Response {
    posted.again(page, &["access", "expires", "feed"], refused).await
}

/// What was chosen, or the field that says nothing.
fn choice(posted: &Posted) -> Result<LoginChoice, (&'static str, String)> {
    let access = posted.text("access").parse::<LoginAccess>();
    let access = access.map_err(|error| ("access", error.to_string()))?;
    match posted.text("expires").parse() {
        Ok(Expiry::Days(days)) if days <= LONGEST_DAYS => Ok(LoginChoice { access, days }),
        _ => Err(("expires", format!("Choose at most {LONGEST_DAYS} days."))),
    }
}

/// The page with what was chosen on it, for the way back from the password.
fn with_choice(posted: &Posted, page: &LocalPath) -> LocalPath {
    let chosen = ["access", "expires"].map(|name| (name, posted.text(name)));
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(chosen).finish();
    LocalPath::parse(&format!("{}?{query}", page.as_str())).unwrap_or_else(|| page.clone())
}
