//! The way to a provider and back, and what a provider sends by itself.
//!
//! It begins with a link, not a form: browsers let a page's forms lead to this site alone, redirects
//! included (`form-action`).

use app::{Answer, context};
use axum::{
    body::Body,
    extract::{Path, Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use registry::{
    Caller, Error, Origin,
    identities::{Arrival, Attempt, Purpose},
};

use super::{
    InternalError, LocalPath,
    kept::Kept,
    leptos,
    routes::{Access, Routes},
    state::ServerState,
};
use crate::providers::{Provider, ProviderError, Returned};

/// The longest address that somebody is led on to; it has to fit into a cookie.
const LONGEST_NEXT: usize = 1000;
/// The most bytes of a logout token with its form.
const LARGEST_LOGOUT: usize = 64 * 1024;

/// Declares the routes. What they may do depends on the browser and the provider, not on a session.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::GET, "/sign-in/with/{provider}", Access::Anyone, begin);
    routes.route(Method::GET, "/sign-in/with/{provider}/callback", Access::Anyone, come_back);
    routes.route(Method::POST, "/sign-in/with/{provider}/logout", Access::Anyone, log_out);
}

/// A request about a provider.
struct Asked {
    state: ServerState,
    parts: Parts,
    name: String,
    origin: Origin,
}

/// `?for=link`, `?for=confirm` or `?invite=CODE`, and `next`.
async fn begin(
    State(state): State<ServerState>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let Some(asked) = Asked::of(state, name, request) else { return no_origin() };
    let Some(provider) = asked.state.providers.get(&asked.name) else {
        return asked.missing().await;
    };
    // Whoever is signed in at the provider would be signed in here without having asked for it.
    if asked.is_led_here_by_another_site() {
        return LocalPath::sign_in(&asked.next()).redirect();
    }
    let caller = asked.caller().cloned();
    let purpose = match (asked.query("for").as_deref(), asked.query("invite"), &caller) {
        (_, Some(code), _) => Purpose::Join(code),
        (Some("link"), None, Some(caller)) => Purpose::Link(caller.session),
        (Some("confirm"), None, Some(caller)) => Purpose::Confirm(caller.session),
        (Some("link" | "confirm"), None, None) => {
            return LocalPath::sign_in(&asked.here()).redirect();
        }
        _ => Purpose::SignIn,
    };
    let next = asked.next();
    let identities = &asked.state.services.identities;
    let begun =
        identities.begin(&asked.name, purpose.clone(), next.as_str(), caller.as_ref()).await;
    let (attempt, sealed) = match begun {
        Ok(begun) => begun,
        Err(Error::Unconfirmed) => {
            return LocalPath::confirm(&asked.here()).redirect();
        }
        Err(Error::NotFound(_)) => return asked.missing().await,
        Err(error) => return asked.refused(&purpose, &next, error).await,
    };
    match provider.address(&attempt, asked.state.services.now()).await {
        Ok(address) => {
            let mut response = Redirect::to(address.as_str()).into_response();
            asked.keep(&mut response, Kept::Attempt, &sealed);
            response
        }
        Err(error) => asked.failed(&provider, &attempt, error).await,
    }
}

async fn come_back(
    State(state): State<ServerState>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let Some(asked) = Asked::of(state, name, request) else { return no_origin() };
    let Some(provider) = asked.state.providers.get(&asked.name) else {
        return asked.missing().await;
    };
    let returned = Returned {
        code: asked.query("code"),
        state: asked.query("state"),
        issuer: asked.query("iss"),
        error: asked.query("error"),
    };
    let services = &asked.state.services;
    let sealed = Kept::Attempt.read(&asked.parts.headers, asked.is_secure());
    let attempt = sealed.zip(returned.state.as_deref());
    let attempt =
        attempt.and_then(|(sealed, state)| services.identities.resume(sealed, &asked.name, state));
    let Some(attempt) = attempt else {
        let sentence = "This sign-in was begun in another browser, or more than ten minutes ago, or you began another since. Begin again.";
        return asked.say(&LocalPath::known("/sign-in"), StatusCode::BAD_REQUEST, sentence).await;
    };
    let mut response = match provider.prove(&attempt, &returned, services.now()).await {
        Ok(proof) => {
            let (purpose, next) = (attempt.purpose.clone(), next_of(&attempt));
            let caller = asked.caller();
            match services.identities.arrive(attempt, proof, caller, &asked.origin).await {
                Ok(arrival) => asked.lead_on(&purpose, &next, arrival).await,
                Err(error) => asked.refused(&purpose, &next, error).await,
            }
        }
        Err(error) => asked.failed(&provider, &attempt, error).await,
    };
    // An attempt is good for one way back.
    if let Some(cookie) = Kept::Attempt.forget(asked.is_secure()) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Back-channel logout: the provider tells that it has ended a session (OpenID Connect Back-Channel
/// Logout 1.0 §2.5, §2.8).
async fn log_out(
    State(state): State<ServerState>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let Some(provider) = state.providers.get(&name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (parts, body) = request.into_parts();
    let Some(origin) = parts.extensions.get::<Origin>() else { return no_origin() };
    let Ok(body) = axum::body::to_bytes(body, LARGEST_LOGOUT).await else {
        return not_obeyed(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let mut fields = url::form_urlencoded::parse(&body);
    let Some((_, token)) = fields.find(|(name, _)| name == "logout_token") else {
        return not_obeyed(StatusCode::BAD_REQUEST);
    };
    let logout = match provider.logout(&token, state.services.now()).await {
        Some(Ok(logout)) => logout,
        Some(Err(error)) => {
            tracing::warn!(provider = %name, %error, "a logout token was refused");
            return not_obeyed(match error {
                ProviderError::Down(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_REQUEST,
            });
        }
        None => return StatusCode::NOT_FOUND.into_response(),
    };
    match state.services.identities.log_out(&logout, origin).await {
        Ok(Some(_)) => StatusCode::OK.into_response(),
        Ok(None) => not_obeyed(StatusCode::BAD_REQUEST),
        Err(error) => InternalError::from(error).into_response(),
    }
}

fn not_obeyed(status: StatusCode) -> Response {
    let json = HeaderValue::from_static("application/json");
    let body = r#"{"error":"invalid_request"}"#;
    (status, [(header::CONTENT_TYPE, json)], body).into_response()
}

fn no_origin() -> Response {
    InternalError::from("a request without an origin").into_response()
}

/// Where an attempt leads when it is done.
fn next_of(attempt: &Attempt) -> LocalPath {
    LocalPath::parse(&attempt.next).unwrap_or_else(|| LocalPath::known("/"))
}

/// The page that a way to a provider was begun on.
fn page_of(purpose: &Purpose, next: &LocalPath) -> LocalPath {
    match purpose {
        Purpose::SignIn => LocalPath::sign_in(next),
        Purpose::Confirm(_) => LocalPath::confirm(next),
        Purpose::Link(_) => LocalPath::known("/profile/security"),
        Purpose::Join(code) => LocalPath::parse(&format!("/invite/{code}"))
            .unwrap_or_else(|| LocalPath::known("/invite/none")),
    }
}

impl Asked {
    fn of(state: ServerState, name: String, request: Request) -> Option<Self> {
        let parts = request.into_parts().0;
        let origin = parts.extensions.get::<Origin>().cloned()?;
        Some(Self { state, parts, name, origin })
    }

    fn caller(&self) -> Option<&Caller> {
        self.parts.extensions.get()
    }

    fn is_secure(&self) -> bool {
        self.state.public_url.is_https()
    }

    /// Whether a page elsewhere, not a person, begins this (Fetch Metadata, `Sec-Fetch-Site`).
    fn is_led_here_by_another_site(&self) -> bool {
        let site = self.parts.headers.get("sec-fetch-site");
        site.is_some_and(|site| site != "same-origin" && site != "none")
    }

    fn query(&self, name: &str) -> Option<String> {
        let query = self.parts.uri.query().unwrap_or_default();
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// This address, to come back to.
    fn here(&self) -> LocalPath {
        let here = self.parts.uri.path_and_query().map_or("/", |here| here.as_str());
        LocalPath::parse(here).unwrap_or_else(|| LocalPath::known("/"))
    }

    fn next(&self) -> LocalPath {
        let next = self.query("next").filter(|next| next.len() <= LONGEST_NEXT);
        let next = next.and_then(|next| LocalPath::parse(&next));
        next.unwrap_or_else(|| LocalPath::known("/"))
    }

    /// Leads on: signed in, confirmed, or to what is to be decided.
    async fn lead_on(&self, purpose: &Purpose, next: &LocalPath, arrival: Arrival) -> Response {
        let session = match arrival {
            Arrival::Session(session) => session,
            Arrival::Decision(sealed) => {
                let mut response = LocalPath::known("/sign-in/finish").redirect();
                self.keep(&mut response, Kept::Decision, &sealed);
                return response;
            }
        };
        // Whoever signs in leaves the session that this browser had.
        if *purpose == Purpose::SignIn
            && let Some(caller) = self.caller()
            && let Err(error) = self.state.services.sessions.sign_out(caller, &self.origin).await
        {
            return InternalError::from(error).into_response();
        }
        let Some(cookie) = self.state.session_cookie().set(session.expose()) else {
            return InternalError::from("a session no cookie can hold").into_response();
        };
        let mut response = next.redirect();
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    }

    fn keep(&self, response: &mut Response, kept: Kept, sealed: &str) {
        if let Some(cookie) = kept.keep(sealed, self.is_secure()) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }

    /// Says on the page that it was begun on why a provider proved nothing.
    async fn failed(
        &self,
        provider: &Provider,
        attempt: &Attempt,
        error: ProviderError,
    ) -> Response {
        let (name, label) = (&self.name, &provider.label);
        let (status, sentence) = match &error {
            ProviderError::Down(_) => {
                tracing::warn!(provider = %name, %error, "a provider failed");
                let sentence = format!(
                    "{label} cannot be reached at the moment. Use your password, or try again later."
                );
                (StatusCode::SERVICE_UNAVAILABLE, sentence)
            }
            ProviderError::Rubbish(_) => {
                tracing::warn!(provider = %name, %error, "a provider was not believed");
                let identities = &self.state.services.identities;
                if let Err(error) = identities.note_failure(attempt, &self.origin).await {
                    return InternalError::from(error).into_response();
                }
                let sentence = format!(
                    "What {label} answered cannot be trusted, so nothing was done. Try again, or use your password; the server’s log has the reason."
                );
                (StatusCode::BAD_GATEWAY, sentence)
            }
            ProviderError::Denied => {
                tracing::info!(provider = %name, "access was denied at a provider");
                let sentence = format!("{label} did not let you through: access was denied there.");
                (StatusCode::FORBIDDEN, sentence)
            }
        };
        self.say(&page_of(&attempt.purpose, &next_of(attempt)), status, &sentence).await
    }

    /// Says on the same page why a proof opened nothing.
    async fn refused(&self, purpose: &Purpose, next: &LocalPath, error: Error) -> Response {
        match context::refusal(error) {
            Ok((status, failure)) => {
                self.say(&page_of(purpose, next), status, &failure.to_string()).await
            }
            Err(error) => InternalError::from(error).into_response(),
        }
    }

    async fn say(&self, page: &LocalPath, status: StatusCode, sentence: &str) -> Response {
        let answer = Answer { failure: Some(sentence.to_owned()), ..Answer::default() };
        let mut response = leptos::answer(&self.state, self.parts.clone(), page, answer).await;
        // A page that found something wrong by itself knows better.
        if response.status() == StatusCode::OK {
            *response.status_mut() = status;
        }
        response
    }

    /// There is no such provider, or no such invitation.
    async fn missing(self) -> Response {
        leptos::missing(State(self.state), Request::from_parts(self.parts, Body::empty())).await
    }
}
