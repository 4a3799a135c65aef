//! What the server hands to pages and server functions, and how they ask for it.

use std::sync::Arc;

use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use model::{
    links::segment,
    token::RevealedSecret,
    token_form::{Problem, TokenForm},
    views::{OneTimeLink, Regenerated, Viewer},
};
use registry::{
    Caller, Error, Fault, Origin, Services, access::Credential, sessions::SessionSecret,
};

use crate::{
    Failure,
    server_fns::tokens::Created,
    site::{Site, SitePolicy},
};

/// Where the built site is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assets {
    /// `/assets/{hash}`.
    pub base: String,
    /// Whether the site was built; without it pages are plain HTML.
    pub available: bool,
}

/// Whether the server is reached without TLS beyond the machine it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposed(pub bool);

type MakeCookie = dyn Fn(&SessionSecret) -> Option<HeaderValue> + Send + Sync;

/// Turns the secret of a session that was renewed into its cookie; the server knows how.
#[derive(Clone)]
pub struct SessionCookies(pub Arc<MakeCookie>);

/// The theme the visitor chose: `system`, `light` or `dark`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme(pub String);

/// The person has just changed the password.
#[derive(Debug, Clone, Copy)]
pub struct PasswordChanged;

/// What this browser keeps, sealed, of somebody who came back from a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArrivalKept(pub String);

/// The answer to a form that was posted, for the page that shows it. A page with an answer is plain:
/// it is never hydrated, because what it shows must not be asked for a second time.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// What was wrong, in a sentence.
    pub failure: Option<String>,
    /// What was wrong with single fields: the field's name and a sentence.
    pub wrong: Vec<(&'static str, String)>,
    /// What was wrong with the fields of the token form.
    pub problems: Vec<Problem>,
    /// What was typed, by field name; never passwords.
    pub typed: Vec<(&'static str, String)>,
    /// The token form as typed.
    pub token_form: Option<TokenForm>,
    /// A token that was just made, with its value.
    pub created: Option<Created>,
    /// The value of a token that was asked for.
    pub secret: Option<RevealedSecret>,
    /// A token that was just given a new value, with that value.
    pub regenerated: Option<Regenerated>,
    /// A link that was just made.
    pub link: Option<OneTimeLink>,
}

impl Answer {
    /// The answer this page is made for; an empty one if it was simply opened.
    pub fn get() -> Self {
        use_context().unwrap_or_default()
    }
}

/// The services.
pub(crate) fn services() -> Result<Arc<Services>, Failure> {
    use_context().ok_or_else(|| Failure::Internal("no services".to_owned()))
}

/// The person who asks.
pub(crate) fn caller() -> Result<Caller, Failure> {
    caller_if_any().ok_or_else(|| {
        set_status(StatusCode::UNAUTHORIZED);
        Failure::SignedOut
    })
}

/// What a reader of a feed presents: the session, or nothing.
pub(crate) fn credential() -> Credential {
    caller_if_any().map_or(Credential::Anonymous, Credential::Session)
}

pub(crate) fn caller_if_any() -> Option<Caller> {
    use_context::<Parts>().and_then(|parts| parts.extensions.get::<Caller>().cloned())
}

/// What somebody is told who cannot reach a feed. Without a session it may be one of their own, or
/// none: a page leads to the sign-in and back, whichever it is.
pub(crate) fn signed_out(error: Error) -> Failure {
    let is_hidden = matches!(error, Error::Denied(_) | Error::NotFound(_));
    if !is_hidden || caller_if_any().is_some() {
        return failure(error);
    }
    set_status(StatusCode::UNAUTHORIZED);
    let here = use_context::<Parts>().filter(|parts| parts.method == Method::GET);
    let path = here.as_ref().and_then(|parts| parts.uri.path_and_query());
    let address = path.map(|path| format!("/sign-in?next={}", segment(path.as_str())));
    let address = address.and_then(|address| HeaderValue::try_from(address).ok());
    if let (Some(address), Some(response)) = (address, use_context::<ResponseOptions>()) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(header::LOCATION, address);
    }
    Failure::SignedOut
}

/// What this browser keeps of somebody who came back from a provider; nothing, if nobody did.
pub(crate) fn arrival() -> String {
    use_context::<ArrivalKept>().map(|kept| kept.0).unwrap_or_default()
}

/// Where the request comes from.
pub(crate) fn origin() -> Result<Origin, Failure> {
    let found = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Origin>().cloned());
    found.ok_or_else(|| Failure::Internal("no origin".to_owned()))
}

