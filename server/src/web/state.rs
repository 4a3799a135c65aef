//! What handlers may ask for.

use std::sync::Arc;

use axum::extract::FromRef;
use model::network::Network;
use registry::Services;

use super::assets::Assets;
use crate::{
    config::{Config, Exposure, PublicUrl},
    middleware::{request_id::RequestIds, session::SessionCookie},
    providers::Providers,
};

/// The state of the router. Handlers take the part they need: `State<Arc<Services>>`,
/// `State<PublicUrl>`, `State<SessionCookie>`.
#[derive(Clone)]
pub struct ServerState {
    pub(crate) services: Arc<Services>,
    pub(crate) public_url: PublicUrl,
    pub(crate) exposure: Exposure,
    pub(crate) trusted_proxies: Arc<[Network]>,
    pub(crate) strict_transport_security: bool,
    pub(crate) assets: Arc<Assets>,
    pub(crate) providers: Arc<Providers>,
    pub(crate) request_ids: Arc<RequestIds>,
}

impl ServerState {
    /// The state of a server with these settings, reached at `public_url`.
    pub fn new(
        services: Arc<Services>,
        config: &Config,
        exposure: Exposure,
        public_url: PublicUrl,
    ) -> Self {
        let request_ids = Arc::new(RequestIds::since(services.now()));
        Self {
            services,
            public_url,
            exposure,
            trusted_proxies: config.trusted_proxies.clone().into(),
            strict_transport_security: config.strict_transport_security,
            assets: Arc::new(Assets::find(config.site.clone())),
            providers: Arc::default(),
            request_ids,
        }
    }

    /// The same with providers of identities.
    #[must_use]
    pub fn with_providers(self, providers: Providers) -> Self {
        Self { providers: Arc::new(providers), ..self }
    }

    /// Whether what people send crosses a network in the clear: also where a proxy that speaks no TLS
    /// passes on what comes to it.
    pub(crate) fn is_exposed(&self) -> bool {
        self.exposure == Exposure::Insecure || !self.public_url.is_protected()
    }

    pub(crate) fn session_cookie(&self) -> SessionCookie {
        SessionCookie::new(self.public_url.is_https())
    }
}

impl FromRef<ServerState> for Arc<Services> {
    fn from_ref(state: &ServerState) -> Self {
        Self::clone(&state.services)
    }
}

impl FromRef<ServerState> for PublicUrl {
    fn from_ref(state: &ServerState) -> Self {
        state.public_url.clone()
    }
}

impl FromRef<ServerState> for SessionCookie {
    fn from_ref(state: &ServerState) -> Self {
        state.session_cookie()
    }
}

impl FromRef<ServerState> for Arc<Assets> {
    fn from_ref(state: &ServerState) -> Self {
        Self::clone(&state.assets)
    }
}
