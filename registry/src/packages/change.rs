//! What becomes of versions that are there: unlisted, deprecated, tagged, deleted.
//!
//! Each act is one transaction with its audit row, and a new revision of the package. `latest` points
//! to a listed version as long as there is one: where an act takes that away, it moves to the newest
//! listed version, released ones before pre-releases.

use model::{
    action::Action,
    audit::Act,
    ecosystem::Ecosystem,
    id::{FeedId, VersionId},
    tag,
    timestamp::Timestamp,
};
use serde_json::{Value, json};

use super::{LATEST, PackageState, Packages, describe, found, granted, order::Precedence};
use crate::{
    access::Grant,
    audit::{self, Actor, Entry},
    error::Error,
    storage::{
        Transaction,
        packages::{
            self, PackageRow, files,
            versions::{self, SaidRow},
        },
    },
};

/// The most characters of the reason of a deprecation.
const LONGEST_REASON: usize = 1000;

impl Packages {
    /// Lists a version, or unlists it: it can be installed by its number and from lock files, but
    /// searches leave it out and `latest` leaves it for another. The grant is one to unlist.
    pub async fn set_listed(
        &self,
        grant: &Grant,
        version: &str,
        is_listed: bool,
    ) -> Result<(), Error> {
        let mut change = self.change(grant, Action::Unlist, None).await?;
        let row = change.version(version)?;
        if row.is_listed == is_listed {
            return Ok(());
        }
        versions::set_listed(&mut change.transaction, row.id, is_listed).await?;
        change.versions.retain(|other| other.id != row.id);
        change.versions.push(SaidRow { is_listed, ..row.clone() });
        let act = if is_listed { Act::PackageList } else { Act::PackageUnlist };
        change.finish(act, Some(&row.version), json!({})).await
    }

    /// Says why not to use these versions; `None` takes back what was said. The grant is one to
    /// unlist.
    pub async fn deprecate(
        &self,
        grant: &Grant,
        versions: &[&str],
        reason: Option<&str>,
    ) -> Result<(), Error> {
        let said: Vec<_> = versions.iter().map(|version| (*version, reason)).collect();
        self.deprecate_each(grant, &said, None).await
    }

    /// The same for versions with a reason each. [`Error::Raced`] if the package is not, or no
    /// more, in the `expected` state.
    pub async fn deprecate_each(
        &self,
        grant: &Grant,
        said: &[(&str, Option<&str>)],
        expected: Option<PackageState>,
    ) -> Result<(), Error> {
        let mut change = self.change(grant, Action::Unlist, expected).await?;
        let mut reasons = serde_json::Map::new();
        for (version, reason) in said {
            let row = change.version(version)?;
            let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
            check_reason(reason.unwrap_or_default())?;
            if row.deprecation.as_deref() != reason {
                versions::set_deprecation(&mut change.transaction, row.id, reason).await?;
                reasons.insert(row.version, reason.into());
            }
        }
        let act = match reasons.values().any(|reason| !reason.is_null()) {
            _ if reasons.is_empty() => return Ok(()),
            true => Act::PackageDeprecate,
            false => Act::PackageUndeprecate,
        };
        change.finish(act, None, json!({ "versions": reasons })).await
    }

    /// Points a tag to a version. The grant is one to unlist.
    pub async fn set_tag(&self, grant: &Grant, tag: &str, version: &str) -> Result<(), Error> {
        tag::check(tag).map_err(|bad| Error::Invalid(bad.to_string()))?;
        let mut change = self.change(grant, Action::Unlist, None).await?;
        let row = change.version(version)?;
        if tag == LATEST && !row.is_listed && change.versions.iter().any(|other| other.is_listed) {
            return Err(Error::Invalid(format!(
                "{} {} is unlisted: list it again before latest points to it.",
                change.package.name, row.version
            )));
        }
        let (tags, package) = (change.tags().await?, change.package.id);
        if tags.iter().any(|(known, at)| known == tag && *at == row.version) {
            return Ok(());
        }
        versions::set_tag(&mut change.transaction, package, tag, row.id).await?;
        change.finish(Act::PackageTag, Some(&row.version), json!({ "tag": tag })).await
    }

