//! Checksums that are sent after their file. One that disagrees takes the file back, as long as nobody
//! can have relied on it: it came within the hour, from the same account, and no checksum agreed yet.

use std::time::Duration;

use model::{audit::Act, timestamp::Timestamp};
use serde_json::json;

use super::{Packages, arrivals::settle_latest, publish::publishing};
use crate::{
    access::Grant,
    audit::{self, Entry},
    error::Error,
    storage::packages::{self, files, versions},
};

/// For how long a checksum can take its file back.
const DOUBTFUL: Duration = Duration::from_hours(1);

/// A checksum, by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// RFC 1321.
    Md5,
    /// FIPS 180-4.
    Sha1,
    /// FIPS 180-4.
    Sha256,
    /// FIPS 180-4.
    Sha512,
}

/// What became of a file whose checksum was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It agrees.
    Right,
    /// It disagrees, and the file is gone.
    Withdrawn,
    /// It disagrees with a file that stays.
    Wrong,
}

impl Packages {
    /// Holds a checksum against a file of the granted package. The grant is one to publish.
    pub async fn check(
        &self,
        grant: &Grant,
        version: &str,
        file: &str,
        (kind, digest): (Checksum, &[u8]),
    ) -> Result<Checked, Error> {
        let (_, ecosystem, key) = publishing(grant)?;
        let feed = grant.feed()?;
        let of = (feed.id, ecosystem, key);
        let agrees = |row: &files::AddedRow| match kind {
            Checksum::Md5 => row.md5.as_deref() == Some(digest),
            Checksum::Sha1 => row.sha1 == digest,
            Checksum::Sha256 => row.sha256 == digest,
            Checksum::Sha512 => row.sha512 == digest,
        };
        let row = files::find(&mut &self.core.database, of, version, file).await?;
        let row = row.ok_or(Error::NotFound("file"))?;
        if row.is_confirmed {
            return Ok(if agrees(&row) { Checked::Right } else { Checked::Wrong });
        }
        let mut transaction = self.core.database.write().await?;
        let row = files::find(&mut transaction, of, version, file).await?;
        let row = row.ok_or(Error::NotFound("file"))?;
        if agrees(&row) {
            files::confirm(&mut transaction, row.version_id, file).await?;
            transaction.commit().await?;
            return Ok(Checked::Right);
        }
        let now = self.core.now();
        let is_recent = now.since(Timestamp::from_millis(row.added_at)) < DOUBTFUL;
        let is_own = row.added_by.is_some() && row.added_by == grant.account().map(Into::into);
        if row.is_confirmed || !is_recent || !is_own {
            return Ok(Checked::Wrong);
        }
        files::remove(&mut transaction, row.version_id, file).await?;
        files::note_withdrawn(&mut transaction, of, version, file, now).await?;
        let package = packages::find(&mut transaction, feed.id, ecosystem, key).await?;
        let package = package.ok_or(Error::NotFound("package"))?;
        if !files::settle(&mut transaction, row.version_id).await? {
            // It was never whole: its number stays free.
            versions::delete(&mut transaction, row.version_id).await?;
        }
        if versions::said(&mut transaction, package.id).await?.is_empty() {
            packages::delete(&mut transaction, package.id).await?;
        } else {
            settle_latest(&mut transaction, ecosystem, package.id, now).await?;
        }
        let subject = format!("{ecosystem}|{} {version}", package.name);
        let details = json!({ "with": grant.with().kind(), "file": file });
        let entry = Entry::new(Act::PackageWithdrawFile, &subject).in_feed(feed.id).with(details);
        audit::append(&mut transaction, &grant.actor(), now, entry).await?;
        transaction.commit().await?;
        Ok(Checked::Withdrawn)
    }

    /// Versions and files of the granted package that were taken back and did not come again. The
    /// grant is one to publish.
    pub async fn withdrawn(&self, grant: &Grant) -> Result<Vec<(String, String)>, Error> {
        let (_, ecosystem, key) = publishing(grant)?;
        let of = (grant.feed()?.id, ecosystem, key);
        files::withdrawn(&mut &self.core.database, of).await
    }
}
