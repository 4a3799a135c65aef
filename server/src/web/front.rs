//! What stands before the router: the middleware, and a short way to what is asked for all the time.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    response::Response,
};
use tower::ServiceExt as _;

use crate::{
    middleware::{
        setup_gate::{self, Gate},
        steps::Steps,
    },
    protocols::npm::{Npm, reads_package},
};

/// Takes every request through the middleware, and on to its handler.
pub(super) struct Front {
    pub(super) steps: Steps,
    pub(super) gate: Gate,
    pub(super) npm: Npm,
    pub(super) router: Router,
}

impl Front {
    pub(super) async fn answer(&self, request: Request) -> Response {
        // In a box: every step would else move the whole future of what comes after it.
        self.steps.all(request, |request| Box::pin(self.handle(request))).await
    }

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
