//! Versions that arrive file by file, as Maven sends them: the first file makes the version.

use model::{
    action::Action,
    audit::Act,
    ecosystem::Ecosystem,
    id::{PackageId, VersionId},
    timestamp::Timestamp,
};
use serde_json::json;

use super::{
    LATEST, Packages, StoredFile, change::newest, describe, granted, publish::publishing,
    unfinished::is_own,
};
use crate::{
    access::{Denial, Grant},
    audit::{self, Entry},
    blobs::Staged,
    error::Error,
    storage::{
        Source, Transaction,
        packages::{
            self,
            files::{self, AddedRow, Arrived, Key},
            versions::{self, NewFile},
        },
    },
};

/// A file of a version, as its ecosystem describes it.
#[derive(Debug)]
pub struct Arrival<'a> {
    /// The package's id as published.
    pub package: &'a str,
    /// The version.
    pub version: &'a str,
    /// The file's name.
    pub file: &'a str,
    /// Its MD5.
    pub md5: [u8; 16],
    /// Of the files of a version, the one that weighs the most stands for it.
    pub weight: i64,
    /// What the version says of itself, if that is what the file is: a JSON object whose
    /// `description` is what searches show.
    pub manifest: Option<String>,
    /// Whether another file of the name gives way. Otherwise it stays, and only the same bytes are
    /// taken again.
    pub may_replace: bool,
    /// Whether the version may come again after it was deleted.
    pub may_return: bool,
}

/// A file's length and digests.
#[derive(Debug)]
pub struct Digests {
    /// Its MD5, where clients ask for it.
    pub md5: Vec<u8>,
    /// Its SHA-1.
    pub sha1: Vec<u8>,
    /// Its SHA-256.
    pub sha256: Vec<u8>,
    /// Its SHA-512.
    pub sha512: Vec<u8>,
}

impl Packages {
    /// Adds a file to a version, and with the first one the version, and with the first version the
    /// package. The grant is one to attach something to the version. [`Error::Raced`] says to authorize
    /// again.
    pub async fn add(
        &self,
        grant: &Grant,
        arrival: &Arrival<'_>,
        staged: &Staged,
    ) -> Result<(), Error> {
        let (_, ecosystem, key) = publishing(grant)?;
        if ecosystem.normalise(arrival.package) != key {
            return Err(Error::internal("a grant was used for something else", "another package"));
        }
        if !self.is_new(&mut &self.core.database, grant, arrival, staged).await? {
            return Ok(());
        }
        let mut transaction = self.write_with(&[staged]).await?;
        if !self.is_new(&mut transaction, grant, arrival, staged).await? {
            return Ok(());
        }
        let (package, version, is_first) =
            self.version_for(&mut transaction, grant, arrival, staged).await?;
        let by = grant.account().ok_or_else(|| Error::internal("a file", "without account"))?;
        let (feed, now) = (grant.feed()?, self.core.now());
        let file = NewFile {
            name: arrival.file,
            size: i64::try_from(staged.size).unwrap_or(i64::MAX),
            sha256: &staged.sha256,
            sha1: &staged.sha1,
            sha512: &staged.sha512,
            is_extra: true,
        };
        let arrived = Arrived { md5: &arrival.md5, weight: arrival.weight, at: now, by };
        files::put(&mut transaction, version, file, arrived).await?;
        files::settle(&mut transaction, version).await?;
        let of = (feed.id, ecosystem, key);
        files::forget_withdrawn(&mut transaction, of, arrival.version, arrival.file).await?;
        if let Some(manifest) = &arrival.manifest {
            files::describe(&mut transaction, version, manifest).await?;
        }
        settle_latest(&mut transaction, ecosystem, package, now).await?;
        let subject = format!("{ecosystem}|{} {}", arrival.package, arrival.version);
        let act = if is_first { Act::PackagePublish } else { Act::PackageAddFile };
        let details =
            json!({ "with": grant.with().kind(), "size": staged.size, "file": arrival.file });
        let entry = Entry::new(act, &subject).in_feed(feed.id).with(details);
        audit::append(&mut transaction, &grant.actor(), now, entry).await?;
        transaction.commit().await?;
        self.core.metrics.published(ecosystem);
        Ok(())
    }

