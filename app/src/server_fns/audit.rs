//! Reading the audit log.

use leptos::{prelude::*, server_fn::codec::Json};
use model::{
    listing::AuditQuery,
    views::{AuditPage, RecentEvents},
};

use crate::Failure;

/// A page of the log, as far as it was asked for and the caller sees it.
#[server(endpoint = "audit/page", input = Json)]
pub async fn read_audit(
    /// What is asked for.
    query: AuditQuery,
) -> Result<AuditPage, Failure> {
    use crate::context::{caller, failure, services};
    services()?.audit.page(&caller()?, &query).await.map_err(failure)
}

/// What happened lately to the caller's account.
#[server(endpoint = "audit/recent", input = Json)]
pub async fn read_recent() -> Result<RecentEvents, Failure> {
    use crate::context::{caller, failure, services};
    services()?.audit.recent(&caller()?).await.map_err(failure)
}
