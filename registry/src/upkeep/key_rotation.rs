//! Another master key in the place of the one in use.
//!
//! The next key is durable before anything is sealed with it, and all copies change hands in one
//! transaction, together with the fingerprint that says which key is in use. Broken off before that
//! commit, nothing happened; after it, whoever opens the data next puts the next key's file in place.

use std::path::PathBuf;

use model::audit::Act;
use uuid::Uuid;

use super::Upkeep;
use crate::{
    audit::{self, Actor, Entry},
    crypto::{
        BadKey,
        master_key::{KeyFile, MasterKey, SealOf},
    },
    error::{Error, OpenError},
    opening::{self, KeySource},
    services::Settings,
    storage::{
        Transaction,
        keys::{self, KnownKey},
    },
};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// How many copies are sealed with the new key.
    pub resealed: u64,
    /// How many could not be opened and are gone; the tokens go on working.
    pub dropped: u64,
    /// Where the new key is.
    pub key: PathBuf,
    /// Where the old one is kept, if this moved it: whoever restores an older backup needs it.
    pub old_key: Option<PathBuf>,
}

/// Seals every copy with a new key, which is made in the place of the one in use or read from (or made
/// in) the named file. Without the old key, `is_old_lost`, the copies are dropped.
pub async fn rotate_master_key(
    settings: &Settings,
    new_file: Option<PathBuf>,
    is_old_lost: bool,
    actor: &Actor,
) -> Result<Rotated, OpenError> {
    let data = Upkeep::open_alone(settings).await?;
    let rotated = rotate(&data, settings, new_file, is_old_lost, actor).await;
    data.close().await;
    rotated
}

async fn rotate(
    data: &Upkeep,
    settings: &Settings,
    new_file: Option<PathBuf>,
    is_old_lost: bool,
    actor: &Actor,
) -> Result<Rotated, OpenError> {
    let old =
        if is_old_lost { None } else { Some(opening::master_key(settings, &data.database).await?) };
    let place = match KeySource::of(settings)? {
        KeySource::File(file) if new_file.is_none() => Some(file),
        KeySource::Variable(_) if new_file.is_none() => {
            return Err(OpenError::Refused(
                "the master key comes from a variable, which this command cannot change. Name a file \
                 for the new one with --new-key-file, and set the variable to what it holds afterwards."
                    .to_owned(),
            ));
        }
        _ => None,
    };
    let known = keys::known(&mut &data.database).await?;
    let (new, key) = match (&place, new_file) {
        (Some(file), _) => {
            let bad = |source| bad_key(file, source);
            if let Some(known) = &known {
                file.finish_exchange(&known.fingerprint).map_err(bad)?;
            }
            (file.make_next().map_err(bad)?, file.path().to_owned())
        }
        (None, Some(path)) => {
            opening::outside(&path, &data.data)?;
            let file = KeyFile::at(path.clone());
            (file.read_or_make().map_err(|source| bad_key(&file, source))?, path)
        }
        (None, None) => return Err(OpenError::NoKey("nowhere".to_owned())),
    };
    if known.as_ref().is_some_and(|known| known.fingerprint == new.fingerprint()) {
        return Err(OpenError::Refused(format!(
            "{} holds the key that is in use already.",
            key.display()
        )));
    }
    let new = new.of_version(known.map_or(1, |known| known.version + 1));

    let mut transaction = data.database.write().await?;
    let (resealed, dropped) = reseal(&mut transaction, old.as_ref(), &new).await?;
    let details = serde_json::json!({ "resealed": resealed, "dropped": dropped });
    let entry = Entry::new(Act::DataRotateKey, "").with(details);
    audit::append(&mut transaction, actor, data.clock.now(), entry).await?;
    let fingerprint = new.fingerprint().to_owned();
    let now_known = KnownKey { version: new.version(), fingerprint: fingerprint.clone() };
    keys::replace(&mut transaction, &now_known).await?;
    transaction.commit().await?;

    let old_key = match place {
        Some(file) => {
            file.finish_exchange(&fingerprint).map_err(|source| bad_key(&file, source))?;
            Some(file.old()).filter(|old| old.exists())
        }
        None => None,
    };
    Ok(Rotated { resealed, dropped, key, old_key })
}

fn bad_key(file: &KeyFile, source: BadKey) -> OpenError {
    OpenError::Key { path: file.path().display().to_string(), source }
}

/// Seals every copy anew; those that the old key does not open are dropped.
async fn reseal(
    transaction: &mut Transaction,
    old: Option<&MasterKey>,
    new: &MasterKey,
) -> Result<(u64, u64), Error> {
    let (mut resealed, mut dropped) = (0, 0);
    let mut after = Uuid::nil();
    loop {
        let rows = keys::sealed_after(transaction, after).await?;
        let Some(last) = rows.last() else { return Ok((resealed, dropped)) };
        after = last.id.into();
        for row in rows {
            let of = SealOf {
                token: row.token_id,
                secret: row.id,
                owner: row.owner_id,
                key_version: row.key_version,
            };
            let opened = old.and_then(|old| old.open(&row.sealed, &of));
            let of = SealOf { key_version: new.version(), ..of };
            let sealed = opened.map(|secret| new.seal(&secret, &of)).transpose()?;
            if sealed.is_some() {
                resealed += 1;
            } else {
                dropped += 1;
            }
            keys::reseal(transaction, row.id, sealed, new.version()).await?;
        }
    }
}
