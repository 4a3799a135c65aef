//! What supervisors and load balancers ask: whether the process answers, and whether it can work.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{Method, StatusCode};
use registry::Services;

use super::routes::{Access, Routes};

/// Declares the routes.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::GET, "/healthz", Access::Anyone, healthy);
    routes.route(Method::GET, "/readyz", Access::Anyone, ready);
}

/// The process answers.
async fn healthy() -> &'static str {
    "ok\n"
}

/// Whether database and data folder can be used; if not, what is wrong, in words for anybody.
async fn ready(State(services): State<Arc<Services>>) -> Response {
    match services.ready().await {
        Ok(()) => "ok\n".into_response(),
        Err(reason) => {
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
        }
    }
}
