//! While there is no account, everything waits for the first one.

use std::{collections::HashSet, sync::Arc};

use axum::{
    extract::{Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::{HeaderValue, Method, StatusCode, header};
use registry::Services;

use super::steps::Then;
use crate::web::{Area, InternalError, refusal};

/// The page that makes the first account.
const SETUP: &str = "/setup";
const WAITING: &str = "This server is not set up yet: its first account has to be created.";

/// What the gate has to know.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) services: Arc<Services>,
    /// The paths that work before there is an account.
    pub(crate) open: Arc<HashSet<String>>,
}

/// Leads every page to the set-up; programs are told to wait. Afterwards there is no way back to it.
pub(crate) async fn guard(State(gate): State<Gate>, request: Request, next: impl Then) -> Response {
    let area = Area::of(request.uri());
    if matches!(area, Area::Assets | Area::Probes) {
        return next.run(request).await;
    }
    let none_exist = match gate.services.accounts.none_exist().await {
        Ok(none_exist) => none_exist,
        Err(error) => return InternalError::from(error).into_response(),
    };
    let path = request.uri().path();
    if !none_exist {
        let is_setup = path == SETUP && matches!(*request.method(), Method::GET | Method::HEAD);
        return if is_setup { Redirect::to("/").into_response() } else { next.run(request).await };
    }
    if gate.open.contains(path) {
        return next.run(request).await;
    }
    if area == Area::Pages {
        return Redirect::to(SETUP).into_response();
    }
    let mut response = refusal(area, StatusCode::SERVICE_UNAVAILABLE, WAITING);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}
