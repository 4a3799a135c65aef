//! npm, pnpm and yarn, below `/F/{feed}/npm/`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`wire`] | the formats its clients speak |
//! | [`answer`] | answers, and refusals in the channels its clients show |
//! | [`packuments`] | packuments, kept ready to be sent |
//! | [`read`] | what is read |
//! | [`write`] | publishing |

mod answer;
mod packuments;
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
use model::{action::Action, names::FeedName};
use registry::{
    Grant, Origin, Services,
    access::{AccessRequest, Credential, Wanted},
};

use self::{
    answer::Refusal,
    packuments::Packuments,
    wire::path::{Command, Path, PathError},
};
use super::credentials::credential;
use crate::web::{Access, InternalError, Routes};

const READ: Access = Access::Feed(&[Action::Read]);
const PUSH: Access = Access::Feed(&[Action::PushNew, Action::PushVersion]);
/// Whoever may do anything in the feed.
const PRESENCE: Access = Access::Feed(&Action::ALL);

/// Every route. Paths are understood once they are decoded, which the router does not do: what
/// reaches the last four may also be another spelling of one before.
const ROUTES: [(Method, &str, Access); 13] = [
    (Method::GET, "/F/{feed}/npm", PRESENCE),
    (Method::GET, "/F/{feed}/npm/", PRESENCE),
    (Method::GET, "/F/{feed}/npm/-/ping", PRESENCE),
    (Method::GET, "/F/{feed}/npm/-/whoami", Access::Credential),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/security/advisories/bulk", PRESENCE),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/security/audits", PRESENCE),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/security/audits/quick", PRESENCE),
    (Method::POST, "/F/{feed}/npm/-/v1/login", Access::AnyFeed),
    (Method::DELETE, "/F/{feed}/npm/-/user/token/{token}", Access::AnyFeed),
    (Method::GET, "/F/{feed}/npm/{*path}", READ),
    (Method::PUT, "/F/{feed}/npm/{*path}", PUSH),
    (Method::POST, "/F/{feed}/npm/{*path}", PRESENCE),
    (Method::DELETE, "/F/{feed}/npm/{*path}", PRESENCE),
];

/// Declares the routes.
pub(crate) fn routes(routes: &mut Routes) {
    let packuments = Arc::new(Packuments::new());
    for (method, path, access) in ROUTES {
        let packuments = Arc::clone(&packuments);
        let handler =
            move |State(services), request| answer(services, Arc::clone(&packuments), request);
        routes.route(method, path, access, handler);
    }
}

async fn answer(
    services: Arc<Services>,
    packuments: Arc<Packuments>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let (feed, path) = split(parts.uri.path());
    let is_write = !matches!(parts.method, Method::GET | Method::HEAD);
    let call = Call {
        services,
        packuments,
        feed: feed.to_owned(),
        credential: credential(&parts.headers, is_write),
        origin: parts.extensions.get().cloned(),
        method: parts.method,
        headers: parts.headers,
    };
    call.answer(Path::parse(path), body)
        .await
        .unwrap_or_else(|refusal| refusal.into_response(&call))
}

