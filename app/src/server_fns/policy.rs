//! The policy, for administrators.

use leptos::{prelude::*, server_fn::codec::Json};
use model::views::PolicyPage;

use crate::Failure;

/// Every setting, and where it comes from.
#[server(endpoint = "policy/page", input = Json)]
pub async fn read_policy() -> Result<PolicyPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.policies.page(&caller()?).await.map_err(failure)
}
