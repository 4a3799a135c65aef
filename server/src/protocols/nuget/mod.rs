//! NuGet: nuget.exe, dotnet, Visual Studio and Paket, below `/F/{feed}/api/`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`wire`] | the formats its clients speak |
//! | [`answer`] | answers, and refusals in the channels its clients show |
//! | [`documents`] | documents about packages, kept ready to be sent |
//! | [`legacy`] | what clients older than NuGet 3 read |
//! | [`listing`] | which versions they ask for |
//! | [`read`] | what is read |
//! | [`search`] | what is searched for |
//! | [`write`] | publishing, unlisting and listing again |
//! | [`upload`] | a package on its way in |

mod answer;
mod documents;
mod legacy;
mod listing;
mod read;
mod search;
mod upload;
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

pub(crate) use self::answer::not_allowed;
use self::{
    answer::Refusal,
    documents::Documents,
    wire::{
        id::IdError,
        path::{File, Path},
    },
};
use super::{credentials::credential, pre_authenticated};
use crate::web::{Access, InternalError, Routes};

const READ: Access = Access::Feed(&[Action::Read]);
const PUSH: Access = Access::Feed(&[Action::PushNew, Action::PushVersion]);
/// Whoever may do anything in the feed.
const PRESENCE: Access = Access::Feed(&Action::ALL);
const UNLIST: Access = Access::Feed(&[Action::Unlist]);

/// Every route. Clients put a slash behind the addresses they push to; where the address of the older
/// protocol is the source, nuget.exe pushes to that very address.
const ROUTES: [(Method, &str, Access); 14] = [
    (Method::GET, "/F/{feed}/api/v3/index.json", Access::AnyFeed),
    (Method::GET, "/F/{feed}/api/v3/{*path}", READ),
    (Method::GET, "/F/{feed}/api/v2", PRESENCE),
    (Method::GET, "/F/{feed}/api/v2/", PRESENCE),
    (Method::GET, "/F/{feed}/api/v2/{*path}", READ),
    (Method::GET, "/F/{feed}/api/v2/package/{id}/{version}", READ),
    (Method::PUT, "/F/{feed}/api/v2", PUSH),
    (Method::PUT, "/F/{feed}/api/v2/", PUSH),
    (Method::PUT, "/F/{feed}/api/v2/package", PUSH),
    (Method::PUT, "/F/{feed}/api/v2/package/", PUSH),
    (Method::PUT, "/F/{feed}/api/v2/symbolpackage", PUSH),
    (Method::PUT, "/F/{feed}/api/v2/symbolpackage/", PUSH),
    (Method::DELETE, "/F/{feed}/api/v2/package/{id}/{version}", UNLIST),
    (Method::POST, "/F/{feed}/api/v2/package/{id}/{version}", UNLIST),
];

/// Declares the routes.
pub(crate) fn routes(routes: &mut Routes) {
    let documents = Arc::new(Documents::new());
    for (method, path, access) in ROUTES {
        let documents = Arc::clone(&documents);
        let handler =
            move |State(services), request| answer(services, Arc::clone(&documents), request);
        routes.route(method, path, access, handler);
    }
}

async fn answer(services: Arc<Services>, documents: Arc<Documents>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (feed, path) = split(parts.uri.path());
    let is_write = !matches!(parts.method, Method::GET | Method::HEAD);
    let call = Call {
        services,
        documents,
        feed: feed.to_owned(),
        credential: credential(&parts.headers, is_write),
        origin: parts.extensions.get().cloned(),
        prefix: pre_authenticated::prefix(&parts.extensions),
        method: parts.method,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
    };
    Box::pin(call.answer(Path::parse(path), body))
        .await
        .unwrap_or_else(|refusal| refusal.into_response(&call))
}

