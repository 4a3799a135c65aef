//! A time in which no blob is removed, prolonged as long as it is needed.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinHandle, time};

use crate::{
    audit::{self, Actor, Entry},
    clock::Clock,
    error::Error,
    storage::{Database, upkeep},
};

/// How long blobs are kept without another word: whoever was killed holds nothing up for longer.
const TERM: Duration = Duration::from_mins(10);
/// How often it is prolonged.
const EVERY: Duration = Duration::from_mins(1);

/// Ends when it is dropped.
pub(super) struct Lease {
    database: Database,
    clock: Arc<dyn Clock>,
    task: JoinHandle<Error>,
}

impl Lease {
    /// Begins one, with an entry in the audit log. Whatever is referred to from now on stays.
    pub(super) async fn begin(
        database: &Database,
        clock: &Arc<dyn Clock>,
        actor: &Actor,
        entry: Entry<'_>,
    ) -> Result<Self, Error> {
        let mut transaction = database.write().await?;
        let now = clock.now();
        upkeep::keep_blobs(&mut transaction, now.plus(TERM).as_millis()).await?;
        audit::append(&mut transaction, actor, now, entry).await?;
        transaction.commit().await?;
        let (database, clock) = (database.clone(), Arc::clone(clock));
        let task = tokio::spawn(prolong(database.clone(), Arc::clone(&clock)));
        Ok(Self { database, clock, task })
    }

    /// Whether it held all the time.
    pub(super) async fn has_held(&self) -> Result<(), Error> {
        let until = upkeep::blobs_kept_until(&mut &self.database).await?;
        if self.task.is_finished() || until <= self.clock.now().as_millis() {
            let words = "blobs may have been removed meanwhile";
            return Err(Error::internal("the backup took too long to hold them", words));
        }
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Prolongs it until that fails for so long that it lapses.
async fn prolong(database: Database, clock: Arc<dyn Clock>) -> Error {
    loop {
        time::sleep(EVERY).await;
        if let Err(error) = prolong_once(&database, clock.as_ref()).await {
            tracing::warn!(%error, "blobs could not be kept for longer");
            let until = upkeep::blobs_kept_until(&mut &database).await;
            if !until.is_ok_and(|until| until > clock.now().as_millis()) {
                return error;
            }
        }
    }
}

async fn prolong_once(database: &Database, clock: &dyn Clock) -> Result<(), Error> {
    let mut transaction = database.write().await?;
    let now = clock.now();
    if upkeep::blobs_kept_until(&mut transaction).await? <= now.as_millis() {
        return Err(Error::internal("blobs", "were kept for too short a time"));
    }
    upkeep::keep_blobs(&mut transaction, now.plus(TERM).as_millis()).await?;
    transaction.commit().await
}
