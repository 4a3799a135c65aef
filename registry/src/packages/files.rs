//! Files that join a version after it was published: symbols.

use model::{action::Action, audit::Act, timestamp::Timestamp};
use serde_json::json;

use super::{ExtraFile, Packages, found, publish::publishing, unfinished::is_own};
use crate::{
    access::{Denial, Grant},
    audit::{self, Entry},
    error::Error,
    storage::{
        Source,
        packages::{
            self, PackageRow,
            versions::{self, IdentityRow, NewFile},
        },
    },
};

impl Packages {
    /// Adds a file to a version that is there. It cannot be replaced. The grant is one to attach
    /// something to it.
    pub async fn add_file(
        &self,
        grant: &Grant,
        version: &str,
        file: &ExtraFile,
    ) -> Result<(), Error> {
        check(&mut &self.core.database, grant, version, file, self.core.now()).await?;
        let kept = self.keep(vec![&file.staged]).await?;
        let mut transaction = self.core.database.write().await?;
        self.must_be_kept(&mut transaction, &kept).await?;
        let now = self.core.now();
        let (package, row) = check(&mut transaction, grant, version, file, now).await?;
        versions::insert_file(&mut transaction, row.id, NewFile::extra(file)).await?;
        packages::touch(&mut transaction, package.id, now).await?;
        let (_, ecosystem, _) = publishing(grant)?;
        let subject = format!("{ecosystem}|{} {}", package.name, row.version);
        let details =
            json!({ "with": grant.with().kind(), "size": file.staged.size, "file": file.name });
        let entry = Entry::new(Act::PackageAddFile, &subject).in_feed(grant.feed()?.id);
        audit::append(&mut transaction, &grant.actor(), now, entry.with(details)).await?;
        transaction.commit().await?;
        self.core.metrics.published(ecosystem);
        Ok(())
    }
}

/// The package and the version, if it is there and has no such file yet. What the grant was given for
/// is looked at again: a right to publish new packages is none to change those of others.
async fn check(
    source: &mut impl Source,
    grant: &Grant,
    version: &str,
    file: &ExtraFile,
    now: Timestamp,
) -> Result<(PackageRow, IdentityRow), Error> {
    let (action, ecosystem, _) = publishing(grant)?;
    let package = found(source, grant, &[action]).await?;
    let key = ecosystem.version_key(version);
    let row = versions::identify(source, package.id, &key).await?;
    let row = row.ok_or(Error::NotFound("version"))?;
    if action == Action::PushNew && !is_own(source, grant, &key, now).await? {
        return Err(Error::Raced);
    }
    if versions::has_file(source, row.id, &file.name).await? {
        let feed = &grant.feed()?.name;
        return Err(Denial::exists(grant, feed, &package.name, &row.version).into());
    }
    Ok((package, row))
}
