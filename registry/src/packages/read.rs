//! What is read: packages, versions, archives.

use std::sync::Arc;

use model::{action::Action, ecosystem::Ecosystem, timestamp::Timestamp};

use super::{LATEST, PackageState, Packages, found, granted};
use crate::{
    access::Grant,
    blobs::Content,
    error::Error,
    storage::packages::{
        self, PackageRow,
        versions::{self, SaidRow, VersionRow},
    },
};

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
    /// The README of what `latest` points to; empty if there is none, or where none was asked for.
    pub readme: String,
}

/// Which manifests are read: those of a thousand versions are some megabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manifests {
    /// As published, and the README.
    Whole,
    /// As installers want them.
    Short,
}

/// A version with its archive.
#[derive(Debug)]
pub struct Version {
    /// The version as published.
    pub version: String,
    /// The manifest, in the form that was asked for.
    pub manifest: String,
    /// Whether searches and newcomers are to find it.
    pub is_listed: bool,
    /// Why not to use it, if that was said.
    pub deprecation: Option<String>,
    /// When it came.
    pub published_at: Timestamp,
    /// How often its archive was downloaded.
    pub downloads: u64,
    /// The archive's file name.
    pub file_name: String,
    /// The archive's length in bytes.
    pub size: u64,
    /// The archive's SHA-1.
    pub sha1: Vec<u8>,
    /// The archive's SHA-512.
    pub sha512: Vec<u8>,
}

/// What can be changed of a package, and nothing it consists of.
#[derive(Debug)]
pub struct Outline {
    /// Which state of it this is, or an earlier one.
    pub state: PackageState,
    /// Its id as published.
    pub name: String,
    /// Its versions, oldest first.
    pub versions: Vec<OutlinedVersion>,
    /// Tags and the versions they point to.
    pub tags: Vec<(String, String)>,
}

/// What can be changed of a version.
#[derive(Debug)]
pub struct OutlinedVersion {
    /// The version as published.
    pub version: String,
    /// Whether searches and newcomers are to find it.
    pub is_listed: bool,
    /// Why not to use it, if that was said.
    pub deprecation: Option<String>,
    /// The archive's file name.
    pub file_name: String,
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

impl Packages {
    /// Which state the granted package is in; [`Error::NotFound`] if the feed has none of the name.
    pub async fn state(&self, grant: &Grant) -> Result<PackageState, Error> {
        let (ecosystem, key) = granted(grant, &[Action::Read])?;
        let (feed, database) = (grant.feed()?.id, &self.core.database);
        let read = async {
            let row = packages::find(&mut &*database, feed, ecosystem, key).await?;
            Ok(row.as_ref().map(PackageState::from))
        };
        let key = (feed, ecosystem, key.to_owned());
        let state = self.known.states.get(database.changes(), key, read).await?;
        state.ok_or(Error::NotFound("package"))
    }

    /// The granted package with all its versions.
    pub async fn read(&self, grant: &Grant, manifests: Manifests) -> Result<Package, Error> {
        let row = found(&mut &self.core.database, grant, &[Action::Read]).await?;
        self.whole(row, manifests).await
    }

    async fn whole(&self, row: PackageRow, manifests: Manifests) -> Result<Package, Error> {
        let mut database = &self.core.database;
        let tags = versions::tags(&mut database, row.id).await?;
        let (versions, readme) = match manifests {
            Manifests::Whole => (
                versions::whole(&mut database, row.id).await?,
                versions::readme(&mut database, row.id, LATEST).await?,
            ),
            Manifests::Short => (versions::short(&mut database, row.id).await?, String::new()),
        };
        let versions: Vec<Version> = versions.into_iter().map(Into::into).collect();
        Ok(Package {
            state: (&row).into(),
            name: row.name,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
            tags: pointing_somewhere(tags, |version| {
                versions.iter().any(|known| known.version == version)
            }),
            versions,
            readme,
        })
    }

    /// One version of the granted package, by its number; of npm's packages also by a tag. npm allows
    /// no tag that could be a number, others have numbers that could be npm's tags: `1.0.0.1`.
    pub async fn version(&self, grant: &Grant, wanted: &str) -> Result<Version, Error> {
        let (ecosystem, _) = granted(grant, &[Action::Read])?;
        let mut database = &self.core.database;
        let package = found(&mut database, grant, &[Action::Read]).await?.id;
        let mut row = None;
        if ecosystem == Ecosystem::Npm {
            row = versions::tagged(&mut database, package, wanted).await?;
        }
        if row.is_none() {
            let key = ecosystem.version_key(wanted);
            row = versions::one(&mut database, package, &key).await?;
        }
        row.map(Into::into).ok_or(Error::NotFound("version"))
    }

