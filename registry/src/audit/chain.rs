//! The chain of hashes, and what it proves.
//!
//! It shows that a row was changed, removed or put in between. It does not show by itself that the last
//! rows were cut off, or that the whole chain was computed anew by somebody who may write the database:
//! for that the number and the hash of a row have to be kept elsewhere and be looked for again.

use sha2::{Digest, Sha256};

use super::Audit;
use crate::{
    crypto::digest::hex,
    error::Error,
    storage::{
        Source,
        audit::{self, AuditRow},
    },
};

/// A row of the chain, which proves everything before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    /// Its number; 0 while there is none.
    pub seq: i64,
    /// Its hash in hexadecimal digits; zeros while there is none.
    pub hash: String,
}

/// Where the chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// This row, or the one before it, was changed, removed or put in.
    At(i64),
    /// The chain holds, but the row that was expected has another hash: all was computed anew.
    Other(i64),
    /// The chain holds, but ends with this row, before the one that was expected: the last rows were
    /// cut off.
    Short(i64),
}

/// What walking the chain gave: its newest row, or where it does not hold.
pub type Verdict = Result<Tip, Broken>;

impl Audit {
    /// Walks the whole chain. With `expected`, the number of a row and the beginning of its hash in
    /// hexadecimal digits, that row has to be in it. A server may write meanwhile: rows only ever
    /// join at the end, each whole, so what is read is always the beginning of one chain.
    pub async fn verify(&self, expected: Option<(i64, &str)>) -> Result<Verdict, Error> {
        verify(&mut &self.core.database, expected).await
    }
}

/// [`Audit::verify`] of any database, or within a transaction.
pub(crate) async fn verify(
    source: &mut impl Source,
    expected: Option<(i64, &str)>,
) -> Result<Verdict, Error> {
    let (mut seq, mut before) = (0, vec![0; 32]);
    loop {
        let rows = audit::after(source, seq).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            if row.seq != seq + 1 || row.prev_hash != before || hash(&row) != row.hash {
                return Ok(Err(Broken::At(row.seq)));
            }
            let is_expected = |(seq, beginning): (i64, &str)| {
                seq != row.seq || hex(&row.hash).starts_with(beginning)
            };
            if !expected.is_none_or(is_expected) {
                return Ok(Err(Broken::Other(row.seq)));
            }
            (seq, before) = (row.seq, row.hash);
        }
    }
    match expected {
        Some((expected, _)) if expected > seq => Ok(Err(Broken::Short(seq))),
        _ => Ok(Ok(Tip { seq, hash: hex(&before) })),
    }
}

/// The hash of a row, over its fields and the hash before it.
pub(super) fn hash(row: &AuditRow) -> Vec<u8> {
    let mut digest = Sha256::new();
    let id = |id: &Option<uuid::Uuid>| id.map(|id| id.as_bytes().to_vec()).unwrap_or_default();
    for field in [
        row.prev_hash.clone(),
        row.seq.to_be_bytes().to_vec(),
        row.at.to_be_bytes().to_vec(),
        row.actor_kind.clone().into_bytes(),
        id(&row.actor_id),
        row.actor_name.clone().into_bytes(),
        id(&row.account_id),
        row.act.clone().into_bytes(),
        row.subject.clone().into_bytes(),
        id(&row.feed_id),
        row.address.clone().into_bytes(),
        row.client.clone().into_bytes(),
        row.details.clone().into_bytes(),
    ] {
        digest.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(field);
    }
    digest.finalize().to_vec()
}
