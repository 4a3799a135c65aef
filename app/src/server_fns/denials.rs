//! Reading refusals.

use leptos::prelude::*;
use model::views::DenialPage;

use crate::Failure;

/// A refusal of one of the caller's own credentials.
#[server(endpoint = "denials/page")]
pub async fn read_denial(
    /// Its id.
    id: String,
) -> Result<DenialPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.denials.page(&caller()?, &id).await.map_err(failure)
}
