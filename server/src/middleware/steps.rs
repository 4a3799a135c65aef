//! The way of a request through the middleware that every request needs. It is one future, whereas the router would copy
//! and box every layer for each request.

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
}

/// Takes a request through every step, and on to what comes after them.
pub(crate) async fn all(steps: &Steps, request: Request, next: impl Then) -> Response {
    let next = move |request| cross_site::refuse(State(steps.cookie), request, next);
    let next = move |request| guarded(request, next);
    let next = move |request| drain::drain(State(steps.most), request, next);
    let next = move |request| log::record(request, next);
    let next = move |request| headers::protect(State(Arc::clone(&steps.protection)), request, next);
    let next =
        move |request| client_address::find(State(Arc::clone(&steps.trusted)), request, next);
    request_id::number(State(Arc::clone(&steps.ids)), request, next).await
}

/// Keeps a fault of a handler from the others.
pub(super) async fn guarded(request: Request, next: impl Then) -> Response {
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    answered.unwrap_or_else(panics::caught)
}
