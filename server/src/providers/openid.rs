//! OpenID Connect: discovery, the authorization code flow with a proof key, ID tokens.

use std::time::Duration;

use model::{names::Email, timestamp::Timestamp};
use openidconnect::{
    AccessToken, AdditionalProviderMetadata, AuthType, AuthorizationCode, ClientId, CsrfToken,
    EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, JsonWebKeySet,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, Scope, SubjectIdentifier, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType,
        CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreGrantType, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode,
        CoreResponseType, CoreSubjectIdentifierType, CoreUserInfoClaims,
    },
};
use registry::identities::{Attempt, Logout, Proof};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use super::{Client, ProviderError, Returned, id_token, label, logout_token};
use crate::config::is_protected;

/// How long what a provider says of itself is good for.
const FRESH: Duration = Duration::from_hours(1);
/// Between two looks for a key that nobody knew.
const KEYS_EVERY: Duration = Duration::from_secs(30);
/// After a failure nobody else waits for the same one.
const PAUSE: Duration = Duration::from_secs(3);
/// Somebody who signed in there longer ago than one of our sessions lasts does it again. Asking for
/// that makes providers tell when it was.
const OLDEST_SIGN_IN: Duration = Duration::from_hours(24 * 30);

/// What the crate does not know of discovery documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct More {
    /// RFC 9207 §3.
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

pub(super) type Ready = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is known of a provider.
#[derive(Default)]
struct Known {
    metadata: Option<(Metadata, Timestamp)>,
    keys_at: Option<Timestamp>,
    failed: Option<(ProviderError, Timestamp)>,
}

/// A provider that speaks OpenID Connect.
pub(super) struct OpenId {
    client: Client,
    issuer: String,
    /// Held while the provider is asked, so that it is asked once.
    known: Mutex<Known>,
}

impl OpenId {
    pub(super) fn new(client: Client, issuer: String) -> Self {
        Self { client, issuer, known: Mutex::default() }
    }

