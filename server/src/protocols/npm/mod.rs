//! npm, pnpm and yarn, below `/F/{feed}/npm/`.
//!
//! | module | what it holds |
//! |---|---|
//! | [`wire`] | the formats its clients speak |
//! | [`login`] | signing in and out |
//! | [`account`] | tokens and the profile |
//! | [`answer`] | answers, and refusals in the channels its clients show |
//! | [`change`] | changes of what is there: deprecate, unpublish, dist-tags |
//! | [`packuments`] | packuments, kept ready to be sent |
//! | [`read`] | what is read |
//! | [`rights`] | which right a request asks for |
//! | [`search`] | searching |
//! | [`write`] | publishing |

mod account;
mod answer;
mod change;
mod login;
mod packuments;
mod read;
mod rights;
mod search;
mod wire;
mod write;

use std::{future::Future, sync::Arc};

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{HeaderMap, Method, StatusCode};
use model::{action::Action, denial::urls_only_read_sentence, names::FeedName};
use registry::{
    Origin, Services,
    access::{Credential, Wanted},
};
use url::form_urlencoded;

pub(crate) use self::answer::not_allowed;
use self::{
    answer::Refusal,
    packuments::Packuments,
    wire::path::{Command, Path, PathError},
};
use super::{credentials::credential, pre_authenticated};
use crate::web::{Access, Routes};

const READ: Access = Access::Feed(&[Action::Read]);
/// A new version, or a change of those that are there.
const WRITE: Access =
    Access::Feed(&[Action::PushNew, Action::PushVersion, Action::Unlist, Action::Delete]);
/// Whoever may do anything in the feed.
const PRESENCE: Access = Access::Feed(&Action::ALL);

/// Every route. Paths are understood once they are decoded, which the router does not do: what
/// reaches the last four may also be another spelling of one before.
const ROUTES: [(Method, &str, Access); 21] = [
    (Method::GET, "/F/{feed}/npm", PRESENCE),
    (Method::GET, "/F/{feed}/npm/", PRESENCE),
    (Method::GET, "/F/{feed}/npm/-/ping", PRESENCE),
    (Method::GET, "/F/{feed}/npm/-/whoami", Access::Credential),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/security/advisories/bulk", PRESENCE),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/security/audits", PRESENCE),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/security/audits/quick", PRESENCE),
    (Method::POST, "/F/{feed}/npm/-/v1/login", Access::AnyFeed),
    (Method::GET, "/F/{feed}/npm/-/v1/done/{code}", Access::AnyFeed),
    (Method::GET, "/F/{feed}/npm/-/user/{user}", Access::AnyFeed),
    (Method::PUT, "/F/{feed}/npm/-/user/{user}", Access::AnyFeed),
    (Method::DELETE, "/F/{feed}/npm/-/user/token/{token}", Access::AnyFeed),
    (Method::GET, "/F/{feed}/npm/-/npm/v1/tokens", Access::Credential),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/tokens", Access::Credential),
    (Method::DELETE, "/F/{feed}/npm/-/npm/v1/tokens/token/{token}", Access::Credential),
    (Method::GET, "/F/{feed}/npm/-/npm/v1/user", Access::Credential),
    (Method::POST, "/F/{feed}/npm/-/npm/v1/user", Access::Credential),
    (Method::GET, "/F/{feed}/npm/{*path}", READ),
    (Method::PUT, "/F/{feed}/npm/{*path}", WRITE),
    (Method::POST, "/F/{feed}/npm/{*path}", PRESENCE),
    (Method::DELETE, "/F/{feed}/npm/{*path}", PRESENCE),
];

/// The protocol, with what its answers share.
#[derive(Clone)]
pub(crate) struct Npm {
    packuments: Arc<Packuments>,
}

impl Npm {
    /// Nothing is kept ready yet.
    pub(crate) fn new() -> Self {
        Self { packuments: Arc::new(Packuments::new()) }
    }

    /// Declares the routes.
    pub(crate) fn routes(&self, routes: &mut Routes) {
        for (method, path, access) in ROUTES {
            let npm = self.clone();
            let handler = move |State(services), request| npm.answer(services, request);
            routes.route(method, path, access, handler);
        }
    }

