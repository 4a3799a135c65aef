//! What is looked up, searched and listed.

use axum::response::Response;
use registry::{Error, access::Wanted, packages::Registered};
use serde_json::{Value, json};

use super::{
    BOWER, Call,
    answer::{Refusal, json as answer},
    wire::name::Name,
};

/// Where a name leads.
pub(super) async fn package(call: &Call, name: &Name) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Read(BOWER, name.as_str())).await?;
    let registered = call.services.packages.registered(&grant).await;
    let registered = registered.map_err(|error| absent(call, name, error))?;
    Ok(answer(call, &grant, &shown(&registered)))
}

/// The names that have all the words, of those that the caller may read.
pub(super) async fn found(call: &Call, words: &str) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Browse).await?;
    let found = call.services.packages.registered_like(&grant, words).await?;
    let found: Vec<Value> = found.iter().map(shown).collect();
    Ok(answer(call, &grant, &Value::Array(found)))
}

fn shown(registered: &Registered) -> Value {
    json!({ "name": registered.name, "url": registered.url })
}

/// Why a package could not be read or taken back.
pub(super) fn absent(call: &Call, name: &Name, error: Error) -> Refusal {
    match error {
        Error::NotFound("package") => {
            Refusal::Absent(format!("Feed {} has no package {name}.", call.feed))
        }
        error => error.into(),
    }
}