    pub(super) async fn address(
        &self,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<Url, ProviderError> {
        let client = self.ready(self.metadata(now).await?)?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let scopes = self.client.scopes.iter().filter(|scope| *scope != "openid");
        let mut request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(scopes.map(|scope| Scope::new(scope.clone())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        request = if attempt.is_fresh_wanted() {
            request.set_max_age(Duration::ZERO).add_prompt(CoreAuthPrompt::Login)
        } else {
            request.set_max_age(OLDEST_SIGN_IN)
        };
        let (url, _, _) = request.url();
        if is_protected(&url) {
            Ok(url)
        } else {
            Err(ProviderError::rubbish("its authorization endpoint is not https"))
        }
    }

    pub(super) async fn prove(
        &self,
        attempt: &Attempt,
        returned: &Returned,
        now: Timestamp,
    ) -> Result<Proof, ProviderError> {
        let metadata = self.metadata(now).await?;
        self.check_issuer(&metadata, returned)?;
        let code = returned.code()?;
        let client = self.ready(metadata)?;
        let unset = |_| ProviderError::rubbish("it has no token endpoint");
        let response = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(unset)?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.client.http)
            .await?;
        let token = response.id_token().ok_or_else(|| ProviderError::rubbish("no ID token"))?;
        let nonce = Nonce::new(attempt.nonce.clone());
        let read =
            |client: &Ready| id_token::read(client, token, response.access_token(), &nonce, now);
        let said = match read(&client) {
            Err(error) if error.is_about_keys() => {
                read(&self.ready(self.metadata_with_new_keys(now).await?)?)
            }
            other => other,
        };
        let said = said.map_err(id_token::Refused::into_error)?;
        let mut proof = Proof {
            provider: self.client.provider.clone(),
            issuer: self.issuer.clone(),
            subject: said.subject,
            label: String::new(),
            email: said.email,
            nickname: said.nickname,
            authenticated_at: said.authenticated_at,
            session: said.session,
        };
        let mut name = said.name;
        if proof.email.is_none() || proof.nickname.is_none() {
            let more = self.user_info(&client, response.access_token(), &proof.subject).await?;
            if let Some(more) = more {
                proof.email = proof.email.or_else(|| verified(&more));
                proof.nickname = proof
                    .nickname
                    .or_else(|| more.preferred_username().map(|name| name.to_string()));
                let called = more.name().and_then(|name| name.get(None));
                name = name.or_else(|| called.map(|name| name.to_string()));
            }
        }
        let email = proof.email.as_ref().map(Email::as_str);
        proof.label =
            label([proof.nickname.as_deref(), email, name.as_deref(), Some(&proof.subject)]);
        Ok(proof)
    }

    pub(super) async fn logout(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Logout, ProviderError> {
        let read = |metadata: &Metadata| {
            let keys = metadata.jwks().keys();
            logout_token::read(token, keys, &self.issuer, &self.client.id, now)
        };
        let metadata = self.metadata(now).await?;
        let said = match read(&metadata) {
            Err(logout_token::Refused::Key) => read(&self.metadata_with_new_keys(now).await?),
            other => other,
        };
        let said = said.map_err(|refused| ProviderError::rubbish(refused.to_string()))?;
        Ok(Logout {
            provider: self.client.provider.clone(),
            issuer: self.issuer.clone(),
            subject: said.subject,
            session: said.session,
            id: said.id,
            ends_at: said.ends_at,
        })
    }

    /// What the provider says of itself; asked for when it is needed, and again after a while. While
    /// it cannot say it again, what it said before still counts.
    async fn metadata(&self, now: Timestamp) -> Result<Metadata, ProviderError> {
        let mut known = self.known.lock().await;
        if let Some((metadata, at)) = &known.metadata
            && now.since(*at) < FRESH
        {
            return Ok(metadata.clone());
        }
        let before = known.metadata.as_ref().map(|(metadata, _)| metadata.clone());
        if let Some((error, at)) = &known.failed
            && now.since(*at) < PAUSE
        {
            return before.ok_or_else(|| error.clone());
        }
        let issuer = IssuerUrl::new(self.issuer.clone())
            .map_err(|error| ProviderError::rubbish(error.to_string()))?;
        let asked = Metadata::discover_async(issuer, &self.client.http).await;
        match asked.map_err(ProviderError::from) {
            Ok(metadata) => {
                known.metadata = Some((metadata.clone(), now));
                known.failed = None;
                Ok(metadata)
            }
            Err(error) => {
                known.failed = Some((error.clone(), now));
                let Some(before) = before else { return Err(error) };
                let provider = &self.client.provider;
                tracing::warn!(%provider, %error, "a provider could not be asked anew");
                Ok(before)
            }
        }
    }

    /// The same with the keys of this moment, for a token whose key nobody knew; not too often,
    /// because anybody can send one.
    async fn metadata_with_new_keys(&self, now: Timestamp) -> Result<Metadata, ProviderError> {
        let mut known = self.known.lock().await;
        let Some((metadata, at)) = known.metadata.clone() else {
            return Err(ProviderError::rubbish("no keys are known"));
        };
        if known.keys_at.is_some_and(|keys_at| now.since(keys_at) < KEYS_EVERY) {
            return Ok(metadata);
        }
        known.keys_at = Some(now);
        let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &self.client.http).await?;
        let metadata = metadata.set_jwks(keys);
        known.metadata = Some((metadata.clone(), at));
        Ok(metadata)
    }

    /// Refuses an answer that another issuer sent (RFC 9207 §2.4).
    fn check_issuer(&self, metadata: &Metadata, returned: &Returned) -> Result<(), ProviderError> {
        let announced =
            metadata.additional_metadata().authorization_response_iss_parameter_supported;
        match &returned.issuer {
            Some(issuer) if *issuer == self.issuer => Ok(()),
            None if !announced => Ok(()),
            Some(_) => Err(ProviderError::rubbish("the answer names another issuer")),
            None => Err(ProviderError::rubbish("the answer does not name its issuer")),
        }
    }

    fn ready(&self, metadata: Metadata) -> Result<Ready, ProviderError> {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let only_by_post = methods.is_some_and(|methods| {
            !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
                && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
        });
        let auth = if only_by_post { AuthType::RequestBody } else { AuthType::BasicAuth };
        let redirect = RedirectUrl::new(self.client.redirect_uri.clone())
            .map_err(|error| ProviderError::rubbish(error.to_string()))?;
        let id = ClientId::new(self.client.id.clone());
        let client = CoreClient::from_provider_metadata(metadata, id, self.client.secret.clone());
        Ok(client.set_auth_type(auth).set_redirect_uri(redirect))
    }

    /// What the provider tells of somebody beyond the ID token; nothing, if it has no such endpoint.
    async fn user_info(
        &self,
        client: &Ready,
        access_token: &AccessToken,
        subject: &str,
    ) -> Result<Option<CoreUserInfoClaims>, ProviderError> {
        // The crate takes for granted that a header can hold it.
        if !access_token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ProviderError::rubbish("an access token that no header can hold"));
        }
        let subject = SubjectIdentifier::new(subject.to_owned());
        let Ok(request) = client.user_info(access_token.clone(), Some(subject)) else {
            return Ok(None);
        };
        let http = &self.client.http;
        Ok(Some(request.request_async::<EmptyAdditionalClaims, _, CoreGenderClaim>(http).await?))
    }
}

/// The address, if the provider says it has verified it.
fn verified(claims: &CoreUserInfoClaims) -> Option<Email> {
    let email = claims.email().filter(|_| claims.email_verified() == Some(true));
    email.and_then(|email| email.parse().ok())
}
