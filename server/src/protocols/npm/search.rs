//! `npm search`.

use axum::response::Response;
use http::StatusCode;
use model::{ecosystem::Ecosystem, links};
use registry::{
    access::Wanted,
    packages::{FoundPackage, Query},
};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{
    Call,
    answer::{Refusal, json, warned},
    wire::rfc3339::Rfc3339,
};

/// How many packages npm's clients expect if they do not say.
const USUAL: usize = 20;

/// Packages whose name or description has every word of `text`, of those that the caller may read.
/// `quality`, `popularity` and `maintenance` are not weighed: a feed's packages are not compared.
pub(super) async fn search(call: &Call) -> Result<Response, Refusal> {
    let grant = call.authorize(Wanted::Browse).await?;
    let parameter = |name: &str| {
        let mut pairs = form_urlencoded::parse(call.query.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    };
    let number = |name: &str| parameter(name).and_then(|text| text.parse::<usize>().ok());
    let text = parameter("text").unwrap_or_default();
    let query = Query {
        text: &text,
        from: number("from").unwrap_or(0),
        size: number("size").unwrap_or(USUAL),
        only_released: false,
    };
    let found = call.services.packages.search(&grant, Ecosystem::Npm, query).await?;
    let objects: Vec<Value> =
        found.packages.iter().map(|package| json!({ "package": shown(call, package) })).collect();
    let document = json!({ "objects": objects, "total": found.total });
    Ok(warned(json(StatusCode::OK, &document), &grant))
}

fn shown(call: &Call, package: &FoundPackage) -> Value {
    let name = &package.name;
    let scope = name.strip_prefix('@').and_then(|scoped| scoped.split_once('/'));
    let feed = call.feed.to_ascii_lowercase();
    let page = links::package(&feed, Ecosystem::Npm, name);
    let mut shown = json!({
        "name": name,
        "scope": scope.map_or("unscoped", |(scope, _)| scope),
        "version": package.version,
        "description": package.description,
        "keywords": [],
        "date": Rfc3339(package.published_at.as_millis()).to_string(),
        "links": { "npm": format!("{}{page}", call.services.public_url()) },
        // Clients expect the field; who may publish is a matter of the feed.
        "maintainers": [],
    });
    if let Some(publisher) = &package.published_by {
        shown["publisher"] = json!({ "username": publisher });
    }
    shown
}
