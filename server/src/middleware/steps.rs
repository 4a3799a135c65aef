//! The way of a request through all of the middleware.

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;
use model::network::Network;
use registry::Services;

use super::{
    client_address, cross_site,
    drain::{self, Most},
    headers::{self, Protection},
    log, panics,
    request_id::{self, RequestIds},
    session::{self, SessionCookie},
    setup_gate::{self, Gate},
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
    pub(crate) ids: Arc<RequestIds>,
    pub(crate) trusted: Arc<[Network]>,
    pub(crate) protection: Arc<Protection>,
    pub(crate) most: Most,
    pub(crate) cookie: SessionCookie,
    pub(crate) gate: Gate,
    pub(crate) services: Arc<Services>,
}

/// Takes a request through every step.
pub(crate) async fn all(State(steps): State<Arc<Steps>>, request: Request, next: Next) -> Response {
    let of_session = (Arc::clone(&steps.services), steps.cookie);
    let last = move |request| session::resolve(State(of_session), request, next);
    let gate = State(steps.gate.clone());
    let last = move |request| setup_gate::guard(gate, request, last);
    let cookie = State(steps.cookie);
    let last = move |request| cross_site::refuse(cookie, request, last);
    let last = move |request| guarded(request, last);
    let most = State(steps.most);
    let last = move |request| drain::drain(most, request, last);
    let last = move |request| log::record(request, last);
    let protection = State(Arc::clone(&steps.protection));
    let last = move |request| headers::protect(protection, request, last);
    let trusted = State(Arc::clone(&steps.trusted));
    let last = move |request| client_address::find(trusted, request, last);
    request_id::number(State(Arc::clone(&steps.ids)), request, last).await
}

/// Keeps a fault of a handler from the others.
pub(super) async fn guarded(request: Request, next: impl Then) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(panics::caught)
}
