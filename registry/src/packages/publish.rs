//! New versions.

use model::{
    action::Action,
    audit::Act,
    ecosystem::Ecosystem,
    id::{PackageId, VersionId},
    timestamp::Timestamp,
};
use serde_json::json;

use super::{LATEST, Packages, change::newest, describe};
use crate::{
    access::{Denial, Grant, GrantedWith},
    audit::{self, Entry},
    blobs::{Staged, Staging},
    crypto::entropy,
    error::Error,
    storage::{
        Source, Transaction,
        packages::{
            self,
            versions::{self, NewFile, NewVersion},
        },
    },
};

/// A version about to be published, as its ecosystem describes it.
#[derive(Debug)]
pub struct Release {
    /// The package's id as published.
    pub name: String,
    /// The version as published.
    pub version: String,
    /// The version in the form in which two are the same.
    pub version_key: String,
    /// The manifest as it will be served: a JSON object. Its `description` is what searches show.
    pub manifest: String,
    /// The manifest as installers want it.
    pub manifest_short: String,
    /// The README, or nothing.
    pub readme: String,
    /// Tags that point to this version from now on. None: `latest` points to the newest listed
    /// version, in the ecosystem's order.
    pub tags: Vec<String>,
    /// The archive's file name.
    pub file_name: String,
}

/// A file of a version beside its archive.
pub struct ExtraFile {
    /// Its name among the package's files.
    pub name: String,
    /// Its content.
    pub staged: Staged,
}

impl Packages {
    /// Begins an upload. The grant has to be one to publish, or to upload.
    pub fn stage(&self, grant: &Grant) -> Result<Staging, Error> {
        match grant.action() {
            Some(Action::PushNew | Action::PushVersion) => self.blobs.stage(),
            _ => Err(Error::internal("a grant was used for something else", "an upload")),
        }
    }

    /// Publishes a version: its blob is durable before one transaction makes it visible.
    /// [`Error::Raced`] says that the grant was for a new package that exists by now, or the other
    /// way round: authorize again.
    pub async fn publish(
        &self,
        grant: &Grant,
        release: &Release,
        staged: &Staged,
    ) -> Result<(), Error> {
        self.publish_with(grant, release, staged, &[]).await
    }

    /// The same with files beside the archive.
    pub async fn publish_with(
        &self,
        grant: &Grant,
        release: &Release,
        staged: &Staged,
        extras: &[ExtraFile],
    ) -> Result<(), Error> {
        let (action, ecosystem, key) = publishing(grant)?;
        if ecosystem.normalise(&release.name) != key {
            let name = release.name.as_str();
            return Err(Error::internal("a grant was used for something else", name));
        }
        // Asked before the archive is kept, so that the usual duplicate costs no write.
        let mut database = &self.core.database;
        let feed = grant.feed()?;
        let found = packages::find(&mut database, feed.id, ecosystem, key).await?;
        check_number(&mut database, grant, found.map(|package| package.id), release).await?;
        let uploads = [staged].into_iter().chain(extras.iter().map(|extra| &extra.staged));
        let kept = self.keep(uploads.collect()).await?;
        let mut transaction = self.core.database.write().await?;
        self.must_be_kept(&mut transaction, &kept).await?;
        let now = self.core.now();
        let found = packages::find(&mut transaction, feed.id, ecosystem, key).await?;
        check_number(&mut transaction, grant, found.as_ref().map(|row| row.id), release).await?;
        let package = match (found, action) {
            (Some(package), Action::PushVersion) => package.id,
            (None, Action::PushNew) => {
                self.insert_package(&mut transaction, grant, ecosystem, &release.name, now).await?
            }
            _ => return Err(Error::Raced),
        };
        let version =
            self.insert_version(&mut transaction, grant, package, release, staged, now).await?;
        for extra in extras {
            versions::insert_file(&mut transaction, version, NewFile::extra(extra)).await?;
        }
        if release.tags.is_empty() {
            let said = versions::said(&mut transaction, package).await?;
            if let Some(newest) = newest(ecosystem, said.iter().filter(|row| row.is_listed)) {
                versions::set_tag(&mut transaction, package, LATEST, newest.id).await?;
            }
        }
        if release.tags.is_empty() || release.tags.iter().any(|tag| tag == LATEST) {
            describe(&mut transaction, package).await?;
        }
        packages::touch(&mut transaction, package, now).await?;
        let subject = format!("{ecosystem}|{} {}", release.name, release.version);
        let details = json!({ "with": grant.with().kind(), "size": staged.size });
        let entry = Entry::new(Act::PackagePublish, &subject).in_feed(feed.id).with(details);
        audit::append(&mut transaction, &grant.actor(), now, entry).await?;
        transaction.commit().await?;
        self.core.metrics.published(ecosystem);
        Ok(())
    }

