//! Opening and closing the services.

#[cfg(test)]
pub(crate) mod same_work;

use std::{
    fs::File,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use model::{
    policy::{FixedSettings, Policy, Reveal},
    views::Provider,
};
use tokio::{task::JoinHandle, time};

use crate::{
    access::Access,
    accounts::Accounts,
    audit::Audit,
    blobs::{Blobs, Bucket},
    clock::Clock,
    core::{Core, KnownPolicy},
    crypto::passwords::Passwords,
    denials::Denials,
    error::{Error, OpenError},
    feeds::Feeds,
    guesses::Guesses,
    identities::Identities,
    logins::Logins,
    metrics::Metrics,
    opening::{self, Opened},
    packages::Packages,
    policies::Policies,
    rate::Rates,
    readiness::{NotReady, Readiness},
    sessions::Sessions,
    storage,
    tokens::Tokens,
    usage::Usage,
};

/// How often what was gathered is written.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How often what has ended is removed.
const SWEEP_EVERY: Duration = Duration::from_hours(1);

/// Which program opens the services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The server: alone on its data folder, keeps everything swept and flushed.
    Server,
    /// A command, possibly beside a running server.
    Command,
}

/// Sizes beyond which an upload is refused.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest archive, in bytes.
    pub package_bytes: u64,
    /// The largest description of a package around its archive, in bytes.
    pub document_bytes: u64,
}

/// What the services are opened with.
pub struct Settings {
    /// The folder for uploads on their way and, unless `blobs` and `database` say otherwise, for the
    /// packages and the embedded database.
    pub data: PathBuf,
    /// `sqlite:///path` or `postgres://…`; `None` for SQLite in the data folder.
    pub database: Option<String>,
    /// The bucket that holds the packages; `None` for the data folder.
    pub blobs: Option<Bucket>,
    /// The master key's file; `None` for the data folder's name with `.key` beside it.
    pub key_file: Option<PathBuf>,
    /// What is decided by the configuration, and cannot be changed while the server runs.
    pub policy: FixedSettings,
    /// The providers whose identities can be linked.
    pub providers: Vec<Provider>,
    /// Sizes beyond which an upload is refused.
    pub limits: Limits,
    /// Where the server is reached, without a slash at its end.
    pub public_url: String,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Which program this is.
    pub program: Program,
}

/// Every service there is.
pub struct Services {
    /// Accounts.
    pub accounts: Arc<Accounts>,
    /// Identities at providers that are linked to accounts.
    pub identities: Identities,
    /// The policy, and changing it.
    pub policies: Policies,
    /// Browser sessions.
    pub sessions: Arc<Sessions>,
    /// Access tokens.
    pub tokens: Arc<Tokens>,
    /// Sign-ins from terminals.
    pub logins: Arc<Logins>,
    /// Who tries codes and sign-ups too often.
    pub guesses: Guesses,
    /// The gate before every feed.
    pub access: Access,
    /// Feeds.
    pub feeds: Arc<Feeds>,
    /// Packages.
    pub packages: Arc<Packages>,
    /// Refusals.
    pub denials: Arc<Denials>,
    /// The usage ledger.
    pub usage: Arc<Usage>,
    /// The audit log.
    pub audit: Audit,
    core: Arc<Core>,
    readiness: Readiness,
    limits: Limits,
    tasks: Vec<JoinHandle<()>>,
    /// Held while a server runs, so that no second one starts on the same folder.
    lock: Mutex<Option<File>>,
}

impl Services {
    /// Opens everything: locks the data folder, brings the tables up to date, reads the key.
    pub async fn open(settings: Settings) -> Result<Arc<Self>, OpenError> {
        let server = settings.program == Program::Server;
        let Opened { database, lock, opening } = opening::open(&settings).await?;
        let keys = opening::master_key(&settings, &database).await?;
        let policy = KnownPolicy::begin(settings.policy.clone(), &database).await?;
        let core = Arc::new(Core {
            database,
            clock: Arc::clone(&settings.clock),
            keys,
            passwords: Passwords::new()?,
            rates: Rates::default(),
            metrics: Metrics::new()?,
            policy,
            providers: settings.providers.clone(),
            public_url: settings.public_url.clone(),
        });
        let lock = lock.filter(|_| server);
        let blobs = Blobs::of(&settings, lock.is_some(), core.metrics.blob_bytes())?;
        // Commands have nothing to do with the packages' content; those that have look themselves.
        if server {
            blobs.settle(&core.database).await?;
        }
        let services = Self::build(core, &settings, blobs, lock)?;
        drop(opening);
        if server {
            services.drop_unwanted_copies().await?;
        }
        Ok(services)
    }