    /// Answers a request.
    pub(crate) fn answer(
        &self,
        services: Arc<Services>,
        request: Request,
    ) -> impl Future<Output = Response> + Send + use<> {
        answer(services, Arc::clone(&self.packuments), request)
    }
}

/// Whether the table leads a request to [`Npm::answer`] by the route for reading packages. These are
/// nearly all requests there are, and finding that route among all others takes longer than what it
/// leads to.
pub(crate) fn reads_package(method: &Method, path: &str) -> bool {
    let rest = path.strip_prefix("/F/").and_then(|rest| rest.split_once("/npm/"));
    // What begins with a hyphen has routes of its own.
    let is_package = |(feed, rest): (&str, &str)| {
        !feed.is_empty() && !feed.contains('/') && !rest.is_empty() && !rest.starts_with('-')
    };
    *method == Method::GET && rest.is_some_and(is_package)
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
        prefix: pre_authenticated::prefix(&parts.extensions),
        query: parts.uri.query().unwrap_or_default().to_owned(),
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
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    // npm 6 has an archive deleted by its whole path, once more below the feed's. No package is `F`.
    let twice = rest.strip_prefix("F/").and_then(|rest| rest.split_once("/npm/"));
    let twice = twice.filter(|(again, _)| again.eq_ignore_ascii_case(feed));
    (feed, twice.map_or(rest, |(_, rest)| rest))
}

/// One request, on its way to an answer.
struct Call {
    services: Arc<Services>,
    packuments: Arc<Packuments>,
    /// As named in the request.
    feed: String,
    credential: Credential,
    origin: Option<Origin>,
    /// What stands between the feed and `/npm` in the address, with the token that it holds.
    prefix: String,
    /// What follows the question mark, as sent.
    query: String,
    method: Method,
    headers: HeaderMap,
}

impl Call {
    async fn answer(&self, path: Result<Path, PathError>, body: Body) -> Result<Response, Refusal> {
        if let Some(command) = self.command().and_then(Command::named) {
            self.authorize(Wanted::Presence).await?;
            return Err(Refusal::Wrong(StatusCode::BAD_REQUEST, self.instead_of(command)));
        }
        let is_read = matches!(self.method, Method::GET | Method::HEAD);
        match &path {
            Ok(Path::Package(name)) if is_read && !self.wants_to_write() => {
                read::packument(self, name).await
            }
            Ok(Path::Version(name, version)) if is_read => read::version(self, name, version).await,
            Ok(Path::Tarball { name, file }) if is_read => read::tarball(self, name, file).await,
            // Apart, so that what is asked for all the time need not make room for it.
            _ => Box::pin(self.answer_rarer(path, body)).await,
        }
    }

