//! GitHub's OAuth (RFC 6749, with a proof key). It has no ID token: who somebody is is asked over the
//! API, with the access token, which is then forgotten.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, header};
use model::names::Email;
use openidconnect::HttpRequest;
use registry::identities::{Attempt, Proof};
use serde::{Deserialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

use super::{Client, ProviderError, Returned, label};

/// Where GitHub itself is; a server of one's own has its API below the same host.
const PUBLIC: &str = "https://github.com";
const PUBLIC_API: &str = "https://api.github.com";

/// GitHub, or a server of one's own.
pub(super) struct GitHub {
    client: Client,
    url: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: Option<String>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct User {
    /// Never given to anybody else, unlike the name.
    id: u64,
    login: String,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

impl GitHub {
    pub(super) fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    pub(super) fn address(&self, attempt: &Attempt) -> Result<Url, ProviderError> {
        let mut url = Url::parse(&format!("{}/login/oauth/authorize", self.url))
            .map_err(|error| ProviderError::rubbish(error.to_string()))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(attempt.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("redirect_uri", &self.client.redirect_uri)
            .append_pair("scope", &self.client.scopes.join(" "))
            .append_pair("state", &attempt.state)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    pub(super) async fn prove(
        &self,
        attempt: &Attempt,
        returned: &Returned,
    ) -> Result<Proof, ProviderError> {
        let known = [self.url.clone(), format!("{}/login/oauth", self.url)];
        if returned.issuer.as_ref().is_some_and(|issuer| !known.contains(issuer)) {
            return Err(ProviderError::rubbish("the answer names another issuer"));
        }
        let token = self.token(returned.code()?, &attempt.verifier).await?;
        let user: User = self.ask("/user", &token).await?;
        let addresses: Vec<Address> = self.ask("/user/emails", &token).await?;
        let email = addresses.iter().find(|address| address.primary && address.verified);
        let email: Option<Email> = email.and_then(|address| address.email.parse().ok());
        Ok(Proof {
            provider: self.client.provider.clone(),
            issuer: self.url.clone(),
            subject: user.id.to_string(),
            label: label([Some(user.login.as_str()), email.as_ref().map(Email::as_str)]),
            email,
            nickname: Some(user.login),
            authenticated_at: None,
            session: None,
        })
    }

    async fn token(&self, code: &str, verifier: &str) -> Result<String, ProviderError> {
        let secret = self.client.secret.as_ref().map(|secret| secret.secret().as_str());
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("client_id", &self.client.id)
            .append_pair("client_secret", secret.unwrap_or_default())
            .append_pair("code", code)
            .append_pair("redirect_uri", &self.client.redirect_uri)
            .append_pair("code_verifier", verifier)
            .finish();
        let request = http::Request::builder()
            .method(Method::POST)
            .uri(format!("{}/login/oauth/access_token", self.url))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json");
        let token: Token = self.send(request, body.into_bytes()).await?;
        // What went wrong is said with the status of a success.
        if let Some(error) = token.error {
            return Err(ProviderError::of_code(&error));
        }
        token.access_token.ok_or_else(|| ProviderError::rubbish("no access token"))
    }

    async fn ask<T: DeserializeOwned>(&self, path: &str, token: &str) -> Result<T, ProviderError> {
        let api =
            if self.url == PUBLIC { PUBLIC_API.to_owned() } else { format!("{}/api/v3", self.url) };
        let request = http::Request::builder()
            .uri(format!("{api}{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::ACCEPT, "application/vnd.github+json");
        self.send(request, Vec::new()).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: http::request::Builder,
        body: Vec<u8>,
    ) -> Result<T, ProviderError> {
        let request: HttpRequest = request
            // GitHub refuses whoever does not say who asks.
            .header(header::USER_AGENT, "latchkey")
            .body(body)
            .map_err(|_| ProviderError::rubbish("an access token that no header can hold"))?;
        let response = self.client.http.send(request).await?;
        if !response.status().is_success() {
            return Err(ProviderError::of_status(response.status()));
        }
        serde_json::from_slice(response.body())
            .map_err(|_| ProviderError::rubbish("an answer that cannot be read"))
    }
}
