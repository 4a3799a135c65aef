//! Packages: publishing, reading, finding and changing them. Every method takes the [`Grant`] that
//! allows it.
//!
//! | module | what it holds |
//! |---|---|
//! | `bower` | Bower's names and the addresses they lead to |
//! | `publish` | new versions |
//! | `arrivals` | versions that arrive file by file |
//! | `checksums` | checksums that are sent after their file |
//! | `documents` | lists of versions that clients keep |
//! | `files` | files that join a version later |
//! | `keeping` | uploads on their way to being referred to |
//! | `known` | what is remembered of packages |
//! | `order` | which of two versions is the higher one |
//! | `read` | what is read: packages, versions, archives |
//! | `page` | what a package's own page shows |
//! | `search` | finding packages by words |
//! | `unfinished` | versions that their token may still add to |
//! | `change` | what becomes of versions that are there: unlisted, deprecated, tagged, deleted |

mod arrivals;
mod bower;
mod change;
mod checksums;
mod documents;
mod files;
mod keeping;
mod known;
mod order;
mod page;
mod publish;
mod read;
mod search;
mod unfinished;

use std::sync::Arc;

use futures::{StreamExt as _, TryStreamExt as _};
use known::Known;
use model::{action::Action, ecosystem::Ecosystem, id::PackageId};
use serde::Deserialize;

pub use arrivals::{Arrival, Digests};
pub use bower::Registered;
pub use checksums::{Checked, Checksum};
pub use documents::Document;
pub use page::Asked;
pub use publish::{ExtraFile, Release};
pub use read::{Manifests, Outline, OutlinedVersion, Package, StoredFile, Version};
pub use search::{Found, FoundPackage, Marks, Query};
pub(crate) use unfinished::is_of_token;

use crate::{
    access::Grant,
    blobs::{Blobs, Content},
    core::Core,
    error::Error,
    storage::{
        Source, Transaction,
        packages::{
            self, PackageRow,
            versions::{self, VersionRow},
        },
    },
    usage::Usage,
};

/// The tag of what is installed where no version is asked for.
const LATEST: &str = "latest";
/// The most characters of a package's description that are kept for searches.
const LONGEST_DESCRIPTION: usize = 300;

/// Which state of a package this is; the revision grows with every change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PackageState {
    /// The package.
    pub id: PackageId,
    /// Its revision.
    pub revision: i64,
}

impl From<&PackageRow> for PackageState {
    fn from(row: &PackageRow) -> Self {
        Self { id: row.id, revision: row.revision }
    }
}

/// Packages.
pub struct Packages {
    pub(crate) core: Arc<Core>,
    pub(crate) blobs: Blobs,
    pub(crate) usage: Arc<Usage>,
    known: Known,
}

impl Packages {
    pub(crate) fn new(core: Arc<Core>, blobs: Blobs, usage: Arc<Usage>) -> Self {
        Self { core, blobs, usage, known: Known::new() }
    }

    /// The content of a blob. One that is damaged is counted, and named by the files that it takes along.
    async fn content(&self, hash: &[u8], size: u64) -> Result<Content, Error> {
        match self.blobs.open(hash, size).await {
            Err(Error::Damaged(blob)) => {
                self.core.metrics.damaged(blob.is_missing);
                let named = Box::pin(blob.named(&self.core.database, hash)).await?;
                Err(Error::Damaged(Box::new(named)))
            }
            Ok(Content::Stream(pieces)) => {
                let core = Arc::clone(&self.core);
                let pieces = pieces.inspect_err(move |error| {
                    if let Error::Damaged(blob) = error {
                        core.metrics.damaged(blob.is_missing);
                    }
                });
                Ok(Content::Stream(pieces.boxed()))
            }
            other => other,
        }
    }

    /// Removes blobs that nothing refers to.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let swept = self.blobs.sweep(&self.core.database, self.core.now(), false).await?;
        if swept.blobs > 0 {
            tracing::info!(removed = swept.blobs, "removed blobs that no version refers to");
        }
        Ok(())
    }
}

/// The package of a grant for one of these actions.
fn granted<'a>(grant: &'a Grant, actions: &[Action]) -> Result<(Ecosystem, &'a str), Error> {
    match grant.action() {
        Some(action) if actions.contains(&action) => grant.package_for(action),
        _ => Err(Error::internal("a grant was used for something else", "another action")),
    }
}

/// The granted package as it stands.
async fn found(
    source: &mut impl Source,
    grant: &Grant,
    actions: &[Action],
) -> Result<PackageRow, Error> {
    let (ecosystem, key) = granted(grant, actions)?;
    let found = packages::find(source, grant.feed()?.id, ecosystem, key).await?;
    found.ok_or(Error::NotFound("package"))
}

/// Keeps what searches show of a package in step with what `latest` points to.
async fn describe(transaction: &mut Transaction, package: PackageId) -> Result<(), Error> {
    let latest = versions::tagged(transaction, package, LATEST).await?;
    let description = latest.as_ref().map(description).unwrap_or_default();
    packages::describe(transaction, package, &description).await
}

/// What a version says of itself in a line.
fn description(version: &VersionRow) -> String {
    #[derive(Deserialize)]
    struct Described {
        #[serde(default)]
        description: serde_json::Value,
    }
    let described = serde_json::from_str::<Described>(&version.manifest).ok();
    let text = described.as_ref().and_then(|manifest| manifest.description.as_str());
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST_DESCRIPTION).collect()
}