/// The feed that a path names, and what follows `/api/`, both as sent. A name too long for a feed is
/// cut, and is still too long.
fn split(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix("/F/").unwrap_or_default();
    let (feed, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let feed = &feed[..feed.floor_char_boundary(FeedName::LONGEST + 1)];
    (feed, rest.strip_prefix("api/").unwrap_or_default())
}

/// One request, on its way to an answer.
struct Call {
    services: Arc<Services>,
    documents: Arc<Documents>,
    /// As named in the request.
    feed: String,
    credential: Credential,
    origin: Option<Origin>,
    /// What stands between the feed and `/api` in the address, with the token that it holds.
    prefix: String,
    method: Method,
    query: String,
    headers: HeaderMap,
}

impl Call {
    async fn answer(&self, path: Result<Path, IdError>, body: Body) -> Result<Response, Refusal> {
        match (&self.method, path) {
            (&Method::GET | &Method::HEAD, Ok(Path::Index)) => Ok(read::where_what_is(self)),
            (&Method::GET | &Method::HEAD, Ok(Path::Versions(id))) => {
                read::versions(self, &id).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Registration(hive, id, document))) => {
                Box::pin(read::registration(self, hive, &id, document)).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::File(id, version, file))) => {
                read::file(self, &id, &version, file).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Search)) => search::search(self).await,
            (&Method::GET | &Method::HEAD, Ok(Path::Vulnerabilities(page))) => {
                read::vulnerabilities(self, page).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Autocomplete)) => {
                search::autocomplete(self).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Version(id, version))) => {
                read::file(self, &id, &version, File::Package).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Legacy(path))) => {
                legacy::answer(self, &path).await
            }
            (&Method::PUT, Ok(Path::Packages)) => write::push(self, body).await,
            (&Method::PUT, Ok(Path::Legacy(rest))) if matches!(rest.as_str(), "" | "/") => {
                write::push(self, body).await
            }
            (&Method::PUT, Ok(Path::Symbols)) => write::push_symbols(self, body).await,
            (&Method::DELETE, Ok(Path::Version(id, version))) => {
                write::set_listed(self, &id, &version, false).await
            }
            (&Method::POST, Ok(Path::Version(id, version))) => {
                write::set_listed(self, &id, &version, true).await
            }
            (_, path) => {
                self.authorize(Wanted::Presence).await?;
                Err(Refusal::Absent(match path {
                    Err(error) => error.to_string(),
                    Ok(_) => "There is nothing at this address.".to_owned(),
                }))
            }
        }
    }

    /// The feed's address with `/api`, as it is published, or with the token it was asked by. Names of feeds are in lower case.
    fn api(&self) -> String {
        let feed = self.feed.to_ascii_lowercase();
        format!("{}/F/{feed}{}/api", self.services.public_url(), self.prefix)
    }

    async fn authorize(&self, wanted: Wanted<'_>) -> Result<Grant, Refusal> {
        let request = self.request(wanted)?;
        Ok(self.services.access.authorize(&self.credential, request).await?)
    }

    /// Refuses whoever has no part in the feed. Only a refusal is noted: whoever is let in is asked
    /// once more for what they want.
    async fn admit(&self) -> Result<(), Refusal> {
        let request = self.request(Wanted::Presence)?;
        if self.services.access.refusal(&self.credential, request).await?.is_some() {
            self.authorize(Wanted::Presence).await?;
        }
        Ok(())
    }

    fn request<'a>(&'a self, wanted: Wanted<'a>) -> Result<AccessRequest<'a>, Refusal> {
        let origin = self.origin.as_ref().ok_or_else(|| InternalError::from("no origin"))?;
        Ok(AccessRequest { feed: &self.feed, wanted, origin })
    }
}

const NUGET: Ecosystem = Ecosystem::Nuget;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_as_they_are_sent() {
        let long = format!("/F/{}/api/v3/query", "\u{e9}".repeat(99));
        for (path, feed, rest) in [
            ("/F/main/api/v3/index.json", "main", "v3/index.json"),
            ("/F/Main/api/v2/package/", "Main", "v2/package/"),
            ("/F/m%61in/api/v3/a%2Fb", "m%61in", "v3/a%2Fb"),
            ("/F/main/npm/demo", "main", ""),
            (&long, &"\u{e9}".repeat(32), "v3/query"),
        ] {
            assert_eq!(split(path), (feed, rest), "{path}");
        }
    }
}
