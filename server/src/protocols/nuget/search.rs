//! What is searched for.

use axum::response::Response;
use registry::{
    Error, Grant,
    access::Wanted,
    packages::{Found, Marks, Query as Words},
};
use serde_json::{Value, json};

use super::{
    Call, NUGET,
    answer::{Refusal, warned},
    documents::catalogue,
    wire::{
        catalogue::Catalogue,
        id::Id,
        manifest::{FOR_ALL_CLIENTS, marks_of_type},
        query::Query,
    },
};
use crate::protocols::{conditional, rendered::Rendered};

/// Packages with their versions, by words.
pub(super) async fn search(call: &Call) -> Result<Response, Refusal> {
    let query = Query::parse(&call.query);
    let grant = call.authorize(Wanted::Browse).await?;
    let found = find(call, &grant, &query).await?;
    let mut results = Vec::new();
    for package in found.packages {
        if let Some(catalogue) = browse(call, &grant, &package.name).await? {
            results.extend(catalogue.result(&query, &call.api()));
        }
    }
    Ok(answer(call, &grant, &json!({ "totalHits": found.total, "data": results })))
}

/// Ids by words, or the versions of one id.
pub(super) async fn autocomplete(call: &Call) -> Result<Response, Refusal> {
    let query = Query::parse(&call.query);
    if let Some(id) = &query.id {
        return versions(call, &query, id).await;
    }
    let grant = call.authorize(Wanted::Browse).await?;
    let found = find(call, &grant, &query).await?;
    let names: Vec<String> = found.packages.into_iter().map(|package| package.name).collect();
    Ok(answer(call, &grant, &json!({ "totalHits": found.total, "data": names })))
}

async fn versions(call: &Call, query: &Query, id: &str) -> Result<Response, Refusal> {
    let Ok(id) = Id::parse(id) else {
        let grant = call.authorize(Wanted::Browse).await?;
        return Ok(answer(call, &grant, &json!({ "totalHits": 0, "data": [] })));
    };
    // Who may not read the package is told so.
    call.authorize(Wanted::Read(NUGET, id.as_str())).await?;
    let grant = call.authorize(Wanted::Browse).await?;
    let catalogue = browse(call, &grant, id.as_str()).await?;
    let shown = catalogue.iter().flat_map(|catalogue| catalogue.shown(query));
    let versions: Vec<String> = shown.map(|entry| entry.version.to_string()).collect();
    Ok(answer(call, &grant, &json!({ "totalHits": versions.len(), "data": versions })))
}

async fn find(call: &Call, grant: &Grant, query: &Query) -> Result<Found, Refusal> {
    let words = Words {
        text: &query.text,
        from: query.skip,
        size: query.take,
        only_released: !query.prerelease,
    };
    // What is left out is left out before results are counted and skipped.
    let (one, other) = query.package_type.as_deref().map(marks_of_type).unzip();
    let marks = Marks {
        always: (!query.semver2).then_some(FOR_ALL_CLIENTS),
        either: one.as_deref().zip(other.as_deref()),
    };
    Ok(call.services.packages.search_marked(grant, NUGET, words, marks).await?)
}

/// A package that was found, with its versions; `None` if it is gone by now.
pub(super) async fn browse(
    call: &Call,
    grant: &Grant,
    name: &str,
) -> Result<Option<Catalogue>, Refusal> {
    match call.services.packages.browsed(grant, NUGET, name).await {
        Ok(package) => Ok(Some(catalogue(name, &package)?)),
        Err(Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn answer(call: &Call, grant: &Grant, document: &Value) -> Response {
    let rendered = Rendered::plain(document.to_string());
    let response = conditional::document(&call.headers, grant, &rendered, "application/json");
    warned(response, grant)
}
