//! What the pages about accounts ask.

use leptos::prelude::*;

use crate::Failure;

/// A password nobody has used before, easy to say.
#[server(endpoint = "accounts/suggest-passphrase")]
pub async fn suggest_passphrase() -> Result<String, Failure> {
    use crate::context::{failure, services};
    services()?.accounts.suggest_passphrase().map_err(failure)
}

/// The name of the account that an invitation is for; `None` once it is used or too old.
#[server(endpoint = "accounts/invited")]
pub async fn invited(
    /// The code in the invitation's address.
    code: String,
) -> Result<Option<String>, Failure> {
    use crate::context::{failure, services, set_status};
    let name = services()?.accounts.invited(&code).await.map_err(failure)?;
    if name.is_none() {
        set_status(http::StatusCode::NOT_FOUND);
    }
    Ok(name)
}
