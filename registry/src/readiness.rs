//! Whether the server can do its work at this moment.

use std::{
    fmt, io,
    time::{Duration, Instant},
};

use tokio::{sync::Mutex, task, time::timeout};

use crate::{
    blobs::Blobs,
    storage::{self, Database},
};

/// How long the database, the disk and the package store may take to answer, each.
const PATIENCE: Duration = Duration::from_secs(1);
/// For how long an answer stands: however often is asked, little is done for it.
const STANDS_FOR: Duration = Duration::from_millis(500);

/// Why the server cannot do its work. The words are for anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotReady {
    /// The database did not answer in time.
    DatabaseSilent,
    /// It answered with an error.
    DatabaseFailed,
    /// Writing to the data folder took too long.
    DataSilent,
    /// The data folder cannot be written to.
    Data(io::ErrorKind),
    /// The package store did not answer in time.
    PackagesSilent,
    /// It answered with an error, or is not the one that the server began with.
    PackagesFailed,
}

impl fmt::Display for NotReady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DatabaseSilent => f.write_str("the database does not answer within a second"),
            Self::DatabaseFailed => f.write_str("the database does not answer"),
            Self::DataSilent => f.write_str("the data folder does not answer within a second"),
            Self::Data(kind) => write!(f, "the data folder cannot be written to: {kind}"),
            Self::PackagesSilent => {
                f.write_str("the package store does not answer within a second")
            }
            Self::PackagesFailed => f.write_str("the package store does not answer as it should"),
        }
    }
}

/// The last answer and when it was found.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, Result<(), NotReady>)>>);

impl Readiness {
    pub(crate) async fn check(&self, database: &Database, blobs: &Blobs) -> Result<(), NotReady> {
        let mut last = self.0.lock().await;
        if let Some((at, answer)) = *last
            && at.elapsed() < STANDS_FOR
        {
            return answer;
        }
        let answer = look(database, blobs).await;
        *last = Some((Instant::now(), answer));
        answer
    }
}

async fn look(database: &Database, blobs: &Blobs) -> Result<(), NotReady> {
    match timeout(PATIENCE, storage::answers(database)).await {
        Err(_) => return Err(NotReady::DatabaseSilent),
        Ok(Err(_)) => return Err(NotReady::DatabaseFailed),
        Ok(Ok(())) => {}
    }
    let trial = blobs.trial();
    match timeout(PATIENCE, task::spawn_blocking(trial)).await {
        Err(_) => return Err(NotReady::DataSilent),
        Ok(Err(_)) => return Err(NotReady::Data(io::ErrorKind::Other)),
        Ok(Ok(written)) => written.map_err(|error| NotReady::Data(error.kind()))?,
    }
    match timeout(PATIENCE, blobs.answers()).await {
        Err(_) => Err(NotReady::PackagesSilent),
        Ok(answer) => answer.map_err(|_| NotReady::PackagesFailed),
    }
}
