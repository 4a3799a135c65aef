//! Packages: publishing, reading and listing them. Every method takes the [`Grant`] that allows it.

use std::sync::Arc;

use model::{
    action::Action,
    ecosystem::Ecosystem,
    id::{PackageId, VersionId},
    timestamp::Timestamp,
};
use serde_json::json;

use crate::{
    access::{Denial, Grant, GrantedWith},
    audit::{self, Entry},
    blobs::{Blobs, Content, Staged, Staging},
    core::Core,
    crypto::entropy,
    error::Error,
    storage::{
        Transaction,
        packages::{self, NewFile, NewVersion},
    },
    usage::Usage,
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
    /// The manifest as it will be served.
    pub manifest: String,
    /// The manifest as installers want it.
    pub manifest_short: String,
    /// The README, or nothing.
    pub readme: String,
    /// Tags that point to this version from now on.
    pub tags: Vec<String>,
    /// The archive's file name.
    pub file_name: String,
}

/// Which state of a package this is; the revision grows with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackageState {
    /// The package.
    pub id: PackageId,
    /// Its revision.
    pub revision: i64,
}

/// A package with all its versions.
#[derive(Debug)]
pub struct Package {
    /// Which state of it this is.
    pub state: PackageState,
    /// Its id as published.
    pub name: String,
    /// When its first version came.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// Tags and the versions they point to.
    pub tags: Vec<(String, String)>,
}

/// A version with its archive.
#[derive(Debug)]
pub struct Version {
    /// The version as published.
    pub version: String,
    /// The manifest as served.
    pub manifest: String,
    /// The manifest as installers want it.
    pub manifest_short: String,
    /// The README, or nothing.
    pub readme: String,
    /// Why not to use it, if that was said.
    pub deprecation: Option<String>,
    /// When it came.
    pub published_at: Timestamp,
    /// The archive's file name.
    pub file_name: String,
    /// The archive's length in bytes.
    pub size: u64,
    /// The archive's SHA-1.
    pub sha1: Vec<u8>,
    /// The archive's SHA-512.
    pub sha512: Vec<u8>,
}

/// A stored file, ready to be sent.
pub struct StoredFile {
    /// Its SHA-256 in hexadecimal; it never changes under its name.
    pub sha256: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its content.
    pub content: Content,
}

/// Packages.
pub struct Packages {
    pub(crate) core: Arc<Core>,
    pub(crate) blobs: Blobs,
    pub(crate) usage: Arc<Usage>,
}

impl Packages {
    /// Begins an upload. The grant has to be one to publish.
    pub fn stage(&self, grant: &Grant) -> Result<Staging, Error> {
        publishing(grant)?;
        self.blobs.stage()
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
        let (action, ecosystem, key) = publishing(grant)?;
        if ecosystem.normalise(&release.name) != key {
            let name = release.name.as_str();
            return Err(Error::internal("a grant was used for something else", name));
        }
        // Asked before the archive is kept, so that the usual duplicate costs no write.
        let mut database = &self.core.database;
        let feed = grant.feed()?;
        if let Some(package) = packages::find(&mut database, feed.id, ecosystem, key).await? {
            let exists = packages::version_exists(&mut database, package.id, &release.version_key);
            if exists.await? {
                return Err(
                    Denial::exists(grant, &feed.name, &release.name, &release.version).into()
                );
            }
        }
        self.blobs.keep(staged).await?;
        let mut transaction = self.core.database.write().await?;
        let now = self.core.now();
        let found = packages::find(&mut transaction, feed.id, ecosystem, key).await?;
        let package = match (found, action) {
            (Some(package), Action::PushVersion) => package.id,
            (None, Action::PushNew) => {
                self.insert_package(&mut transaction, grant, ecosystem, &release.name, now).await?
            }
            _ => return Err(Error::Raced),
        };
        if packages::version_exists(&mut transaction, package, &release.version_key).await? {
            return Err(Denial::exists(grant, &feed.name, &release.name, &release.version).into());
        }
        self.insert_version(&mut transaction, grant, package, release, staged, now).await?;
        packages::touch(&mut transaction, package, now).await?;
        let subject = format!("{ecosystem}|{} {}", release.name, release.version);
        let details = json!({ "with": grant.with().kind(), "size": staged.size });
        let entry = Entry::new("package.publish", &subject).in_feed(feed.id).with(details);
        audit::append(&mut transaction, &grant.actor(), now, entry).await?;
        transaction.commit().await
    }

