//! Files that join a version after it was published: symbols.

use model::id::VersionId;
use serde_json::json;

use super::{ExtraFile, Packages, found, publish::publishing};
use crate::{
    access::{Denial, Grant},
    audit::{self, Entry},
    error::Error,
    storage::{
        Source,
        packages::{
            self, PackageRow,
            versions::{self, NewFile},
        },
    },
};

impl Packages {
    /// Adds a file to a version that is there. It cannot be replaced. The grant is one to publish a
    /// version of the package.
    pub async fn add_file(
        &self,
        grant: &Grant,
        version: &str,
        file: &ExtraFile,
    ) -> Result<(), Error> {
        check(&mut &self.core.database, grant, version, file).await?;
        self.blobs.keep(&file.staged).await?;
        let mut transaction = self.core.database.write().await?;
        let now = self.core.now();
        let (package, id, version) = check(&mut transaction, grant, version, file).await?;
        versions::insert_file(&mut transaction, id, NewFile::extra(file)).await?;
        packages::touch(&mut transaction, package.id, now).await?;
        let (_, ecosystem, _) = publishing(grant)?;
        let subject = format!("{ecosystem}|{} {version}", package.name);
        let details =
            json!({ "with": grant.with().kind(), "size": file.staged.size, "file": file.name });
        let entry = Entry::new("package.add-file", &subject).in_feed(grant.feed()?.id);
        audit::append(&mut transaction, &grant.actor(), now, entry.with(details)).await?;
        transaction.commit().await
    }
}

/// The package, and the version by id and number, if it is there and has no such file yet.
async fn check(
    source: &mut impl Source,
    grant: &Grant,
    version: &str,
    file: &ExtraFile,
) -> Result<(PackageRow, VersionId, String), Error> {
    let (action, ..) = publishing(grant)?;
    let package = found(source, grant, &[action]).await?;
    let version = versions::identify(source, package.id, version).await?;
    let (id, version) = version.ok_or(Error::NotFound("version"))?;
    if versions::has_file(source, id, &file.name).await? {
        let feed = &grant.feed()?.name;
        return Err(Denial::exists(grant, feed, &package.name, &version).into());
    }
    Ok((package, id, version))
}
