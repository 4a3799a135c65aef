//! Bower, below `/F/{feed}/bower/`: names that lead to the addresses of Git repositories and archives.
//!
//! | module | what it holds |
//! |---|---|
//! | [`answer`] | answers, and refusals as Bower shows them |
//! | [`read`] | what is looked up, searched and listed |
//! | [`wire`] | names, addresses and the forms that clients send |
//! | [`write`] | registering and taking back |

mod answer;
mod read;
mod wire;
mod write;

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, Method, StatusCode};
use model::{action::Action, ecosystem::Ecosystem, names::FeedName};
use registry::{
    Denial, Grant, Origin, Services,
    access::{AccessRequest, Credential, Wanted},
};

use self::{
    answer::Refusal,
    wire::path::{Path, split},
};
use super::credentials::credential;
use crate::web::{Access, InternalError, Routes};

const READ: Access = Access::Feed(&[Action::Read]);
const REGISTER: Access = Access::Feed(&[Action::PushNew, Action::PushVersion]);
/// Whoever may delete, or registered the name and may publish.
const UNREGISTER: Access = Access::Feed(&[Action::PushNew, Action::PushVersion, Action::Delete]);

const ROUTES: [(Method, &str, Access); 5] = [
    (Method::GET, "/F/{feed}/bower/packages", READ),
    (Method::POST, "/F/{feed}/bower/packages", REGISTER),
    (Method::GET, "/F/{feed}/bower/packages/{name}", READ),
    (Method::DELETE, "/F/{feed}/bower/packages/{name}", UNREGISTER),
    (Method::GET, "/F/{feed}/bower/packages/search/{words}", READ),
];

/// Declares the routes.
pub(crate) fn routes(routes: &mut Routes) {
    for (method, path, access) in ROUTES {
        routes.route(method, path, access, answer);
    }
}

async fn answer(State(services): State<Arc<Services>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let (feed, path) = split(parts.uri.path());
    let query = parts.uri.query().unwrap_or_default();
    let is_write = !matches!(parts.method, Method::GET | Method::HEAD);
    let mut credential = credential(&parts.headers, is_write);
    // What `bower login` keeps comes along with everything, and is meant for this alone.
    if parts.method == Method::DELETE && matches!(credential, Credential::Anonymous) {
        credential = wire::form::access_token(query).map_or(credential, Credential::Token);
    }
    let call = Call {
        services,
        feed: feed[..feed.floor_char_boundary(FeedName::LONGEST + 1)].to_owned(),
        credential,
        origin: parts.extensions.get().cloned(),
        method: parts.method,
        headers: parts.headers,
    };
    call.answer(Path::parse(path), body)
        .await
        .unwrap_or_else(|refusal| refusal.into_response(&call))
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
    async fn answer(&self, path: Path, body: Body) -> Result<Response, Refusal> {
        match (&self.method, path) {
            (&Method::GET | &Method::HEAD, Path::Packages) => read::found(self, "").await,
            (&Method::GET | &Method::HEAD, Path::Search(words)) => read::found(self, &words).await,
            (&Method::GET | &Method::HEAD, Path::Package(Ok(name))) => {
                read::package(self, &name).await
            }
            (&Method::POST, Path::Packages) => write::register(self, body).await,
            (&Method::DELETE, Path::Package(Ok(name))) => write::unregister(self, &name).await,
            (_, path) => {
                self.authorize(Wanted::Presence).await?;
                Err(match path {
                    // A package that cannot exist does not.
                    Path::Package(Err(error)) => Refusal::Absent(error.to_string()),
                    _ => Refusal::Wrong(
                        StatusCode::METHOD_NOT_ALLOWED,
                        format!("{} means nothing here.", self.method),
                    ),
                })
            }
        }
    }

    async fn authorize(&self, wanted: Wanted<'_>) -> Result<Grant, Refusal> {
        let request = self.access_request(wanted)?;
        Ok(self.services.access.authorize(&self.credential, request).await?)
    }

    /// The refusal that a request would meet, without a trace of having asked.
    async fn refusal(&self, wanted: Wanted<'_>) -> Result<Option<Denial>, Refusal> {
        let request = self.access_request(wanted)?;
        Ok(self.services.access.refusal(&self.credential, request).await?)
    }

    fn access_request<'a>(&'a self, wanted: Wanted<'a>) -> Result<AccessRequest<'a>, Refusal> {
        let origin = self.origin.as_ref().ok_or_else(|| InternalError::from("no origin"))?;
        Ok(AccessRequest { feed: &self.feed, wanted, origin })
    }
}

const BOWER: Ecosystem = Ecosystem::Bower;