    /// Removes a tag other than `latest`. The grant is one to unlist.
    pub async fn remove_tag(&self, grant: &Grant, tag: &str) -> Result<(), Error> {
        if tag == LATEST {
            return Err(Error::Invalid(
                "The tag latest cannot be removed, only moved: it says what is installed where no version is asked for."
                    .to_owned(),
            ));
        }
        let mut change = self.change(grant, Action::Unlist, None).await?;
        let package = change.package.id;
        if !versions::remove_tag(&mut change.transaction, package, tag).await? {
            return Err(Error::NotFound("tag"));
        }
        change.finish(Act::PackageUntag, None, json!({ "tag": tag })).await
    }

    /// Deletes a version for good: its number is never used again. With the last one goes the
    /// package. The grant is one to delete.
    pub async fn delete_version(&self, grant: &Grant, version: &str) -> Result<(), Error> {
        self.delete_version_of(grant, version, None).await
    }

    /// The same, if the package is still in the `expected` state; otherwise [`Error::Raced`].
    pub async fn delete_version_of(
        &self,
        grant: &Grant,
        version: &str,
        expected: Option<PackageState>,
    ) -> Result<(), Error> {
        let mut change = self.change(grant, Action::Delete, expected).await?;
        // A name that leads elsewhere is all there is to such a package.
        if change.ecosystem == Ecosystem::Bower {
            return change.delete_package().await;
        }
        let row = change.version(version)?;
        if change.versions.len() == 1 {
            return change.delete_package().await;
        }
        change.delete_version(row.id).await?;
        change.finish(Act::PackageDeleteVersion, Some(&row.version), json!({})).await
    }

    /// Deletes the package with all its versions for good: none of their numbers is ever used
    /// again; the name stays free. The grant is one to delete.
    pub async fn delete_package(&self, grant: &Grant) -> Result<(), Error> {
        self.delete_package_of(grant, None).await
    }

    /// The same, if the package is still in the `expected` state; otherwise [`Error::Raced`].
    pub async fn delete_package_of(
        &self,
        grant: &Grant,
        expected: Option<PackageState>,
    ) -> Result<(), Error> {
        self.change(grant, Action::Delete, expected).await?.delete_package().await
    }

    async fn change(
        &self,
        grant: &Grant,
        action: Action,
        expected: Option<PackageState>,
    ) -> Result<Change, Error> {
        let (ecosystem, _) = granted(grant, &[action])?;
        let mut transaction = self.core.database.write().await?;
        let package = found(&mut transaction, grant, &[action]).await?;
        if expected.is_some_and(|expected| expected != (&package).into()) {
            return Err(Error::Raced);
        }
        let versions = versions::said(&mut transaction, package.id).await?;
        Ok(Change {
            transaction,
            package,
            versions,
            ecosystem,
            feed: grant.feed()?.id,
            actor: grant.actor(),
            with: grant.with().kind(),
            now: self.core.now(),
        })
    }
}

/// A change of one package, on its way. Dropped, it never happened.
struct Change {
    transaction: Transaction,
    package: PackageRow,
    /// As they are after what was done so far.
    versions: Vec<SaidRow>,
    ecosystem: Ecosystem,
    feed: FeedId,
    actor: Actor,
    with: &'static str,
    now: Timestamp,
}

impl Change {
    /// A version by its number, in any form that its ecosystem takes for the same.
    fn version(&self, version: &str) -> Result<SaidRow, Error> {
        let key = self.ecosystem.version_key(version);
        let found = self.versions.iter().find(|row| row.version_key == key);
        found.cloned().ok_or(Error::NotFound("version"))
    }

