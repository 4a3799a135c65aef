//! Where metrics are read: a listener of their own, on which nothing else is served, and only where the
//! operator named one.
//!
//! On the main listener an address of the client would have to decide, and behind a proxy on the same
//! machine everybody comes from there.

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use registry::Services;
use tokio::{net::TcpListener, sync::mpsc};

use crate::{
    serving::{self, Places, Served},
    web::InternalError,
};

/// The only address there is.
const PATH: &str = "/metrics";
/// The text format that Prometheus reads.
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
/// How many may read at once.
const READERS: usize = 16;

/// Serves metrics until it is dropped.
pub(crate) struct MetricsListener {
    address: SocketAddr,
    _stop: mpsc::Sender<()>,
}

impl MetricsListener {
    /// Listens.
    pub(crate) async fn begin(listen: SocketAddr, services: Arc<Services>) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = mpsc::channel(1);
        let app = Router::new().fallback(answer).with_state(services);
        let served = Served { app, encryption: None };
        let places = Places::new(READERS, Arc::default());
        tokio::spawn(serving::serve(listener, places, served, stopped));
        Ok(Self { address, _stop: stop })
    }

    /// Says in the log where it listens, and warns if others reach it.
    pub(crate) fn announce(&self) {
        let address = self.address;
        tracing::info!(%address, "serving metrics");
        if !address.ip().to_canonical().is_loopback() {
            tracing::warn!(%address, "whoever reaches this address can read the metrics (--metrics-listen)");
        }
    }
}

async fn answer(State(services): State<Arc<Services>>, method: Method, uri: Uri) -> Response {
    if uri.path() != PATH {
        return (StatusCode::NOT_FOUND, "Metrics are at /metrics.\n").into_response();
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let allow = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
        return (StatusCode::METHOD_NOT_ALLOWED, allow).into_response();
    }
    match services.metrics_text().await {
        Ok(text) => ([(header::CONTENT_TYPE, FORMAT)], text).into_response(),
        Err(error) => {
            let error = InternalError::from(error);
            tracing::error!(%error, "the metrics could not be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
