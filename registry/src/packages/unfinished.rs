//! Versions that the token which published them may still add to, also if it publishes new packages only.

use std::time::Duration;

use model::{ecosystem::Ecosystem, id::TokenId, timestamp::Timestamp};

use super::publish::publishing;
use crate::{
    access::{Grant, GrantedWith},
    error::Error,
    storage::{
        Source,
        packages::files::{self, Key},
    },
};

/// For how long one deployment sends files. After it a token could change what others rely on.
const DEPLOYMENT: Duration = Duration::from_hours(1);

/// Whether this token published the version, or any version if none is named, and may still add to it: to
/// Maven's within the hour, to others, which take symbols alone, at any time.
pub(crate) async fn is_of_token(
    source: &mut impl Source,
    of: Key<'_>,
    version: &str,
    token: TokenId,
    now: Timestamp,
) -> Result<bool, Error> {
    let since = match of.1 {
        Ecosystem::Maven => now.minus(DEPLOYMENT),
        _ => Timestamp::from_millis(0),
    };
    files::is_of_token(source, of, version, token, since).await
}

/// The same of the credential that a grant to publish was made for.
pub(super) async fn is_own(
    source: &mut impl Source,
    grant: &Grant,
    version: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let GrantedWith::Token { id, .. } = grant.with() else { return Ok(false) };
    let (_, ecosystem, key) = publishing(grant)?;
    is_of_token(source, (grant.feed()?.id, ecosystem, key), version, *id, now).await
}
