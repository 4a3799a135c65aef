//! What stands before the router: the middleware, and a short way to what is asked for all the time.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use tower::{Service, ServiceExt as _};

use crate::{
    middleware::{
        setup_gate::{self, Gate},
        steps::{self, Steps},
    },
    protocols::npm::{Npm, reads_package},
};

/// Takes every request through the middleware, and on to its handler.
#[derive(Clone)]
pub(super) struct Front(Arc<Parts>);

struct Parts {
    steps: Steps,
    gate: Gate,
    npm: Npm,
    router: Router,
}

impl Front {
    pub(super) fn new(steps: Steps, gate: Gate, npm: Npm, router: Router) -> Self {
        Self(Arc::new(Parts { steps, gate, npm, router }))
    }
}

impl Parts {
    async fn handle(&self, request: Request) -> Response {
        if reads_package(request.method(), request.uri().path()) {
            // Whatever site made a browser send it, it changes nothing, and no cookie is looked at.
            let next = |request| self.npm.answer(Arc::clone(&self.gate.services), request);
            return setup_gate::guard(State(self.gate.clone()), request, next).await;
        }
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let parts = Arc::clone(&self.0);
        Box::pin(async move {
            Ok(steps::all(&parts.steps, request, |request| parts.handle(request)).await)
        })
    }
}
