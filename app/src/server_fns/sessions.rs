//! Acts on the caller's own session.

use leptos::prelude::*;

use crate::Failure;

/// Confirms with the password that it is still the same person. The session's cookie changes.
#[server(endpoint = "sessions/confirm", input = leptos::server_fn::codec::Json)]
pub async fn confirm_identity(
    /// The password.
    password: String,
) -> Result<(), Failure> {
    use registry::{Error, sessions::PasswordText};

    use crate::context::{caller, failure, origin, services, set_session};
    let (services, caller, origin) = (services()?, caller()?, origin()?);
    let password = PasswordText::new(&password);
    let secret = services.sessions.confirm(&caller, &password, &origin).await;
    let secret = secret.map_err(|error| match error {
        Error::WrongPassword => failure(Error::Forbidden("This is not your password. Try again.")),
        other => failure(other),
    })?;
    set_session(&secret)
}
