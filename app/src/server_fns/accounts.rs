//! What people ask before they have an account, and about their own.

#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "a server function is asynchronous whatever it does")
)]

use leptos::prelude::*;
use model::views::{Farewell, ProfilePage, SecurityPage};

use crate::Failure;

/// What the caller can change of the own account.
#[server(endpoint = "accounts/profile")]
pub async fn read_profile() -> Result<ProfilePage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.accounts.profile(&caller()?).await.map_err(failure)
}

/// Where the caller is signed in.
#[server(endpoint = "accounts/security")]
pub async fn read_security() -> Result<SecurityPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.sessions.security(&caller()?).await.map_err(failure)
}

/// What deleting the caller's account would do.
#[server(endpoint = "accounts/farewell")]
pub async fn read_farewell() -> Result<Farewell, Failure> {
    use crate::context::{caller, failure, services};
    services()?.accounts.farewell(&caller()?).await.map_err(failure)
}

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