    /// Answers what does not just read a package.
    async fn answer_rarer(
        &self,
        path: Result<Path, PathError>,
        body: Body,
    ) -> Result<Response, Refusal> {
        match (&self.method, &path) {
            (&Method::GET | &Method::HEAD, Ok(Path::Package(name))) => {
                change::outlined(self, name).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Tags(name))) => change::tags(self, name).await,
            (&Method::GET | &Method::HEAD, Ok(Path::Search)) => search::search(self).await,
            (&Method::PUT, Ok(Path::PackageRevision(name, rev))) => {
                change::replace(self, name, rev, body).await
            }
            (&Method::DELETE, Ok(Path::PackageRevision(name, rev))) => {
                change::delete_package(self, name, rev).await
            }
            (&Method::DELETE, Ok(Path::TarballRevision { name, file, rev })) => {
                change::delete_archive(self, name, file, rev).await
            }
            (&Method::PUT, Ok(Path::Tag(name, tag))) => {
                change::set_tag(self, name, tag, body).await
            }
            (&Method::DELETE, Ok(Path::Tag(name, tag))) => {
                change::remove_tag(self, name, tag).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Root | Path::Ping)) => {
                read::presence(self).await
            }
            (&Method::GET | &Method::HEAD, Ok(Path::Whoami)) => read::whoami(self).await,
            (&Method::POST, Ok(Path::AdvisoriesBulk)) => read::advisories(self, body).await,
            (&Method::POST, Ok(Path::Audits | Path::AuditQuick)) => read::audit(self, body).await,
            (&Method::PUT, Ok(Path::Package(name))) => write::publish(self, name, body).await,
            // What is about accounts is no reading of packages, and some of it hands out tokens.
            (_, Ok(Path::Account(_))) if !self.prefix.is_empty() => {
                Err(Refusal::Wrong(StatusCode::FORBIDDEN, urls_only_read_sentence()))
            }
            (_, Ok(Path::Account(account))) => account::answer(self, account, body).await,
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
            Ok(Path::Unserved(command)) => {
                Refusal::Wrong(StatusCode::NOT_FOUND, self.instead_of(command))
            }
            Ok(Path::Unknown) => Refusal::Absent("There is nothing at this address.".to_owned()),
            Ok(Path::Package(_)) => Refusal::Method("GET, HEAD, PUT"),
            Ok(Path::AdvisoriesBulk | Path::Audits | Path::AuditQuick) => Refusal::Method("POST"),
            Ok(Path::PackageRevision(..) | Path::Tag(..)) => Refusal::Method("PUT, DELETE"),
            Ok(Path::TarballRevision { .. }) => Refusal::Method("DELETE"),
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
            Command::Owner | Command::Access => {
                format!(
                    "who may publish is decided by the members of the feed and by scopes of access tokens, see {here}/feeds/{}.",
                    self.feed
                )
            }
            Command::Star => "nobody counts stars here.".to_owned(),
            Command::Hook => "nothing is sent to other servers.".to_owned(),
        };
        format!("This server has no {}: {instead}", command.typed())
    }

    /// The feed's npm address, as it is published, or with the token it was asked by. Names of feeds are in lower case.
    fn base(&self) -> String {
        let feed = self.feed.to_ascii_lowercase();
        format!("{}/F/{feed}{}/npm", self.services.public_url(), self.prefix)
    }

    /// Whether a package is fetched in order to change it.
    fn wants_to_write(&self) -> bool {
        form_urlencoded::parse(self.query.as_bytes())
            .any(|(key, value)| key == "write" && value == "true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_is_that_of_packages_alone() {
        for (path, is_short) in [
            ("/F/main/npm/demo", true),
            ("/F/main/npm/@acme%2fdemo", true),
            ("/F/main/npm/demo/-/demo-1.0.0.tgz", true),
            ("/F/main/npm/F/side/npm/demo", true),
            ("/F/auth/npm/demo", true),
            ("/F/main/npm/", false),
            ("/F/main/npm", false),
            ("/F/main/npm/-/ping", false),
            ("/F/main/npm/-/v1/login", false),
            ("/F//npm/demo", false),
            ("/F/main/maven/npm/demo", false),
            ("/F/main/auth/lka_x/npm/demo", false),
            ("/f/main/npm/demo", false),
            ("/feeds/main/npm/demo", false),
        ] {
            assert_eq!(reads_package(&Method::GET, path), is_short, "{path}");
            for other in [Method::HEAD, Method::PUT, Method::POST, Method::DELETE] {
                assert!(!reads_package(&other, path));
            }
        }
    }

    #[test]
    fn paths_are_split_as_they_are_sent() {
        let long = format!("/F/{}/npm/demo", "\u{e9}".repeat(99));
        for (path, feed, rest) in [
            ("/F/main/npm", "main", ""),
            ("/F/main/npm/", "main", ""),
            ("/F/Main/npm/@acme%2Fdemo", "Main", "@acme%2Fdemo"),
            ("/F/main/npm//demo", "main", "/demo"),
            ("/F/m%61in/npm/npm/npm", "m%61in", "npm/npm"),
            ("/F/Main/npm/F/main/npm/a/-/a-1.tgz/-rev/1", "Main", "a/-/a-1.tgz/-rev/1"),
            ("/F/main/npm/F/side/npm/a", "main", "F/side/npm/a"),
            (&long, &"\u{e9}".repeat(32), "demo"),
        ] {
            assert_eq!(split(path), (feed, rest), "{path}");
        }
    }
}
