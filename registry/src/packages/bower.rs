//! Bower packages: names that lead to the address of a Git repository or an archive.
//!
//! Nothing is uploaded: the versions of such a package are the tags of its repository. It is kept as
//! one version, [`ANY`], whose manifest holds the address. Bower cannot change where a name leads, only
//! take it back and register it anew; so that this works, nothing of it is remembered as used.

use model::{action::Action, audit::Act, ecosystem::Ecosystem, id::VersionId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Packages, found, publish::publishing};
use crate::{
    access::{Denial, Grant, GrantedWith},
    audit::{self, Entry},
    crypto::entropy,
    error::Error,
    storage::packages::{
        self,
        bower::{self, RegisteredRow},
        versions::{self, NewVersion},
    },
};

/// The one version of such a package: whatever versions its repository has.
const ANY: &str = "*";

/// A name and where it leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The name as registered.
    pub name: String,
    /// The address of a Git repository or an archive.
    pub url: String,
}

/// What is kept of an address.
#[derive(Serialize, Deserialize)]
struct Manifest<'a> {
    #[serde(borrow)]
    url: std::borrow::Cow<'a, str>,
    /// Where the package's page finds the address, if it is one of the web.
    #[serde(borrow, default)]
    repository: std::borrow::Cow<'a, str>,
}

impl Packages {
    /// Has a name lead to an address, both of which are checked by the caller. The grant is one to
    /// publish. [`Error::Raced`] says that it was for a new name that is there by now: authorize again.
    pub async fn register(&self, grant: &Grant, name: &str, url: &str) -> Result<(), Error> {
        let (action, ecosystem, key) = publishing(grant)?;
        if ecosystem != Ecosystem::Bower || ecosystem.normalise(name) != key {
            return Err(Error::internal("a grant was used for something else", "a registration"));
        }
        let feed = grant.feed()?;
        let mut transaction = self.core.database.write().await?;
        let now = self.core.now();
        if packages::find(&mut transaction, feed.id, ecosystem, key).await?.is_some() {
            return Err(Denial::registered(grant, &feed.name, name).into());
        }
        if action != Action::PushNew {
            return Err(Error::Raced);
        }
        let package = self.insert_package(&mut transaction, grant, ecosystem, name, now).await?;
        let id: VersionId = entropy::id(now)?;
        let by = grant.account().ok_or_else(|| Error::internal("a publish", "without account"))?;
        let with_id = match grant.with() {
            GrantedWith::Token { id, .. } => Some((*id).into()),
            _ => None,
        };
        let manifest = Manifest { url: url.into(), repository: url.into() };
        let manifest = serde_json::to_string(&manifest)
            .map_err(|error| Error::internal("an address cannot be kept", error))?;
        let new = NewVersion {
            id,
            package,
            version: ANY,
            key: ANY,
            manifest: &manifest,
            manifest_short: &manifest,
            readme: "",
            size: 0,
            at: now,
            by,
            with: grant.with().kind(),
            with_id,
            from: grant.actor().address(),
        };
        versions::insert(&mut transaction, new).await?;
        packages::describe(&mut transaction, package, url).await?;
        packages::touch(&mut transaction, package, now).await?;
        let subject = format!("{ecosystem}|{name}");
        let details = json!({ "with": grant.with().kind(), "url": url });
        let entry = Entry::new(Act::PackageRegister, &subject).in_feed(feed.id).with(details);
        audit::append(&mut transaction, &grant.actor(), now, entry).await?;
        transaction.commit().await?;
        self.core.metrics.published(ecosystem);
        Ok(())
    }

    /// Where the granted name leads. The grant is one to read.
    pub async fn registered(&self, grant: &Grant) -> Result<Registered, Error> {
        let mut database = &self.core.database;
        let package = found(&mut database, grant, &[Action::Read]).await?;
        let row = bower::of(&mut database, package.id).await?;
        row.ok_or(Error::NotFound("package"))?.try_into()
    }

    /// Whether the granted name was registered by the grant's own account. The grant is one to publish.
    pub async fn is_registrant(&self, grant: &Grant) -> Result<bool, Error> {
        let mut database = &self.core.database;
        let package = found(&mut database, grant, &[Action::PushNew, Action::PushVersion]).await;
        let package = match package {
            Err(Error::NotFound(_)) => return Ok(false),
            package => package?,
        };
        let row = bower::of(&mut database, package.id).await?;
        Ok(row.is_some_and(|row| grant.account() == Some(row.published_by)))
    }

    /// Takes a name back, which is free then. The grant is one to delete, or one to publish of whoever
    /// registered it.
    pub async fn unregister(&self, grant: &Grant) -> Result<(), Error> {
        let allowed = [Action::Delete, Action::PushNew, Action::PushVersion];
        let mut transaction = self.core.database.write().await?;
        let package = found(&mut transaction, grant, &allowed).await?;
        let row = bower::of(&mut transaction, package.id).await?;
        let row = row.ok_or(Error::NotFound("package"))?;
        let is_own = grant.account() == Some(row.published_by);
        if grant.action() != Some(Action::Delete) && !is_own {
            return Err(Error::internal("a grant was used for something else", "another's name"));
        }
        packages::delete(&mut transaction, package.id).await?;
        let Registered { name, url } = row.try_into()?;
        let subject = format!("{}|{name}", Ecosystem::Bower);
        let details = json!({ "with": grant.with().kind(), "url": url });
        let feed = grant.feed()?.id;
        let entry = Entry::new(Act::PackageUnregister, &subject).in_feed(feed).with(details);
        audit::append(&mut transaction, &grant.actor(), self.core.now(), entry).await?;
        transaction.commit().await
    }

    /// The names of the feed that have all the words and that the grant's credential may read, in their
    /// order. No words: every name. The grant is one to browse.
    pub async fn registered_like(
        &self,
        grant: &Grant,
        text: &str,
    ) -> Result<Vec<Registered>, Error> {
        let feed = grant.browsed()?.id;
        let text = text.to_lowercase();
        let words: Vec<&str> = text.split_whitespace().collect();
        let longest = words.iter().max_by_key(|word| word.len()).copied().unwrap_or_default();
        let (mut names, mut after) = (Vec::new(), String::new());
        loop {
            let block = bower::block(&mut &self.core.database, feed, longest, &after).await?;
            let Some(last) = block.last() else { return Ok(names) };
            after.clone_from(&last.name_key);
            for row in block {
                let has_all = words.iter().all(|word| row.name_key.contains(word));
                if has_all && grant.may_read(Ecosystem::Bower, &row.name_key) {
                    names.push(row.try_into()?);
                }
            }
        }
    }
}

impl TryFrom<RegisteredRow> for Registered {
    type Error = Error;

    fn try_from(row: RegisteredRow) -> Result<Self, Error> {
        let manifest: Manifest<'_> = serde_json::from_str(&row.manifest)
            .map_err(|error| Error::internal("a stored address cannot be read", error))?;
        Ok(Self { url: manifest.url.into_owned(), name: row.name })
    }
}