    pub(super) async fn insert_package(
        &self,
        transaction: &mut Transaction,
        grant: &Grant,
        ecosystem: Ecosystem,
        name: &str,
        now: Timestamp,
    ) -> Result<PackageId, Error> {
        let feed = grant.feed()?;
        if let Some(other) = packages::lookalike(transaction, feed.id, ecosystem, name).await? {
            return Err(Error::Taken(format!(
                "feed {} has {other}, which {name} could be taken for: they differ only in case or separators. Choose another name.",
                feed.name
            )));
        }
        let id = entropy::id(now)?;
        packages::insert(transaction, id, feed.id, ecosystem, name, now).await?;
        Ok(id)
    }

    pub(super) async fn insert_version(
        &self,
        transaction: &mut Transaction,
        grant: &Grant,
        package: PackageId,
        release: &Release,
        staged: &Staged,
        now: Timestamp,
    ) -> Result<VersionId, Error> {
        let id: VersionId = entropy::id(now)?;
        let by = grant.account().ok_or_else(|| Error::internal("a publish", "without account"))?;
        let with_id = match grant.with() {
            GrantedWith::Token { id, .. } => Some((*id).into()),
            _ => None,
        };
        let size = i64::try_from(staged.size).unwrap_or(i64::MAX);
        let new = NewVersion {
            id,
            package,
            version: &release.version,
            key: &release.version_key,
            manifest: &release.manifest,
            manifest_short: &release.manifest_short,
            readme: &release.readme,
            size,
            at: now,
            by,
            with: grant.with().kind(),
            with_id,
            from: grant.actor().address(),
        };
        versions::insert(transaction, new).await?;
        let file = NewFile {
            name: &release.file_name,
            size,
            sha256: &staged.sha256,
            sha1: &staged.sha1,
            sha512: &staged.sha512,
            is_extra: false,
        };
        versions::insert_file(transaction, id, file).await?;
        for tag in &release.tags {
            versions::set_tag(transaction, package, tag, id).await?;
        }
        Ok(id)
    }
}

impl<'a> NewFile<'a> {
    /// A file beside the archive.
    pub(super) fn extra(extra: &'a ExtraFile) -> Self {
        let ExtraFile { name, staged } = extra;
        Self {
            name,
            size: i64::try_from(staged.size).unwrap_or(i64::MAX),
            sha256: &staged.sha256,
            sha1: &staged.sha1,
            sha512: &staged.sha512,
            is_extra: true,
        }
    }
}

/// The action and package of a grant to publish.
pub(super) fn publishing(grant: &Grant) -> Result<(Action, Ecosystem, &str), Error> {
    let action = match grant.action() {
        Some(Action::PushNew) => Action::PushNew,
        _ => Action::PushVersion,
    };
    let (ecosystem, key) = grant.package_for(action)?;
    Ok((action, ecosystem, key))
}

/// Refuses a version that is there, or was.
async fn check_number(
    source: &mut impl Source,
    grant: &Grant,
    package: Option<PackageId>,
    release: &Release,
) -> Result<(), Error> {
    let (_, ecosystem, key) = publishing(grant)?;
    let feed = grant.feed()?;
    let Release { name, version, version_key, .. } = release;
    if let Some(package) = package
        && versions::exists(source, package, version_key).await?
    {
        return Err(Denial::exists(grant, &feed.name, name, version).into());
    }
    if versions::was_deleted(source, feed.id, ecosystem, key, version_key).await? {
        return Err(Denial::deleted(grant, &feed.name, name, version).into());
    }
    Ok(())
}
