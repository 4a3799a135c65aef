//! One-time codes and sign-ups: who tries too many waits.
//!
//! Whatever takes a code answers 404 or 410 to a wrong one, and 422 where it is a field of a form. It is
//! the answer that is counted, so a right code costs nothing, however often it is used.

use std::sync::Arc;

use app::Failure;
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use registry::{
    Error, Origin, Services,
    guesses::{Guess, Guesses},
};

use crate::web::{Area, InternalError, refusal};

/// Server functions that take a code.
const FUNCTIONS: [&str; 3] =
    ["/_fn/accounts/invited", "/_fn/accounts/resetting", "/_fn/logins/page"];
/// Pages whose address holds a code, and the forms on them.
const PAGES: [&str; 3] = ["/invite/", "/login/", "/reset/"];
/// What stands before the code that a terminal asks with, in the address of a feed.
const DONE: &str = "/-/v1/done/";

/// Refuses whoever tries too often, and counts what was tried in vain.
pub(crate) async fn slow_down(
    State(services): State<Arc<Services>>,
    request: Request,
    next: Next,
) -> Response {
    let guess = guessed(&request);
    let origin = request.extensions().get::<Origin>().cloned();
    let (Some(guess), Some(origin)) = (guess, origin) else { return next.run(request).await };
    let area = Area::of(request.uri());
    let tried = match guess {
        Guess::Code => services.guesses.may_try(guess, &origin).await,
        Guess::SignUp => services.guesses.count(guess, &origin).await,
    };
    if let Err(error) = tried {
        return wait(area, error);
    }
    let response = next.run(request).await;
    if guess == Guess::Code && is_wrong(response.status()) {
        return note(&services.guesses, &origin, response).await;
    }
    response
}

/// Counts a wrong code. Somebody else's may have been counted meanwhile; this one was let through.
async fn note(guesses: &Guesses, origin: &Origin, response: Response) -> Response {
    match guesses.count(Guess::Code, origin).await {
        Ok(()) | Err(Error::Throttled(_)) => response,
        Err(error) => InternalError::from(error).into_response(),
    }
}

fn guessed(request: &Request) -> Option<Guess> {
    let (path, is_post) = (request.uri().path(), *request.method() == Method::POST);
    let takes_code = PAGES.iter().any(|page| path.starts_with(page))
        || FUNCTIONS.contains(&path)
        || (path.starts_with("/F/") && path.contains(DONE))
        || (is_post && path == "/setup");
    if takes_code {
        Some(Guess::Code)
    } else if is_post && path == "/sign-up" {
        Some(Guess::SignUp)
    } else {
        None
    }
}

fn is_wrong(status: StatusCode) -> bool {
    matches!(status, StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::UNPROCESSABLE_ENTITY)
}

fn wait(area: Area, error: Error) -> Response {
    let Error::Throttled(wait) = error else { return InternalError::from(error).into_response() };
    let seconds = wait.as_secs().max(1);
    let failure = Failure::Throttled(seconds);
    let mut response = refusal(area, StatusCode::TOO_MANY_REQUESTS, &failure.to_string());
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    // A hydrated page reads it as its own function's.
    if area == Area::Functions
        && let Ok(body) = serde_json::to_vec(&failure)
    {
        *response.body_mut() = Body::from(body);
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
    }
    response
}
