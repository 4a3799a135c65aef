//! What is spoken over HTTP: the table of routes and everything around it.

mod area;
mod assets;
mod audit;
mod cookie;
mod forms;
mod front;
mod internal_error;
mod kept;
pub(crate) mod leptos;
mod local_path;
mod pages;
mod probes;
mod refusal;
mod routes;
mod sign_in_with;
mod state;

use std::{collections::HashSet, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use registry::Limits;
use tower::service_fn;

use self::front::Front;
use crate::{
    metrics::requests::Requests,
    middleware::{
        cross_site, guesses, session,
        setup_gate::{self, Gate},
        steps::Steps,
    },
    protocols::npm::Npm,
};

pub(crate) use self::{area::Area, cookie::cookie, refusal::refusal};
pub use self::{
    internal_error::InternalError,
    leptos::app_pages,
    local_path::LocalPath,
    routes::{Access, Entry, Routes},
    state::ServerState,
};
pub use crate::middleware::session::SessionCookie;

/// Every route with who may call it, for tests that try each one.
pub fn table() -> Vec<Entry> {
    declared(&Npm::new()).finish().1
}

/// The pages and server functions that the table declares, whether or not `app` has them.
pub fn page_table() -> impl Iterator<Item = (&'static str, Access)> {
    pages::all()
}

/// The whole service: every route, behind every layer.
pub fn router(state: ServerState) -> Router {
    let npm = Npm::new();
    let (router, table) = declared(&npm).finish();
    let services = Arc::clone(&state.services);
    let cookie = state.session_cookie();
    let gate = Gate { services: Arc::clone(&services), open: Arc::new(open_before_setup(&table)) };
    // Its counters cannot be there twice: that takes two routers on the same services.
    let counted = Requests::shown_by(services.metrics().registry())
        .inspect_err(|error| tracing::error!(%error, "requests are not counted"));
    let steps = Steps::new(&state, counted.ok());
    // A public URL is an origin as browsers write it; were it not, nothing would be trusted.
    let judge = cross_site::judge(&state.public_url).unwrap_or_default();

    // The last layer is the outermost: `middleware` tells their order and why.
    let router = router
        .fallback(leptos::missing)
        .method_not_allowed_fallback(not_allowed)
        .layer(from_fn(move |request, next: Next| {
            session::resolve(State((Arc::clone(&services), cookie)), request, next)
        }))
        .layer(from_fn_with_state(Arc::clone(&gate.services), guesses::slow_down))
        .layer(from_fn_with_state(gate.clone(), |gate, request, next: Next| {
            setup_gate::guard(gate, request, next)
        }))
        .layer(judge)
        .with_state(state);
    let front = Arc::new(Front { steps, gate, npm, router });
    let answer = move |request| {
        let front = Arc::clone(&front);
        async move { Ok(front.answer(request).await) }
    };
    Router::new().fallback_service(service_fn(answer))
}

/// What answers requests in the clear that come to where TLS is spoken: a refusal that says where to
/// go instead. Nothing is looked up and nobody is led on: a client that came this way and sent a secret
/// has to be set right.
pub fn only_https(state: &ServerState) -> Router {
    let sentence = format!(
        "Only https is spoken here: use {}. What this request held crossed the network unprotected.",
        state.public_url
    );
    let refuse = move |request: Request| async move {
        let area = Area::of(request.uri());
        let mut response = refusal(area, StatusCode::BAD_REQUEST, &sentence);
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    };
    // Strict-Transport-Security means nothing here (RFC 6797 §7.2), and nobody counts this.
    let state = ServerState { strict_transport_security: false, ..state.clone() };
    let steps = Arc::new(Steps::new(&state, None));
    let answer = move |request| {
        let (steps, refuse) = (Arc::clone(&steps), refuse.clone());
        async move { Ok(steps.before_judging(request, refuse).await) }
    };
    Router::new().fallback_service(service_fn(answer))
}

/// The answer to a method that a path does not take. Which it takes is said by `Allow`, by the router.
async fn not_allowed(method: Method, uri: Uri) -> Response {
    match Area::of(&uri) {
        Area::Feeds => crate::protocols::not_allowed(&method, uri.path()),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn declared(npm: &Npm) -> Routes {
    let mut routes = Routes::new();
    assets::routes(&mut routes);
    audit::routes(&mut routes);
    leptos::routes(&mut routes);
    forms::routes(&mut routes);
    probes::routes(&mut routes);
    sign_in_with::routes(&mut routes);
    crate::api::routes(&mut routes);
    crate::protocols::bower::routes(&mut routes);
    crate::protocols::maven::routes(&mut routes);
    npm.routes(&mut routes);
    crate::protocols::nuget::routes(&mut routes);
    routes
}

/// The paths that work while there is no account: the set-up, and what anybody may do on its page.
fn open_before_setup(table: &[Entry]) -> HashSet<String> {
    table
        .iter()
        .filter(|entry| match entry.access {
            Access::SetUp => true,
            Access::Anyone => entry.path.starts_with("/_fn/") || entry.path == forms::theme::PATH,
            _ => false,
        })
        .map(|entry| entry.path.clone())
        .collect()
}

/// The most bytes the body of a request may have: a package in base64 (RFC 4648 §4), which is how
/// npm sends it, and the document around it.
pub(crate) fn largest_request(limits: Limits) -> u64 {
    limits.package_bytes.div_ceil(3).saturating_mul(4).saturating_add(limits.document_bytes)
}