/// The feed that a path names, and what follows `/npm/`, both as sent. A name too long for a feed is
/// cut, and is still too long.
fn split(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix("/F/").unwrap_or_default();
    let (feed, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let rest = rest.strip_prefix("npm").unwrap_or_default();
    let feed = &feed[..feed.floor_char_boundary(FeedName::LONGEST + 1)];
    (feed, rest.strip_prefix('/').unwrap_or(rest))
}

/// One request, on its way to an answer.
struct Call {
    services: Arc<Services>,
    packuments: Arc<Packuments>,
    /// As named in the request.
    feed: String,
    credential: Credential,
    origin: Option<Origin>,
    method: Method,
    headers: HeaderMap,
}

impl Call {
    async fn answer(&self, path: Result<Path, PathError>, body: Body) -> Result<Response, Refusal> {
        match (&self.method, &path) {
            (&Method::GET | &Method::HEAD, Ok(Path::Package(name))) => {
                read::packument(self, name).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Version(name, version))) => {
                read::version(self, name, version).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Tarball { name, file })) => {
                read::tarball(self, name, file).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Root | Path::Ping)) => {
                read::presence(self).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Whoami)) => read::whoami(self).await,
            (&Method::POST, Ok(Path::AdvisoriesBulk)) => read::advisories(self, body).await,
            (&Method::POST, Ok(Path::Audits | Path::AuditQuick)) => read::audit(self, body).await,
            (&Method::PUT, Ok(Path::Package(name))) => write::publish(self, name, body).await,
            // Who wants to sign in has no credential yet; the answer is the same whatever the feed.
            (_, Ok(Path::Unserved(Command::Login))) => Err(self.nothing_at(path)),
            // Whatever the token is. Its value is in the path, which npm prints with any refusal.
            (&Method::DELETE, Ok(Path::Logout)) => Ok(answer::noticed(&format!(
                "npm logout revoked nothing: this token was not made by npm login. Revoke it at \
                 {}/profile/tokens.",
                self.services.public_url()
            ))),
            _ => {
                self.authorize(Wanted::Presence).await?;
                Err(self.nothing_at(path))
            }
        }
    }

    /// Why there is nothing at a path, or nothing for the method.
    fn nothing_at(&self, path: Result<Path, PathError>) -> Refusal {
        let is_read = matches!(self.method, Method::GET | Method::HEAD);
        match path {
            // npm takes 404 for done.
            Ok(Path::Unserved(Command::Unpublish)) => {
                Refusal::Wrong(StatusCode::BAD_REQUEST, self.instead_of(Command::Unpublish))
            }
            Ok(Path::Unserved(command)) => {
                Refusal::Wrong(StatusCode::NOT_FOUND, self.instead_of(command))
            }
            Ok(Path::Unknown) => Refusal::Absent("There is nothing at this address.".to_owned()),
            Ok(Path::Package(_)) => Refusal::Method("GET, HEAD, PUT"),
            Ok(Path::AdvisoriesBulk | Path::Audits | Path::AuditQuick) => Refusal::Method("POST"),
            Ok(Path::Logout) => Refusal::Method("DELETE"),
            Ok(_) => Refusal::Method("GET, HEAD"),
            // A package that cannot exist does not; who publishes one has to be told why.
            Err(PathError::Name(error)) if is_read => Refusal::Absent(error.to_string()),
            Err(error) => Refusal::Wrong(StatusCode::BAD_REQUEST, error.to_string()),
        }
    }

    /// What to do instead of a command that this server does not serve.
    fn instead_of(&self, command: Command) -> String {
        let here = self.services.public_url();
        let instead = match command {
            Command::Login => {
                format!(
                    "create an access token at {here}/profile/tokens/new and put it into .npmrc."
                )
            }
            Command::Token => format!("access tokens are at {here}/profile/tokens."),
            Command::Profile => format!("your account is at {here}/profile/security."),
            Command::Search => {
                format!("the packages of a feed are listed at {here}/feeds/{}.", self.feed)
            }
            Command::DistTag => "a version gets its tags by npm publish --tag.".to_owned(),
            Command::Unpublish => "published versions stay.".to_owned(),
        };
        format!("This server has no {}: {instead}", command.typed())
    }

    /// The feed's npm address, as it is published. Names of feeds are in lower case.
    fn base(&self) -> String {
        format!("{}/F/{}/npm", self.services.public_url(), self.feed.to_ascii_lowercase())
    }

    async fn authorize(&self, wanted: Wanted<'_>) -> Result<Grant, Refusal> {
        let origin = self.origin.as_ref().ok_or_else(|| InternalError::from("no origin"))?;
        let request = AccessRequest { feed: &self.feed, wanted, origin };
        Ok(self.services.access.authorize(&self.credential, request).await?)
    }

    /// Whether npm only looks before it publishes. It disregards how that ends: what matters comes
    /// with the answer to the publish itself.
    fn looks_before_publishing(&self) -> bool {
        let command = self.headers.get("npm-command");
        self.method == Method::GET && command.is_some_and(|command| command == "publish")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split_as_they_are_sent() {
        let long = format!("/F/{}/npm/demo", "\u{e9}".repeat(99));
        for (path, feed, rest) in [
            ("/F/main/npm", "main", ""),
            ("/F/main/npm/", "main", ""),
            ("/F/Main/npm/@acme%2Fdemo", "Main", "@acme%2Fdemo"),
            ("/F/main/npm//demo", "main", "/demo"),
            ("/F/m%61in/npm/npm/npm", "m%61in", "npm/npm"),
            (&long, &"\u{e9}".repeat(32), "demo"),
        ] {
            assert_eq!(split(path), (feed, rest), "{path}");
        }
    }
}
