//! How requests travel to an S3-compatible store: HTTP/1.1, encrypted unless the endpoint says
//! otherwise, with bounds on how long anything may take.

use std::{io, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use object_store::{
    ClientConfigKey, ClientOptions,
    client::{
        HttpClient, HttpConnector as Connector, HttpError, HttpErrorKind, HttpRequest,
        HttpRequestBody, HttpResponse, HttpResponseBody, HttpService,
    },
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::time::timeout;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(5);
/// How long an answer may take to begin, besides the time for what is sent.
const ANSWER: Duration = Duration::from_secs(10);
/// How slowly the store may take what it is sent, in bytes a second.
const SLOWEST: u64 = 256 << 10;
/// How long the next piece of an answer may take.
const PIECE: Duration = Duration::from_secs(10);
/// For how long an unused connection is kept: for less than servers do.
const IDLE: Duration = Duration::from_secs(15);

/// Makes the clients that speak to a store, to its certificates and to whoever gives out its keys.
#[derive(Debug)]
pub(super) struct Transport(Client<HttpsConnector<HttpConnector>, HttpRequestBody>);

impl Transport {
    /// Trusts the authorities that browsers trust and those in this text, as PEM.
    pub(super) fn trusting(authorities: &[u8]) -> Result<Self, String> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for authority in CertificateDer::pem_slice_iter(authorities) {
            let authority = authority.map_err(|error| error.to_string())?;
            roots.add(authority).map_err(|error| error.to_string())?;
        }
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT));
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(config)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_idle_timeout(IDLE).build(connector);
        Ok(Self(client))
    }
}

impl Connector for Transport {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let in_the_clear = options.get_config_value(&ClientConfigKey::AllowHttp);
        let service = Service {
            client: self.0.clone(),
            in_the_clear: in_the_clear.is_some_and(|it| it == "true"),
        };
        Ok(HttpClient::new(service))
    }
}

#[derive(Debug)]
struct Service {
    client: Client<HttpsConnector<HttpConnector>, HttpRequestBody>,
    /// Whether anything may be sent without encryption.
    in_the_clear: bool,
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if !self.in_the_clear && request.uri().scheme_str() != Some("https") {
            let error = io::Error::other("an address of the store is not https");
            return Err(HttpError::new(HttpErrorKind::Unknown, error));
        }
        let length = request.body().content_length() as u64;
        let patience = ANSWER + Duration::from_secs(length / SLOWEST);
        let response = timeout(patience, self.client.request(request)).await.map_err(|_| late())?;
        let response = response.map_err(|error| {
            let kind = if error.is_connect() {
                HttpErrorKind::Connect
            } else {
                HttpErrorKind::Interrupted
            };
            HttpError::new(kind, error)
        })?;
        let (parts, body) = response.into_parts();
        let pieces = stream::try_unfold(body.into_data_stream(), async |mut body| {
            match timeout(PIECE, body.next()).await {
                Err(_) => Err(late()),
                Ok(None) => Ok(None),
                Ok(Some(Ok(piece))) => Ok(Some((Frame::data(piece), body))),
                Ok(Some(Err(error))) => Err(HttpError::new(HttpErrorKind::Interrupted, error)),
            }
        });
        let body = HttpResponseBody::new(StreamBody::new(Box::pin(pieces)));
        Ok(HttpResponse::from_parts(parts, body))
    }
}

fn late() -> HttpError {
    HttpError::new(HttpErrorKind::Timeout, io::Error::from(io::ErrorKind::TimedOut))
}
