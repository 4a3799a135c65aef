//! What this server speaks with providers of identities.
//!
//! Nothing is asked of a provider before somebody wants to go there: the server starts, and people
//! sign in with their passwords, whatever state it is in. What comes back is checked here and becomes
//! a [`Proof`]; what the proof is good for is decided by `registry::identities`.

mod error;
mod github;
mod http;
mod id_token;
mod logout_token;
mod openid;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use model::timestamp::Timestamp;
use openidconnect::ClientSecret;
use registry::identities::{Attempt, Logout, Proof};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use url::Url;

pub(crate) use self::error::ProviderError;
use self::{github::GitHub, http::Http, openid::OpenId};
use crate::config::{ConfigError, ProviderKind, ProviderSettings, PublicUrl, Secret};

/// Every provider that is set up, by its name.
#[derive(Default)]
pub struct Providers(BTreeMap<String, Arc<Provider>>);

/// One of them.
pub(crate) struct Provider {
    /// What people call it.
    pub(crate) label: String,
    speaks: Speaks,
}

enum Speaks {
    OpenId(Box<OpenId>),
    GitHub(Box<GitHub>),
}

/// What this server is to a provider.
struct Client {
    /// The provider's name.
    provider: String,
    /// What the provider calls this server.
    id: String,
    secret: Option<ClientSecret>,
    scopes: Vec<String>,
    /// Where the provider sends people back to; each has an address of its own.
    redirect_uri: String,
    http: Http,
}

/// What a provider sends along with somebody who comes back (RFC 6749 §4.1.2, RFC 9207).
#[derive(Debug, Default)]
pub(crate) struct Returned {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) issuer: Option<String>,
    pub(crate) error: Option<String>,
}

impl Providers {
    /// Reads the files that the settings name; asks no provider anything.
    pub fn set_up(
        settings: &[ProviderSettings],
        public_url: &PublicUrl,
    ) -> Result<Self, ConfigError> {
        let one = |settings: &ProviderSettings| {
            let provider = Provider::set_up(settings, public_url)?;
            Ok((settings.name.clone(), Arc::new(provider)))
        };
        settings.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// The provider of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<Provider>> {
        self.0.get(name).cloned()
    }
}

impl Provider {
    fn set_up(settings: &ProviderSettings, public_url: &PublicUrl) -> Result<Self, ConfigError> {
        let wrong = |path: &Path, why: String| ConfigError::Provider {
            path: path.to_owned(),
            provider: settings.name.clone(),
            why,
        };
        let secret = match &settings.secret {
            Secret::None => None,
            Secret::Text(secret) => Some(secret.clone()),
            Secret::File(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| wrong(path, format!("client_secret_file: {error}")))?;
                Some(ClientSecret::new(text.trim().to_owned()))
            }
        };
        let mut authorities = Vec::new();
        if let Some(path) = &settings.ca_file {
            authorities = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect)
                .map_err(|error| wrong(path, format!("ca_file: {error}")))?;
            if authorities.is_empty() {
                return Err(wrong(path, "ca_file: it holds no certificate in PEM".to_owned()));
            }
        }
        let http = Http::trusting(authorities).map_err(|error| {
            let path = settings.ca_file.as_deref().unwrap_or(Path::new(""));
            wrong(path, format!("ca_file: {error}"))
        })?;
        let client = Client {
            provider: settings.name.clone(),
            id: settings.client_id.clone(),
            secret,
            scopes: settings.scopes.clone(),
            redirect_uri: public_url.join(&format!("/sign-in/with/{}/callback", settings.name)),
            http,
        };
        let speaks = match &settings.kind {
            ProviderKind::OpenId { issuer } => {
                Speaks::OpenId(Box::new(OpenId::new(client, issuer.clone())))
            }
            ProviderKind::GitHub { url } => {
                Speaks::GitHub(Box::new(GitHub::new(client, url.clone())))
            }
        };
        Ok(Self { label: settings.label.clone(), speaks })
    }

    /// The address at the provider to which the browser goes.
    pub(crate) async fn address(
        &self,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Url, ProviderError> {
        match &self.speaks {
            Speaks::OpenId(provider) => provider.address(attempt, now).await,
            Speaks::GitHub(provider) => provider.address(attempt),
        }
    }

    /// What the provider proves of somebody who came back.
    pub(crate) async fn prove(
        &self,
        attempt: &Attempt,
        returned: &Returned,
        now: Timestamp,
    ) -> Result<Proof, ProviderError> {
        match &self.speaks {
            Speaks::OpenId(provider) => provider.prove(attempt, returned, now).await,
            Speaks::GitHub(provider) => provider.prove(attempt, returned).await,
        }
    }

    /// What a logout token says; `None` of a provider that sends none.
    pub(crate) async fn logout(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Option<Result<Logout, ProviderError>> {
        match &self.speaks {
            Speaks::OpenId(provider) => Some(provider.logout(token, now).await),
            Speaks::GitHub(_) => None,
        }
    }
}

impl Returned {
    /// The code, unless the provider refused.
    fn code(&self) -> Result<&str, ProviderError> {
        if let Some(error) = &self.error {
            return Err(ProviderError::of_code(error));
        }
        self.code.as_deref().ok_or_else(|| ProviderError::rubbish("neither a code nor an error"))
    }
}

/// A name for people to read: one line, not too long, and something.
fn label<'a>(candidates: impl IntoIterator<Item = Option<&'a str>>) -> String {
    const LONGEST: usize = 100;
    let tidy = |text: &str| -> String {
        text.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>().trim().to_owned()
    };
    let mut tidied = candidates.into_iter().flatten().map(tidy);
    tidied.find(|text| !text.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_short_line() {
        assert_eq!(label([None, Some(" \n"), Some("Ada\u{7} L\n"), Some("x")]), "Ada L");
        assert_eq!(label([Some("ä".repeat(200).as_str())]).chars().count(), 100);
        assert_eq!(label([None]), "");
    }
}
