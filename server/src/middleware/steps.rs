//! The way of a request through the middleware that every request needs. It is one future, whereas
//! the router would copy and box every layer for each request.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use model::network::Network;

use super::{
    client_address, cross_site,
    drain::{self, Most},
    headers::{self, Protection},
    log, panics,
    request_id::{self, RequestIds},
    session::SessionCookie,
};
use crate::{
    config::PublicUrl,
    metrics::requests::{self, Requests},
    web::{ServerState, largest_request},
};

/// What comes after a step: another one, and in the end the handler.
pub(crate) trait Then: Send {
    /// Goes on.
    fn run(self, request: Request) -> impl Future<Output = Response> + Send;
}

impl Then for Next {
    fn run(self, request: Request) -> impl Future<Output = Response> + Send {
        Self::run(self, request)
    }
}

impl<F, R> Then for F
where
    F: FnOnce(Request) -> R + Send,
    R: Future<Output = Response> + Send,
{
    fn run(self, request: Request) -> impl Future<Output = Response> + Send {
        self(request)
    }
}

/// What the steps have to know.
pub(crate) struct Steps {
    ids: Arc<RequestIds>,
    trusted: Arc<[Network]>,
    protection: Arc<Protection>,
    requests: Option<Arc<Requests>>,
    most: Most,
    cookie: SessionCookie,
    public_url: PublicUrl,
}

impl Steps {
    /// The steps before a server's handlers; `requests` counts what passes.
    pub(crate) fn new(state: &ServerState, requests: Option<Requests>) -> Self {
        let public_url = state.public_url.clone();
        let protection = Protection::new(public_url.clone(), state.strict_transport_security);
        Self {
            ids: Arc::clone(&state.request_ids),
            trusted: Arc::clone(&state.trusted_proxies),
            protection: Arc::new(protection),
            requests: requests.map(Arc::new),
            most: Most(largest_request(state.services.limits())),
            cookie: state.session_cookie(),
            public_url,
        }
    }

    /// Takes a request through every step, and on to what comes after them.
    pub(crate) async fn all(&self, request: Request, next: impl Then) -> Response {
        let site = (self.cookie, &self.public_url);
        let next = move |request| cross_site::refuse(site, request, next);
        let next = move |request| guarded(request, next);
        self.before_judging(request, next).await
    }

    /// The same without asking which site it comes from.
    pub(crate) async fn before_judging(&self, request: Request, next: impl Then) -> Response {
        let next = move |request| drain::drain(State(self.most), request, next);
        let next = move |request| log::record(request, next);
        let next = move |request| requests::count(self.requests.as_deref(), request, next);
        let next =
            move |request| headers::protect(State(Arc::clone(&self.protection)), request, next);
        let next =
            move |request| client_address::find(State(Arc::clone(&self.trusted)), request, next);
        request_id::number(State(Arc::clone(&self.ids)), request, next).await
    }
}

/// Keeps a fault of a handler from the others.
pub(super) async fn guarded(request: Request, next: impl Then) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(panics::caught)
}
