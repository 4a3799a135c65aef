//! `latchkey user identities`.

use model::{id::IdentityId, timestamp::Timestamp, views::LinkedIdentity};
use registry::{Actor, Services};
use serde::Serialize;

use super::{failure::Failure, no_account, output, table::table};

pub(super) const EXAMPLES: &str = "\
Unlinking ends the sessions that the identity began. If nothing else opens the account, give it a
password with `latchkey user set-password`.

Examples:
  latchkey user identities ana
  latchkey user identities ana --unlink 0190f3c1-6d2e-7a54-9b1c-2f6f0f3a9d11";

/// An identity as programs read it.
#[derive(Serialize)]
struct IdentityJson {
    id: String,
    provider: String,
    label: String,
    linked_at: String,
    last_used_at: Option<String>,
}

impl From<LinkedIdentity> for IdentityJson {
    fn from(identity: LinkedIdentity) -> Self {
        Self {
            id: identity.id.to_string(),
            provider: identity.provider,
            label: identity.label,
            linked_at: identity.linked_at.to_string(),
            last_used_at: identity.last_used_at.map(|at| at.to_string()),
        }
    }
}

pub(super) async fn list(services: &Services, name: &str, json: bool) -> Result<(), Failure> {
    let linked = services.identities.list_for(name).await;
    let linked = linked.map_err(|error| no_account(error, name))?.identities;
    if json {
        return output::json(&linked.into_iter().map(IdentityJson::from).collect::<Vec<_>>());
    }
    if linked.is_empty() {
        output::say(&format!("No identity is linked to {name}."));
        return Ok(());
    }
    let row = |identity: LinkedIdentity| {
        [
            identity.id.to_string(),
            identity.provider,
            identity.label,
            identity.linked_at.short_date(),
            identity.last_used_at.map_or_else(|| "never".to_owned(), Timestamp::short_date),
        ]
    };
    let rows = linked.into_iter().map(row).collect();
    output::data(&table(["id", "provider", "identity", "linked", "last used"], rows))
}

pub(super) async fn unlink(
    services: &Services,
    actor: &Actor,
    name: &str,
    id: IdentityId,
) -> Result<(), Failure> {
    // The name is looked up first, so that it is clear which of the two is absent.
    super::account(services, name).await?;
    let unlinked = services.identities.unlink_for(actor, name, id).await;
    unlinked.map_err(|error| {
        Failure::absent(error, || {
            format!(
                "{name} has no identity {id}. `latchkey user identities {name}` shows all of them."
            )
        })
    })?;
    output::say(&format!("Unlinked from {name}; the sessions it began have ended."));
    Ok(())
}
