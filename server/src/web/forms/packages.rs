//! The forms of a package's page: unlisting, deprecating, tagging, and deleting.

use app::server_fns::packages::ALL_VERSIONS;
use axum::{extract::Path, response::Response};
use http::Method;
use model::{action::Action, ecosystem::Ecosystem, links};
use registry::{
    Caller, Error, Grant,
    access::{AccessRequest, Credential, Wanted},
};

use super::posted::{Posted, Refused};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// What the addresses of all acts begin with.
const VERSION: &str = "/feeds/{feed}/{ecosystem}/{name}/{version}";

/// Declares the forms. The addresses of acts lead to the version's page when they are opened; the
/// one of deleting is a page itself.
pub(super) fn routes(routes: &mut Routes) {
    const CHANGE: Access = Access::Feed(&[Action::Unlist]);
    let mut declare = |act: &str, handler: Act| {
        let path = format!("{VERSION}/{act}");
        let handle =
            move |Path(parts): Path<[String; 4]>, posted: Posted| change(parts, posted, handler);
        routes.route(Method::POST, &path, CHANGE, handle);
        routes.route(Method::GET, &path, Access::Anyone, opened);
    };
    declare("unlist", Act::List(false));
    declare("list", Act::List(true));
    declare("deprecate", Act::Deprecate);
    declare("tag", Act::Tag);
    declare("untag", Act::Untag);
    let path = format!("{VERSION}/delete");
    routes.route(Method::POST, &path, Access::Feed(&[Action::Delete]), delete);
}

/// What can be taken back.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Lists the version, or unlists it.
    List(bool),
    /// Says why not to use versions, or takes that back.
    Deprecate,
    /// Points a tag to the version.
    Tag,
    /// Removes a tag.
    Untag,
}

/// The version that an address names.
struct Place {
    feed: String,
    ecosystem: Ecosystem,
    name: String,
    version: String,
}

impl Place {
    /// Reads the parts of an address; `None` where its kind of package is none.
    fn of([feed, ecosystem, name, version]: [String; 4]) -> Option<Self> {
        Some(Self { feed, ecosystem: ecosystem.parse().ok()?, name, version })
    }

    fn page(&self) -> LocalPath {
        self.page_of(&self.version, "")
    }

    fn page_of(&self, version: &str, query: &str) -> LocalPath {
        let link = links::version(&self.feed, self.ecosystem, &self.name, version);
        local(&format!("{link}{query}"))
    }

    /// Leave to do it, for a person with a session. Who may read is told what is missing.
    async fn authorize(
        &self,
        posted: &Posted,
        caller: &Caller,
        action: Action,
    ) -> Result<Grant, Error> {
        let wanted = match action {
            Action::Delete => Wanted::Delete(self.ecosystem, &self.name),
            _ => Wanted::Unlist(self.ecosystem, &self.name),
        };
        let access = &posted.services().access;
        let credential = Credential::Session(caller.clone());
        let request = AccessRequest { feed: &self.feed, wanted, origin: &posted.origin };
        let refused = match access.authorize(&credential, request).await {
            Err(error @ Error::Denied(_)) => error,
            other => return other,
        };
        let read = Wanted::Read(self.ecosystem, &self.name);
        match access.authorize(&credential, AccessRequest { wanted: read, ..request }).await {
            Ok(_) => {
                Err(Error::Forbidden("Only owners of the feed change and delete its packages."))
            }
            Err(_) => Err(refused),
        }
    }
}

/// An address that is made of encoded parts.
fn local(path: &str) -> LocalPath {
    LocalPath::parse(path).unwrap_or_else(|| LocalPath::known("/feeds"))
}

/// The address of an act, opened as if it were a page.
async fn opened(Path(parts): Path<[String; 4]>) -> Response {
    Place::of(parts).map_or_else(|| LocalPath::known("/feeds"), |place| place.page()).redirect()
}

async fn change(parts: [String; 4], posted: Posted, act: Act) -> Response {
    let Some(place) = Place::of(parts) else { return LocalPath::known("/feeds").redirect() };
    let page = place.page();
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let done = match place.authorize(&posted, caller, Action::Unlist).await {
        Ok(grant) => act.perform(&posted, &grant, &place).await,
        Err(error) => Err(Refused::Form(error)),
    };
    match done {
        Ok(next) => next.redirect(),
        Err(refused) => posted.again(&page, &["reason", "which", "tag"], refused).await,
    }
}