/// Sends the browser the cookie of a session that was renewed.
pub(crate) fn set_session(secret: &SessionSecret) -> Result<(), Failure> {
    let cookie = use_context::<SessionCookies>().and_then(|cookies| (cookies.0)(secret));
    let cookie = cookie.ok_or_else(|| Failure::Internal("no session cookie".to_owned()))?;
    if let Some(response) = use_context::<ResponseOptions>() {
        response.append_header(header::SET_COOKIE, cookie);
    }
    Ok(())
}

/// Sets the status of the response being made.
pub(crate) fn set_status(status: StatusCode) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
    }
}

/// What a page may know of a service's error, and the status that goes with it. What broke inside is
/// given back: it is for the log alone.
pub fn refusal(error: Error) -> Result<(StatusCode, Failure), Error> {
    Ok(match error {
        // A feed out of reach and an absent one are the same page.
        Error::NotFound(_) | Error::Denied(_) => (StatusCode::NOT_FOUND, Failure::NotFound),
        Error::Unconfirmed => (StatusCode::FORBIDDEN, Failure::Unconfirmed),
        Error::Problems(problems) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Failure::Problems(problems))
        }
        Error::Invalid(text) => (StatusCode::UNPROCESSABLE_ENTITY, Failure::Refused(text)),
        Error::Taken(text) => (StatusCode::CONFLICT, Failure::Refused(text)),
        Error::Forbidden(text) => (StatusCode::FORBIDDEN, Failure::Refused(text.to_owned())),
        Error::WrongPassword => (
            StatusCode::FORBIDDEN,
            Failure::Refused("The username, email or password is not right.".to_owned()),
        ),
        Error::Throttled(wait) => {
            (StatusCode::TOO_MANY_REQUESTS, Failure::Throttled(wait.as_secs().max(1)))
        }
        Error::Raced => (
            StatusCode::CONFLICT,
            Failure::Refused("This changed at the same moment. Try again.".to_owned()),
        ),
        Error::Unavailable { .. } | Error::Damaged(_) | Error::Internal { .. } => {
            return Err(error);
        }
    })
}

/// The status that a fault of the machine is told with.
pub fn status_of(fault: Fault) -> StatusCode {
    StatusCode::from_u16(fault.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Turns a service's error into what the page may know, and sets the status that goes with it.
pub(crate) fn failure(error: Error) -> Failure {
    let (status, failure) = refusal(error).unwrap_or_else(|error| {
        let parts = use_context::<Parts>();
        let id = parts
            .and_then(|parts| parts.extensions.get::<RequestNumber>().cloned())
            .map_or_else(|| "this moment".to_owned(), |number| number.0);
        let source = std::error::Error::source(&error);
        tracing::error!(request = %id, %error, source, "a page or server function failed");
        match error.fault() {
            Some(fault) => (status_of(fault), Failure::Refused(fault.sentence().into_owned())),
            None => (StatusCode::INTERNAL_SERVER_ERROR, Failure::Internal(id)),
        }
    });
    set_status(status);
    failure
}

/// The request's number in the log, as the server put it into the request's extensions.
#[derive(Debug, Clone)]
pub struct RequestNumber(pub String);

/// Facts for the frame of the page being rendered.
pub(crate) fn site() -> Site {
    let services = use_context::<Arc<Services>>();
    let viewer = services.as_ref().zip(caller_if_any()).map(|(services, caller)| Viewer {
        confirmed: services.sessions.require_confirmed(&caller).is_ok(),
        username: caller.username,
        display_name: caller.display_name,
        is_admin: caller.is_admin,
        has_password: caller.has_password,
    });
    let providers = services.as_ref().map(|services| services.providers().to_vec());
    let policy = services.as_ref().map(|services| services.policy()).unwrap_or_default();
    let assets = use_context::<Assets>().map(|assets| assets.base).unwrap_or_default();
    Site {
        viewer,
        policy: SitePolicy::from(policy.as_ref()),
        providers: providers.unwrap_or_default(),
        theme: use_context::<Theme>().map_or_else(|| "system".to_owned(), |theme| theme.0),
        is_exposed: use_context::<Exposed>().is_some_and(|exposed| exposed.0),
        public_url: services.map(|services| services.public_url().to_owned()).unwrap_or_default(),
        icon: format!("{assets}/favicon.svg"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}
