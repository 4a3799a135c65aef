//! The pages and server functions of `app`, made part of the table of routes.

use std::{
    convert::Infallible,
    sync::{Arc, LazyLock},
};

use app::{
    Answer, App, Assets, Exposed, Theme,
    context::{ArrivalKept, PasswordChanged, SessionCookies},
};
use axum::{
    body::Body,
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode, Uri, request::Parts};
use leptos::{context::provide_context, nonce::Nonce, server_fn::axum::server_fn_paths};
use leptos_axum::{
    generate_route_list, handle_server_fns_with_context, render_app_async_with_context,
};
use leptos_router::SsrMode;
use registry::{Caller, Services};
use tower::{ServiceExt as _, service_fn};
use tower_http::compression::Compression;

use super::{
    area::Area,
    forms::{password_notice, theme},
    kept::Kept,
    local_path::LocalPath,
    pages,
    refusal::refusal,
    routes::{Access, Routes},
    state::ServerState,
};

/// Declares every page and every server function that the table names.
pub(super) fn routes(routes: &mut Routes) {
    for (path, _) in app_pages() {
        let Some(access) = pages::page(path) else { continue };
        let is_first = path == "/";
        let handler = move |State(state): State<ServerState>, request: Request| async move {
            let elsewhere =
                if is_first { Some(begin(&request)) } else { must_sign_in(access, &request) };
            match elsewhere {
                Some(redirect) => redirect,
                None => render(&state, request, None).await,
            }
        };
        routes.route(Method::GET, path, access, handler);
    }
    for (path, method) in server_fn_paths() {
        let Some(access) = pages::function(path) else { continue };
        routes.route(method, path, access, call);
    }
}

/// The pages that `app` has, by address, and how they are rendered. They are listed once for the whole
/// process: while Leptos does it no page's data loads, and what begins to load then never ends
/// (leptos-rs/leptos#4773).
pub fn app_pages() -> &'static [(String, SsrMode)] {
    static PAGES: LazyLock<Vec<(String, SsrMode)>> = LazyLock::new(|| {
        let listed = generate_route_list(App);
        listed.iter().map(|page| (page.path().to_owned(), page.mode().clone())).collect()
    });
    &PAGES
}

/// Renders the page at `path` as the answer to a form that was posted, for people without script
/// and for what is shown only once. The page is never hydrated.
pub(crate) async fn answer(
    state: &ServerState,
    mut posted: Parts,
    path: &LocalPath,
    answer: Answer,
) -> Response {
    posted.method = Method::GET;
    posted.uri = Uri::try_from(path.as_str()).unwrap_or_default();
    let request = Request::from_parts(posted, Body::empty());
    render(state, request, Some(answer)).await
}

/// Answers for an address that nothing is declared for.
pub(super) async fn missing(State(state): State<ServerState>, request: Request) -> Response {
    let area = Area::of(request.uri());
    if area != Area::Pages {
        return refusal(area, StatusCode::NOT_FOUND, "There is nothing at this address.");
    }
    let mut response = render(&state, request, None).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// Renders a page; one that was simply opened is compressed. An answer to a form may hold a secret
/// beside what was typed, and the length of the two compressed together would tell of it (BREACH).
async fn render(state: &ServerState, request: Request, answer: Option<Answer>) -> Response {
    let is_answer = answer.is_some();
    let contexts = Contexts { answer, ..Contexts::of(state).await.with(&request) };
    let page = service_fn(move |request| {
        let contexts = contexts.clone();
        let render = render_app_async_with_context(move || contexts.provide(), app::document);
        async move { Ok::<_, Infallible>(render(request).await) }
    });
    if is_answer {
        return page.oneshot(request).await.unwrap_or_else(|never| match never {});
    }
    let compressed = Compression::new(page).oneshot(request).await;
    compressed.unwrap_or_else(|never| match never {}).map(Body::new)
}

async fn call(State(state): State<ServerState>, request: Request) -> Response {
    let contexts = Contexts::of(&state).await.with(&request);
    handle_server_fns_with_context(move || contexts.provide(), request).await.into_response()
}

/// What `app` may ask for by `use_context`, the same for pages and for server functions. Who asks, and
/// from where, is in the extensions of the request's parts, which `leptos_axum` provides.
#[derive(Clone)]
struct Contexts {
    services: Arc<Services>,
    assets: Assets,
    exposed: Exposed,
    session_cookies: SessionCookies,
    nonce: Option<Nonce>,
    theme: Option<Theme>,
    password_changed: Option<PasswordChanged>,
    is_secure: bool,
    arrival: Option<ArrivalKept>,
    answer: Option<Answer>,
}

impl Contexts {
    /// What the server itself contributes.
    async fn of(state: &ServerState) -> Self {
        let base = state.assets.base().await;
        let cookie = state.session_cookie();
        Self {
            services: Arc::clone(&state.services),
            assets: Assets { available: base.is_some(), base: base.unwrap_or_default() },
            exposed: Exposed(state.is_exposed()),
            session_cookies: SessionCookies(Arc::new(move |secret| cookie.set(secret.expose()))),
            nonce: None,
            theme: None,
            password_changed: None,
            is_secure: state.public_url.is_https(),
            arrival: None,
            answer: None,
        }
    }

    /// What the request contributes: the nonce that its response's policy will name, and what
    /// stands in cookies.
    fn with(self, request: &Request) -> Self {
        let nonce = request.extensions().get::<Nonce>().cloned();
        let headers = request.headers();
        let password_changed = password_notice::read(headers);
        let arrival = Kept::Decision.read(headers, self.is_secure);
        let arrival = arrival.map(|kept| ArrivalKept(kept.to_owned()));
        Self { nonce, arrival, theme: theme::chosen(headers), password_changed, ..self }
    }

    fn provide(&self) {
        provide_context(Arc::clone(&self.services));
        provide_context(self.assets.clone());
        provide_context(self.exposed);
        provide_context(self.session_cookies.clone());
        // `leptos_axum` has provided a nonce of its own before; the later one is found.
        if let Some(nonce) = self.nonce.clone() {
            provide_context(nonce);
        }
        if let Some(theme) = self.theme.clone() {
            provide_context(theme);
        }
        if let Some(arrival) = self.arrival.clone() {
            provide_context(arrival);
        }
        if let Some(answer) = self.answer.clone() {
            provide_context(answer);
        } else if let Some(changed) = self.password_changed {
            provide_context(changed);
        }
    }
}

/// Where somebody goes who names no page.
fn begin(request: &Request) -> Response {
    let is_signed_in = request.extensions().get::<Caller>().is_some();
    LocalPath::known(if is_signed_in { "/profile/tokens" } else { "/sign-in" }).redirect()
}

/// Leads someone who is not signed in from a page that needs it to the sign-in and back.
fn must_sign_in(access: Access, request: &Request) -> Option<Response> {
    let needs_session = matches!(access, Access::SignedIn | Access::Confirmed | Access::Admin);
    if !needs_session || request.extensions().get::<Caller>().is_some() {
        return None;
    }
    let next = request.uri().path_and_query().and_then(|next| LocalPath::parse(next.as_str()));
    let next = next.unwrap_or_else(|| LocalPath::known("/"));
    Some(LocalPath::sign_in(&next).redirect())
}
