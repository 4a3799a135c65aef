//! The audit log as a file to download, with the filters of its page.

use std::{error::Error, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    response::{IntoResponse as _, Response},
};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderValue, Method, header, request::Parts};
use model::listing::AuditQuery;
use registry::{
    Caller, Services,
    audit::{Export, Reader},
};

use super::{
    internal_error::InternalError,
    local_path::LocalPath,
    routes::{Access, Routes},
    state::ServerState,
};
use crate::audit_export::Format;

/// Declares the files.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::GET, "/audit/export.csv", Access::SignedIn, csv);
    routes.route(Method::GET, "/audit/export.jsonl", Access::SignedIn, jsonl);
}

async fn csv(State(state): State<ServerState>, request: Request) -> Response {
    export(Format::Csv, state, &request.into_parts().0).await
}

async fn jsonl(State(state): State<ServerState>, request: Request) -> Response {
    export(Format::Jsonl, state, &request.into_parts().0).await
}

async fn export(format: Format, state: ServerState, asked: &Parts) -> Response {
    let pairs = url::form_urlencoded::parse(asked.uri.query().unwrap_or_default().as_bytes());
    let query = AuditQuery::from_pairs(pairs.map(|(name, value)| (name, value.into_owned())));
    let Some(caller) = asked.extensions.get::<Caller>() else {
        let page = LocalPath::parse(&format!("/audit{}", query.link()));
        let page = page.unwrap_or_else(|| LocalPath::known("/audit"));
        return LocalPath::sign_in(&page).redirect();
    };
    let services = state.services;
    let reader = Reader::Person(caller.clone());
    let begun = match services.audit.export(&reader, &query).await {
        Ok(begun) => begun,
        Err(error) => return InternalError::from(error).into_response(),
    };
    let name = format!("latchkey-audit-{}.{}", services.now().iso_date(), format.extension());
    let mut response = Response::new(Body::from_stream(pieces(services, begun, format)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    if let Ok(disposition) = HeaderValue::try_from(format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    response
}

/// The file, read as it is sent. Should reading fail in the middle, the answer ends unfinished, which
/// clients notice.
fn pieces(
    services: Arc<Services>,
    begun: Export,
    format: Format,
) -> impl Stream<Item = Result<Bytes, Box<dyn Error + Send + Sync>>> {
    let rows = stream::try_unfold(begun, move |mut export| {
        let services = Arc::clone(&services);
        async move {
            let acts = services.audit.next_of(&mut export).await?;
            if acts.is_empty() {
                return Ok(None);
            }
            Ok::<_, InternalError>(Some((Bytes::from(format.lines(&acts)?), export)))
        }
    });
    let rows = rows.map_err(|error| {
        tracing::error!(%error, "an export broke off");
        "an export broke off".into()
    });
    stream::once(async move { Ok(Bytes::from(format.head())) }).chain(rows)
}
