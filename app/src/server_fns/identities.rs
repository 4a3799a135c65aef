//! Identities at providers.

use leptos::{prelude::*, server_fn::codec::Json};
use model::views::{Arrived, LinkedIdentities, WaysToConfirm};

use crate::Failure;

/// The caller's linked identities.
#[server(endpoint = "identities/list", input = Json)]
pub async fn read_identities() -> Result<LinkedIdentities, Failure> {
    use crate::context::{caller, failure, services};
    services()?.identities.list(&caller()?).await.map_err(failure)
}

/// How the caller can confirm that it is still the same person.
#[server(endpoint = "identities/ways", input = Json)]
pub async fn read_ways_to_confirm() -> Result<WaysToConfirm, Failure> {
    use crate::context::{caller, failure, services};
    services()?.identities.ways_to_confirm(&caller()?).await.map_err(failure)
}

/// What somebody has to decide who came back from a provider with this browser.
#[server(endpoint = "identities/arrived", input = Json)]
pub async fn read_arrived() -> Result<Arrived, Failure> {
    use crate::context::{arrival, caller_if_any, failure, services};
    let caller = caller_if_any();
    services()?.identities.arrived(&arrival(), caller.as_ref()).await.map_err(failure)
}
