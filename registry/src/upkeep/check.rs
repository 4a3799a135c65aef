//! Whether the blobs are what the rows say, and the audit log what it was.

use super::{Upkeep, blob_copies::DamagedBlob};
use crate::{audit, blobs::Condition, crypto::digest::hex, error::Error, storage::upkeep};

/// What was found.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// How many blobs are referred to and whole.
    pub blobs: u64,
    /// How many bytes they have together.
    pub bytes: u64,
    /// Those that are missing or corrupt.
    pub damaged: Vec<DamagedBlob>,
    /// Digests, in hexadecimal, and sizes of those that nothing refers to. That is no fault: uploads in
    /// progress are among them, and what is left over is removed after a day.
    pub orphans: Vec<(String, u64)>,
    /// The newest row of the audit log, or where its chain does not hold.
    pub audit: audit::Verdict,
}

impl Verdict {
    /// Whether all is well.
    pub fn is_good(&self) -> bool {
        self.damaged.is_empty() && self.audit.is_ok()
    }
}

impl Upkeep {
    /// Reads every blob and the whole audit log.
    pub async fn verify(&self) -> Result<Verdict, Error> {
        let mut database = &self.database;
        let (mut blobs, mut bytes, mut damaged) = (0, 0, Vec::new());
        let mut after = Vec::new();
        loop {
            let hashes = upkeep::blobs_after(&mut database, &after).await?;
            let Some(last) = hashes.last() else { break };
            after.clone_from(last);
            for hash in &hashes {
                let condition = self.blobs.look_at(hash).await?;
                if let Condition::Whole(size) = condition {
                    blobs += 1;
                    bytes += size;
                }
                damaged.extend(DamagedBlob::found(database, hash, condition).await?);
            }
        }
        let orphans = self.blobs.orphans(database).await?;
        let orphans = orphans.into_iter().map(|(hash, size)| (hex(&hash), size)).collect();
        let audit = audit::verify(&mut database, None).await?;
        Ok(Verdict { blobs, bytes, damaged, orphans, audit })
    }
}