    /// Which state the granted package is in; [`Error::NotFound`] if the feed has none of the name.
    pub async fn state(&self, grant: &Grant) -> Result<PackageState, Error> {
        let (ecosystem, key) = grant.package_for(Action::Read)?;
        let feed = grant.feed()?.id;
        let found = packages::find(&mut &self.core.database, feed, ecosystem, key).await?;
        let row = found.ok_or(Error::NotFound("package"))?;
        Ok(PackageState { id: row.id, revision: row.revision })
    }

    /// The granted package with all its versions.
    pub async fn read(&self, grant: &Grant) -> Result<Package, Error> {
        let (ecosystem, key) = grant.package_for(Action::Read)?;
        let mut database = &self.core.database;
        let feed = grant.feed()?.id;
        let found = packages::find(&mut database, feed, ecosystem, key).await?;
        let row = found.ok_or(Error::NotFound("package"))?;
        // Tags first: whatever is published meanwhile, each points to a version that is read too.
        let tags = packages::tags(&mut database, row.id).await?;
        let versions = packages::versions(&mut database, row.id).await?;
        Ok(Package {
            state: PackageState { id: row.id, revision: row.revision },
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            versions: versions.into_iter().map(Into::into).collect(),
            tags,
        })
    }

    /// An archive of the granted package by its file name. `count` says whether it is sent whole,
    /// which counts as a download.
    pub async fn open(&self, grant: &Grant, file: &str, count: bool) -> Result<StoredFile, Error> {
        let (ecosystem, key) = grant.package_for(Action::Read)?;
        let feed = grant.feed()?.id;
        let found = packages::file(&mut &self.core.database, feed, ecosystem, key, file).await?;
        let row = found.ok_or(Error::NotFound("file"))?;
        let size = u64::try_from(row.size).unwrap_or(0);
        let content = self.blobs.open(&row.blob_hash, size).await?;
        if count {
            self.usage.downloaded(row.version_id);
        }
        Ok(StoredFile { sha256: crate::blobs::hex(&row.blob_hash), size, content })
    }

    async fn insert_package(
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

    async fn insert_version(
        &self,
        transaction: &mut Transaction,
        grant: &Grant,
        package: PackageId,
        release: &Release,
        staged: &Staged,
        now: Timestamp,
    ) -> Result<(), Error> {
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
        packages::insert_version(transaction, new).await?;
        let file = NewFile {
            name: &release.file_name,
            size,
            sha256: &staged.sha256,
            sha1: &staged.sha1,
            sha512: &staged.sha512,
        };
        packages::insert_file(transaction, id, file).await?;
        for tag in &release.tags {
            packages::set_tag(transaction, package, tag, id).await?;
        }
        Ok(())
    }

    /// Removes blobs that nothing refers to.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let removed = self.blobs.sweep(&self.core.database, self.core.now()).await?;
        if removed > 0 {
            tracing::info!(removed, "removed blobs that no version refers to");
        }
        Ok(())
    }
}

/// The action and package of a grant to publish.
fn publishing(grant: &Grant) -> Result<(Action, Ecosystem, &str), Error> {
    let action = match grant.action() {
        Some(Action::PushNew) => Action::PushNew,
        _ => Action::PushVersion,
    };
    let (ecosystem, key) = grant.package_for(action)?;
    Ok((action, ecosystem, key))
}

impl From<packages::VersionRow> for Version {
    fn from(row: packages::VersionRow) -> Self {
        Self {
            version: row.version,
            manifest: row.manifest,
            manifest_short: row.manifest_short,
            readme: row.readme,
            deprecation: row.deprecation,
            published_at: Timestamp::from_millis(row.published_at),
            file_name: row.file,
            size: u64::try_from(row.size).unwrap_or(0),
            sha1: row.sha1,
            sha512: row.sha512,
        }
    }
}
