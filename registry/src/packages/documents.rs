//! Lists that clients keep beside packages: of the versions of one, of the builds of a version, of what
//! belongs to a group. They are served as they were sent, until a version is unlisted or deleted.

use model::{action::Action, audit::Act, timestamp::Timestamp};
use serde_json::json;

use super::{Packages, granted, publish::publishing};
use crate::{
    access::Grant,
    audit::{self, Entry},
    error::Error,
    storage::packages::{self, files, versions},
};

/// A list as a client sent it, or what one is made of.
#[derive(Debug)]
pub enum Document {
    /// As it was sent.
    Sent(String),
    /// Nobody sent one: the listed versions, oldest first, and when the package changed last.
    Versions(Vec<String>, Timestamp),
}

impl Packages {
    /// The list of the granted package or group, for which `version` is empty, or of a version. The
    /// grant is one for lists.
    pub async fn document(&self, grant: &Grant, version: &str) -> Result<Document, Error> {
        let actions = [Action::Read, Action::PushNew, Action::PushVersion];
        let (ecosystem, key) = granted(grant, &actions)?;
        let (feed, mut database) = (grant.feed()?.id, &self.core.database);
        if let Some(row) = files::document(&mut database, (feed, ecosystem, key), version).await? {
            return Ok(Document::Sent(row.content));
        }
        let package = packages::find(&mut database, feed, ecosystem, key).await?;
        let package = package.filter(|_| version.is_empty()).ok_or(Error::NotFound("list"))?;
        let said = versions::said(&mut database, package.id).await?;
        let listed = said.into_iter().filter(|row| row.is_listed).map(|row| row.version);
        Ok(Document::Versions(listed.collect(), Timestamp::from_millis(package.updated_at)))
    }

    /// Keeps a list of the granted package, of one of its versions, or of a group, which has no package
    /// of its name. The grant is one to publish.
    pub async fn set_document(
        &self,
        grant: &Grant,
        version: &str,
        content: &str,
    ) -> Result<(), Error> {
        let (_, ecosystem, key) = publishing(grant)?;
        let feed = grant.feed()?.id;
        let mut transaction = self.core.database.write().await?;
        let now = self.core.now();
        let package = packages::find(&mut transaction, feed, ecosystem, key).await?;
        match package {
            Some(package) if version.is_empty() => {
                packages::touch(&mut transaction, package.id, now).await?;
            }
            Some(package) => {
                let found = versions::identify(&mut transaction, package.id, version).await?;
                found.ok_or(Error::NotFound("version"))?;
            }
            None if grant.is_for_group() => {}
            None => return Err(Error::NotFound("package")),
        }
        files::set_document(&mut transaction, (feed, ecosystem, key), version, content, now)
            .await?;
        let subject = format!("{ecosystem}|{key} {version}");
        let details = json!({ "with": grant.with().kind() });
        let entry = Entry::new(Act::PackageListVersions, subject.trim_end()).in_feed(feed);
        audit::append(&mut transaction, &grant.actor(), now, entry.with(details)).await?;
        transaction.commit().await
    }
}
