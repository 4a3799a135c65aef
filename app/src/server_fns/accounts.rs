//! What people ask before they have an account.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is asynchronous whatever it does")
)]

use leptos::prelude::*;

use crate::Failure;

/// A password nobody has used before, easy to say.
#[server(endpoint = "accounts/suggest")]
pub async fn suggest_passphrase() -> Result<String, Failure> {
    use crate::context::{failure, services};
    services()?.accounts.suggest_passphrase().map_err(failure)
}

/// The name of the account that a one-time link is for, while the link works.
#[server(endpoint = "accounts/invited")]
pub async fn read_invitation(
    /// The link's code.
    code: String,
) -> Result<String, Failure> {
    use crate::context::{failure, services};
    let invited = services()?.accounts.invited(&code).await.map_err(failure)?;
    invited.ok_or_else(|| failure(registry::Error::NotFound("invitation")))
}

/// The name of the account whose password a one-time link resets, while the link works.
#[server(endpoint = "accounts/resetting")]
pub async fn read_reset(
    /// The link's code.
    code: String,
) -> Result<String, Failure> {
    use crate::context::{failure, services};
    let resetting = services()?.accounts.resetting(&code).await.map_err(failure)?;
    resetting.ok_or_else(|| failure(registry::Error::NotFound("link")))
}