    /// Whether a file is to be added: `false` if the very same is there.
    async fn is_new(
        &self,
        source: &mut impl Source,
        grant: &Grant,
        arrival: &Arrival<'_>,
        staged: &Staged,
    ) -> Result<bool, Error> {
        let (_, ecosystem, key) = publishing(grant)?;
        let feed = grant.feed()?;
        let Arrival { package, version, file, .. } = *arrival;
        let found = files::find(source, (feed.id, ecosystem, key), version, file).await?;
        if let Some(found) = found {
            if found.sha256 == staged.sha256 {
                return Ok(false);
            }
            if !arrival.may_replace {
                return Err(Denial::exists(grant, &feed.name, package, version).into());
            }
        }
        if !arrival.may_return
            && versions::was_deleted(source, feed.id, ecosystem, key, version).await?
        {
            return Err(Denial::deleted(grant, &feed.name, package, version).into());
        }
        Ok(true)
    }

    /// The version that a file belongs to, made if it is not there; and whether it was.
    async fn version_for(
        &self,
        transaction: &mut Transaction,
        grant: &Grant,
        arrival: &Arrival<'_>,
        staged: &Staged,
    ) -> Result<(PackageId, VersionId, bool), Error> {
        let (action, ecosystem, key) = publishing(grant)?;
        let now = self.core.now();
        let found = packages::find(transaction, grant.feed()?.id, ecosystem, key).await?;
        let package = match (found, action) {
            (Some(package), Action::PushVersion) => package.id,
            (Some(package), Action::PushNew)
                if is_own(transaction, grant, arrival.version, now).await? =>
            {
                package.id
            }
            (None, Action::PushNew) => {
                self.insert_package(transaction, grant, ecosystem, arrival.package, now).await?
            }
            _ => return Err(Error::Raced),
        };
        if let Some(row) = versions::identify(transaction, package, arrival.version).await? {
            return Ok((package, row.id, false));
        }
        let release = super::Release {
            name: arrival.package.to_owned(),
            version: arrival.version.to_owned(),
            version_key: arrival.version.to_owned(),
            manifest: "{}".to_owned(),
            manifest_short: "{}".to_owned(),
            readme: String::new(),
            tags: Vec::new(),
            file_name: arrival.file.to_owned(),
        };
        let id = self.insert_version(transaction, grant, package, &release, staged, now).await?;
        Ok((package, id, true))
    }

    /// The digests of a file of the granted package.
    pub async fn digests(
        &self,
        grant: &Grant,
        version: &str,
        file: &str,
    ) -> Result<Digests, Error> {
        let row = self.added(grant, version, file).await?;
        Ok(Digests {
            md5: row.md5.unwrap_or_default(),
            sha1: row.sha1,
            sha256: row.sha256,
            sha512: row.sha512,
        })
    }

    /// Opens a file of a version of the granted package. `count` says whether it is sent whole, which
    /// counts as a download.
    pub async fn open_of(
        &self,
        grant: &Grant,
        version: &str,
        file: &str,
        count: bool,
    ) -> Result<StoredFile, Error> {
        let row = self.added(grant, version, file).await?;
        let size = u64::try_from(row.size).unwrap_or(0);
        let content = self.content(&row.sha256, size).await?;
        if count {
            self.usage.downloaded(row.version_id);
        }
        Ok(StoredFile { sha256: crate::crypto::digest::hex(&row.sha256), size, content })
    }

    async fn added(&self, grant: &Grant, version: &str, file: &str) -> Result<AddedRow, Error> {
        let (ecosystem, key) = granted(grant, &[Action::Read])?;
        let of: Key<'_> = (grant.feed()?.id, ecosystem, key);
        let found = files::find(&mut &self.core.database, of, version, file).await?;
        found.ok_or(Error::NotFound("file"))
    }
}

/// Points `latest` to the newest listed version after a version came or went.
pub(super) async fn settle_latest(
    transaction: &mut Transaction,
    ecosystem: Ecosystem,
    package: PackageId,
    now: Timestamp,
) -> Result<(), Error> {
    let said = versions::said(transaction, package).await?;
    if let Some(newest) = newest(ecosystem, said.iter().filter(|row| row.is_listed)) {
        versions::set_tag(transaction, package, LATEST, newest.id).await?;
    }
    describe(transaction, package).await?;
    packages::touch(transaction, package, now).await
}
