//! Maven, Gradle and sbt, below `/F/{feed}/maven/`: the Maven 2 layout.
//!
//! | module | what it holds |
//! |---|---|
//! | [`wire`] | the layout and its documents |
//! | [`answer`] | answers, and refusals where its clients show them |
//! | [`lists`] | `maven-metadata.xml` |
//! | [`read`] | files and their checksums |
//! | [`write`] | files and checksums on their way in |

mod answer;
mod lists;
mod read;
mod wire;
mod write;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, Method};
use model::{action::Action, ecosystem::Ecosystem, names::FeedName};
use registry::{
    Grant, Origin, Services,
    access::{AccessRequest, Credential, Wanted},
};

use self::{
    answer::Refusal,
    wire::path::{Path, PathError},
};
use super::credentials::credential;
use crate::web::{Access, InternalError, Routes};

/// Reading; who may publish reads the lists of what is published to.
const READ: Access = Access::Feed(&[Action::Read, Action::PushNew, Action::PushVersion]);
const PUSH: Access = Access::Feed(&[Action::PushNew, Action::PushVersion]);
/// Whoever may do anything in the feed.
const PRESENCE: Access = Access::Feed(&Action::ALL);

const ROUTES: [(Method, &str, Access); 4] = [
    (Method::GET, "/F/{feed}/maven", PRESENCE),
    (Method::GET, "/F/{feed}/maven/", PRESENCE),
    (Method::GET, "/F/{feed}/maven/{*path}", READ),
    (Method::PUT, "/F/{feed}/maven/{*path}", PUSH),
];

const MAVEN: Ecosystem = Ecosystem::Maven;

/// Declares the routes.
pub(crate) fn routes(routes: &mut Routes) {
    for (method, path, access) in ROUTES {
        let handler = move |State(services), request| answer(services, request);
        routes.route(method, path, access, handler);
    }
}

async fn answer(services: Arc<Services>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (feed, path) = split(parts.uri.path());
    let call = Call {
        services,
        feed: feed.to_owned(),
        credential: credential(&parts.headers, parts.method == Method::PUT),
        origin: parts.extensions.get().cloned(),
        method: parts.method,
        headers: parts.headers,
    };
    Box::pin(call.answer(Path::parse(path), body))
        .await
        .unwrap_or_else(|refusal| refusal.into_response(&call))
}

/// The feed that a path names, and what follows `/maven/`, both as sent. A name too long for a feed is
/// cut, and is still too long.
fn split(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix("/F/").unwrap_or_default();
    let (feed, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let feed = &feed[..feed.floor_char_boundary(FeedName::LONGEST + 1)];
    (feed, rest.strip_prefix("maven/").unwrap_or_default())
}

/// One request, on its way to an answer.
struct Call {
    services: Arc<Services>,
    /// As named in the request.
    feed: String,
    credential: Credential,
    origin: Option<Origin>,
    method: Method,
    headers: HeaderMap,
}

impl Call {
    async fn answer(&self, path: Result<Path, PathError>, body: Body) -> Result<Response, Refusal> {
        let is_read = self.method != Method::PUT;
        match path {
            Ok(Path::File(file, None)) if is_read => read::file(self, &file).await,
            Ok(Path::File(file, Some(kind))) if is_read => read::checksum(self, &file, kind).await,
            Ok(Path::File(file, None)) => write::file(self, &file, body).await,
            Ok(Path::File(file, Some(kind))) => write::checksum(self, &file, kind, body).await,
            Ok(Path::List(place, kind)) if is_read => lists::read(self, &place, kind).await,
            Ok(Path::List(place, kind)) => lists::write(self, &place, kind, body).await,
            Err(error) if is_read => {
                self.authorize(Wanted::Presence).await?;
                Err(Refusal::Absent(error.to_string()))
            }
            Err(error) => {
                self.authorize(Wanted::Upload(MAVEN)).await?;
                Err(Refusal::malformed(&error))
            }
        }
    }

    async fn authorize(&self, wanted: Wanted<'_>) -> Result<Grant, Refusal> {
        Ok(self.services.access.authorize(&self.credential, self.request(wanted)?).await?)
    }

    /// Whether the caller may, without a trace.
    async fn may(&self, wanted: Wanted<'_>) -> Result<bool, Refusal> {
        let refusal = self.services.access.refusal(&self.credential, self.request(wanted)?).await?;
        Ok(refusal.is_none())
    }

    fn request<'a>(&'a self, wanted: Wanted<'a>) -> Result<AccessRequest<'a>, Refusal> {
        let origin = self.origin.as_ref().ok_or_else(|| InternalError::from("no origin"))?;
        Ok(AccessRequest { feed: &self.feed, wanted, origin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_as_they_are_sent() {
        for (path, feed, rest) in [
            ("/F/main/maven/org/acme/x", "main", "org/acme/x"),
            ("/F/Main/maven/", "Main", ""),
            ("/F/m%61in/maven/a%2Fb", "m%61in", "a%2Fb"),
            ("/F/main/maven", "main", ""),
        ] {
            assert_eq!(split(path), (feed, rest), "{path}");
        }
    }
}