    async fn tags(&mut self) -> Result<Vec<(String, String)>, Error> {
        versions::tags(&mut self.transaction, self.package.id).await
    }

    async fn delete_version(&mut self, version: VersionId) -> Result<(), Error> {
        let by = self.actor.account();
        let by = by.ok_or_else(|| Error::internal("a deletion", "without account"))?;
        versions::note_deleted(&mut self.transaction, version, by, self.now).await?;
        versions::delete(&mut self.transaction, version).await?;
        self.versions.retain(|row| row.id != version);
        Ok(())
    }

    async fn delete_package(mut self) -> Result<(), Error> {
        let versions = std::mem::take(&mut self.versions);
        for row in &versions {
            self.delete_version(row.id).await?;
        }
        packages::delete(&mut self.transaction, self.package.id).await?;
        self.drop_documents().await?;
        let versions: Vec<&str> = versions.iter().map(|row| row.version.as_str()).collect();
        self.record(Act::PackageDelete, None, json!({ "versions": versions })).await?;
        self.transaction.commit().await
    }

    /// Settles what follows from a change, writes it down, and makes it visible.
    async fn finish(
        mut self,
        act: Act,
        version: Option<&str>,
        details: Value,
    ) -> Result<(), Error> {
        let package = self.package.id;
        self.settle_latest().await?;
        describe(&mut self.transaction, package).await?;
        packages::touch(&mut self.transaction, package, self.now).await?;
        self.drop_documents().await?;
        self.record(act, version, details).await?;
        self.transaction.commit().await
    }

    /// Lists that clients made of the package are no longer true; they are made anew where one is
    /// asked for.
    async fn drop_documents(&mut self) -> Result<(), Error> {
        let key = self.ecosystem.normalise(&self.package.name);
        files::drop_documents(&mut self.transaction, (self.feed, self.ecosystem, &key)).await
    }

    async fn settle_latest(&mut self) -> Result<(), Error> {
        let tags = self.tags().await?;
        let latest = tags.iter().find(|(tag, _)| tag == LATEST).map(|(_, version)| version);
        if self.versions.iter().any(|row| row.is_listed && Some(&row.version) == latest) {
            return Ok(());
        }
        let listed = newest(self.ecosystem, self.versions.iter().filter(|row| row.is_listed));
        let target = match (listed, latest) {
            (None, Some(_)) => None,
            (None, None) => newest(self.ecosystem, self.versions.iter()),
            (listed, _) => listed,
        };
        if let Some(target) = target {
            let (package, version) = (self.package.id, target.id);
            versions::set_tag(&mut self.transaction, package, LATEST, version).await?;
        }
        Ok(())
    }

    async fn record(
        &mut self,
        act: Act,
        version: Option<&str>,
        mut details: Value,
    ) -> Result<(), Error> {
        let version = version.map(|version| format!(" {version}")).unwrap_or_default();
        let subject = format!("{}|{}{version}", self.ecosystem, self.package.name);
        details["with"] = self.with.into();
        let entry = Entry::new(act, &subject).in_feed(self.feed).with(details);
        audit::append(&mut self.transaction, &self.actor, self.now, entry).await
    }
}

/// The version that comes last in its ecosystem's order, pre-releases before all released ones.
pub(super) fn newest<'a>(
    ecosystem: Ecosystem,
    versions: impl Iterator<Item = &'a SaidRow>,
) -> Option<&'a SaidRow> {
    versions.max_by_key(|row| Precedence::of(ecosystem, &row.version).for_latest(row.published_at))
}

fn check_reason(reason: &str) -> Result<(), Error> {
    if reason.chars().count() > LONGEST_REASON {
        return Err(Error::Invalid(
            "The reason of a deprecation has at most 1000 characters.".to_owned(),
        ));
    }
    // It is printed on many a terminal.
    if reason.contains(char::is_control) {
        return Err(Error::Invalid(
            "The reason of a deprecation is one line without control characters.".to_owned(),
        ));
    }
    Ok(())
}