    fn build(
        core: Arc<Core>,
        settings: &Settings,
        blobs: Blobs,
        lock: Option<File>,
    ) -> Result<Arc<Self>, OpenError> {
        let shared = || Arc::clone(&core);
        let sessions = Arc::new(Sessions { core: shared() });
        let usage = Arc::new(Usage::new(shared()));
        let denials = Arc::new(Denials::new(shared()));
        let tokens = Arc::new(Tokens { core: shared(), sessions: Arc::clone(&sessions) });
        let logins = Arc::new(Logins { core: shared(), sessions: Arc::clone(&sessions) });
        let packages = Arc::new(Packages::new(shared(), blobs, Arc::clone(&usage)));
        let feeds = Arc::new(Feeds::new(shared(), Arc::clone(&sessions)));
        let mut tasks = Vec::new();
        if settings.program == Program::Server {
            tasks.push(storage::watch(&core.database));
            tasks.push(follow_policy(shared()));
            tasks.push(flush_often(Arc::clone(&usage), Arc::clone(&denials)));
            tasks.push(remove_deleted_feeds(Arc::clone(&feeds)));
            tasks.push(sweep_often(
                Arc::clone(&sessions),
                Arc::clone(&denials),
                Arc::clone(&packages),
                Arc::clone(&logins),
            ));
        }
        let access = Access::new(
            shared(),
            Arc::clone(&sessions),
            Arc::clone(&tokens),
            Arc::clone(&denials),
            Arc::clone(&usage),
        )?;
        let accounts = Arc::new(Accounts::new(shared(), Arc::clone(&sessions)));
        let identities = Identities {
            core: shared(),
            sessions: Arc::clone(&sessions),
            accounts: Arc::clone(&accounts),
        };
        Ok(Arc::new(Self {
            policies: Policies { core: shared(), sessions: Arc::clone(&sessions) },
            accounts,
            identities,
            access,
            feeds,
            audit: Audit { core: shared() },
            sessions,
            tokens,
            logins,
            guesses: Guesses { core: shared() },
            packages,
            denials,
            usage,
            readiness: Readiness::default(),
            limits: settings.limits,
            core,
            tasks,
            lock: Mutex::new(lock),
        }))
    }

    /// The policy at this moment.
    pub fn policy(&self) -> Arc<Policy> {
        self.core.policy()
    }

    /// The providers whose identities can be linked.
    pub fn providers(&self) -> &[Provider] {
        &self.core.providers
    }

    /// Sizes beyond which an upload is refused.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Where the server is reached, without a slash at its end.
    pub fn public_url(&self) -> &str {
        &self.core.public_url
    }

    /// The present moment.
    pub fn now(&self) -> model::timestamp::Timestamp {
        self.core.now()
    }

    /// What is counted, and where more can be.
    pub fn metrics(&self) -> &Metrics {
        &self.core.metrics
    }

    /// All that is counted, as it is now, in the text format 0.0.4 of Prometheus.
    pub async fn metrics_text(&self) -> Result<String, Error> {
        self.core.metrics.text(&self.core).await
    }

    /// Whether database, data folder and package store can be used at this moment.
    pub async fn ready(&self) -> Result<(), NotReady> {
        self.readiness.check(&self.core.database, &self.packages.blobs).await
    }

    /// Writes what was gathered, closes the database and lets go of the data folder.
    pub async fn close(&self) {
        for task in &self.tasks {
            task.abort();
        }
        flush(&self.usage, &self.denials).await;
        self.core.database.close().await;
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }

    /// A lowered reveal policy destroys the copies it no longer allows, at once.
    async fn drop_unwanted_copies(&self) -> Result<(), Error> {
        let also_primary = match self.core.policy().reveal {
            Reveal::All => return Ok(()),
            Reveal::Primary => false,
            Reveal::Never => true,
        };
        let mut transaction = self.core.database.write().await?;
        let dropped = storage::tokens::drop_sealed(&mut transaction, also_primary).await?;
        transaction.commit().await?;
        if dropped > 0 {
            tracing::info!(
                dropped,
                "destroyed copies of token values that the policy no longer allows"
            );
        }
        Ok(())
    }
}

async fn flush(usage: &Usage, denials: &Denials) {
    for result in [usage.flush().await, denials.flush().await] {
        if let Err(error) = result {
            tracing::error!(%error, source = ?std::error::Error::source(&error), "ledger rows could not be written");
        }
    }
}

/// Reads the policy anew whenever something was changed, by whomever.
fn follow_policy(core: Arc<Core>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            core.database.changes().ended().await;
            while let Err(error) = core.read_policy().await {
                tracing::error!(%error, "the policy could not be read");
                time::sleep(FLUSH_EVERY).await;
            }
        }
    })
}

fn flush_often(usage: Arc<Usage>, denials: Arc<Denials>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut period = time::interval(FLUSH_EVERY);
        period.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        loop {
            period.tick().await;
            flush(&usage, &denials).await;
        }
    })
}

fn sweep_often(
    sessions: Arc<Sessions>,
    denials: Arc<Denials>,
    packages: Arc<Packages>,
    logins: Arc<Logins>,
) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut period = time::interval(SWEEP_EVERY);
        loop {
            period.tick().await;
            for result in [
                sessions.sweep().await,
                denials.sweep().await,
                packages.sweep().await,
                logins.sweep().await,
            ] {
                if let Err(error) = result {
                    tracing::error!(%error, "what has ended could not be removed");
                }
            }
        }
    })
}

/// Removes what deleted feeds held, as soon as one is deleted, and what was left over when the
/// server stopped.
fn remove_deleted_feeds(feeds: Arc<Feeds>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            if let Err(error) = feeds.remove_deleted().await {
                tracing::error!(%error, "what a deleted feed held could not be removed");
            }
            // Another process may have deleted one.
            let _ = time::timeout(SWEEP_EVERY, feeds.deleted()).await;
        }
    })
}