impl Act {
    /// Does it, and gives the page that says so.
    async fn perform(
        self,
        posted: &Posted,
        grant: &Grant,
        place: &Place,
    ) -> Result<LocalPath, Refused> {
        let packages = &posted.services().packages;
        let tag = posted.text("tag").trim();
        let done = match self {
            Self::List(is_listed) => {
                packages
                    .set_listed(grant, &place.version, is_listed)
                    .await
                    .map_err(Refused::Form)?;
                if is_listed { "?done=listed" } else { "?done=unlisted" }.to_owned()
            }
            Self::Deprecate => return deprecate(posted, grant, place).await,
            Self::Tag => {
                packages.set_tag(grant, tag, &place.version).await.map_err(at("tag"))?;
                format!("?done=tagged&tag={}", links::segment(tag))
            }
            Self::Untag => {
                match packages.remove_tag(grant, tag).await {
                    // Somebody else was faster.
                    Ok(()) | Err(Error::NotFound("tag")) => {}
                    Err(error) => return Err(at("tag")(error)),
                }
                format!("?done=untagged&tag={}", links::segment(tag))
            }
        };
        Ok(place.page_of(&place.version, &done))
    }
}

/// Says why not to use the chosen versions; an empty reason takes back what was said.
async fn deprecate(posted: &Posted, grant: &Grant, place: &Place) -> Result<LocalPath, Refused> {
    let packages = &posted.services().packages;
    let all;
    let versions: Vec<&str> = match posted.text("which") {
        "all" => {
            all = packages.outline(grant).await.map_err(Refused::Form)?;
            all.versions.iter().map(|known| known.version.as_str()).collect()
        }
        "chosen" => {
            let chosen = posted.fields().iter().filter(|(name, _)| name == "version");
            chosen.map(|(_, version)| version.as_str()).collect()
        }
        _ => vec![place.version.as_str()],
    };
    let Some(first) = versions.first() else {
        return Err(Refused::Fields(vec![("which", "Choose at least one version.".to_owned())]));
    };
    let shown = if versions.contains(&place.version.as_str()) { &place.version } else { *first };
    let reason = Some(posted.text("reason").trim()).filter(|reason| !reason.is_empty());
    packages.deprecate(grant, &versions, reason).await.map_err(at("reason"))?;
    let done = if reason.is_some() { "?done=deprecated" } else { "?done=undeprecated" };
    Ok(place.page_of(shown, done))
}

/// What is wrong with what was typed is said at its field.
fn at(field: &'static str) -> impl Fn(Error) -> Refused {
    move |error| match error {
        Error::Invalid(_) => Refused::Field(field, error),
        error => Refused::Form(error),
    }
}

async fn delete(Path(parts): Path<[String; 4]>, posted: Posted) -> Response {
    let Some(place) = Place::of(parts) else { return LocalPath::known("/feeds").redirect() };
    let question = local(&format!("{}/delete", place.page().as_str()));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&question).redirect() };
    match try_delete(&posted, caller, &place).await {
        Ok(next) => next.redirect(),
        Err(Refused::Form(Error::Unconfirmed)) => LocalPath::confirm(&question).redirect(),
        Err(refused) => posted.again(&question, &["phrase"], refused).await,
    }
}

/// Deletes what was typed, for somebody whose identity is confirmed, and gives the page that says so.
async fn try_delete(posted: &Posted, caller: &Caller, place: &Place) -> Result<LocalPath, Refused> {
    let services = posted.services();
    let grant = place.authorize(posted, caller, Action::Delete).await.map_err(Refused::Form)?;
    services.sessions.require_confirmed(caller).map_err(Refused::Form)?;
    let is_one = place.version != ALL_VERSIONS && place.ecosystem != Ecosystem::Bower;
    let version = is_one.then_some(place.version.as_str());
    let page = services.packages.deletion(&grant, version).await.map_err(Refused::Form)?;
    if posted.text("phrase").trim() != page.phrase() {
        let wrong = format!("Type “{}” to delete it.", page.phrase());
        return Err(Refused::Fields(vec![("phrase", wrong)]));
    }
    let package = links::package(&place.feed, place.ecosystem, &place.name);
    if let Some(version) = version {
        services.packages.delete_version(&grant, version).await.map_err(Refused::Form)?;
        Ok(local(&format!("{package}?deleted={}", links::segment(version))))
    } else {
        services.packages.delete_package(&grant).await.map_err(Refused::Form)?;
        // Nothing stays behind of a name that led elsewhere, so there is no page that says it is gone.
        let is_bower = place.ecosystem == Ecosystem::Bower;
        Ok(local(&if is_bower { links::feed(&place.feed) } else { package }))
    }
}