    /// A package of the feed that a grant to browse lets the credential read, with the manifests that
    /// installers want.
    pub async fn browsed(
        &self,
        grant: &Grant,
        ecosystem: Ecosystem,
        name: &str,
    ) -> Result<Package, Error> {
        let feed = grant.browsed()?.id;
        let key = ecosystem.normalise(name);
        let mut database = &self.core.database;
        let row = if grant.may_read(ecosystem, &key) {
            packages::find(&mut database, feed, ecosystem, &key).await?
        } else {
            None
        };
        self.whole(row.ok_or(Error::NotFound("package"))?, Manifests::Short).await
    }

    /// The README of one version of the granted package, by its number; empty if it has none.
    pub async fn readme(&self, grant: &Grant, version: &str) -> Result<String, Error> {
        let mut database = &self.core.database;
        let (ecosystem, _) = granted(grant, &[Action::Read])?;
        let package = found(&mut database, grant, &[Action::Read]).await?.id;
        let key = ecosystem.version_key(version);
        let readme = versions::readme_of(&mut database, package, &key).await?;
        readme.ok_or(Error::NotFound("version"))
    }

    /// What can be changed of the granted package. The grant is one to unlist or to delete.
    pub async fn outline(&self, grant: &Grant) -> Result<Outline, Error> {
        let mut database = &self.core.database;
        let row = found(&mut database, grant, &[Action::Unlist, Action::Delete]).await?;
        let tags = versions::tags(&mut database, row.id).await?;
        let versions: Vec<OutlinedVersion> =
            versions::said(&mut database, row.id).await?.into_iter().map(Into::into).collect();
        Ok(Outline {
            state: (&row).into(),
            name: row.name,
            tags: pointing_somewhere(tags, |version| {
                versions.iter().any(|known| known.version == version)
            }),
            versions,
        })
    }

    /// The granted package's tags and the versions they point to. The grant is one to read or to
    /// unlist.
    pub async fn tags(&self, grant: &Grant) -> Result<Vec<(String, String)>, Error> {
        let mut database = &self.core.database;
        let row = found(&mut database, grant, &[Action::Read, Action::Unlist]).await?;
        versions::tags(&mut database, row.id).await
    }

    /// An archive of the granted package by its file name. `count` says whether it is sent whole,
    /// which counts as a download.
    pub async fn open(&self, grant: &Grant, file: &str, count: bool) -> Result<StoredFile, Error> {
        let (ecosystem, key) = granted(grant, &[Action::Read])?;
        let (feed, database) = (grant.feed()?.id, &self.core.database);
        let read = async {
            let row = versions::file(&mut &*database, feed, ecosystem, key, file).await?;
            Ok(row.map(Arc::new))
        };
        let key = ((feed, ecosystem, key.to_owned()), file.to_owned());
        let found = self.known.files.get(database.changes(), key, read).await?;
        let row = found.ok_or(Error::NotFound("file"))?;
        let size = u64::try_from(row.size).unwrap_or(0);
        let content = self.content(&row.blob_hash, size).await?;
        if count {
            self.usage.downloaded(row.version_id);
        }
        Ok(StoredFile { sha256: crate::crypto::digest::hex(&row.blob_hash), size, content })
    }
}

/// Tags and versions are read one after the other: what was deleted in between has no tag.
fn pointing_somewhere(
    mut tags: Vec<(String, String)>,
    is_known: impl Fn(&str) -> bool,
) -> Vec<(String, String)> {
    tags.retain(|(_, version)| is_known(version));
    tags
}

impl From<VersionRow> for Version {
    fn from(row: VersionRow) -> Self {
        Self {
            version: row.version,
            manifest: row.manifest,
            is_listed: row.is_listed,
            deprecation: row.deprecation,
            published_at: Timestamp::from_millis(row.published_at),
            downloads: u64::try_from(row.downloads).unwrap_or(0),
            file_name: row.file,
            size: u64::try_from(row.size).unwrap_or(0),
            sha1: row.sha1,
            sha512: row.sha512,
        }
    }
}

impl From<SaidRow> for OutlinedVersion {
    fn from(row: SaidRow) -> Self {
        Self {
            version: row.version,
            is_listed: row.is_listed,
            deprecation: row.deprecation,
            file_name: row.file,
        }
    }
}
