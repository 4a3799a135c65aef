//! What is counted for an operator's graphs, in the model of Prometheus.
//!
//! Labels have few values, all known beforehand: no feed, package, user or address is one.

use std::time::{Duration, Instant};

use model::{ecosystem::Ecosystem, timestamp::Timestamp};
use prometheus::{
    IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder, proto::MetricFamily,
};
use tokio::sync::Mutex;

use crate::{
    core::Core,
    error::Error,
    storage::{Database, tokens},
};

/// For how long the numbers of tokens are kept: counting them reads the whole table.
const TOKENS_FOR: Duration = Duration::from_mins(1);

/// What may be wrong with a blob.
const CONDITIONS: [&str; 2] = ["corrupt", "missing"];

/// How trying to sign in ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// A session began.
    Accepted,
    /// Name and password do not belong together.
    Refused,
    /// Too many tries.
    Throttled,
}

impl SignIn {
    const ALL: [Self; 3] = [Self::Accepted, Self::Refused, Self::Throttled];

    fn label(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Throttled => "throttled",
        }
    }
}

/// The numbers, and the registry from which they are read.
pub struct Metrics {
    registry: Registry,
    publishes: IntCounterVec,
    sign_ins: IntCounterVec,
    blob_bytes: IntCounter,
    damaged: IntCounterVec,
    tokens: IntGaugeVec,
    connections: IntGaugeVec,
    tokens_counted: Mutex<Option<Instant>>,
}

impl Metrics {
    pub(crate) fn new() -> Result<Self, Error> {
        Self::register(Registry::new())
            .map_err(|error| Error::internal("a metric could not be made", error))
    }

    fn register(registry: Registry) -> Result<Self, prometheus::Error> {
        let publishes = IntCounterVec::new(
            Opts::new("latchkey_publishes_total", "Versions, files and names that were accepted."),
            &["ecosystem"],
        )?;
        let sign_ins = IntCounterVec::new(
            Opts::new(
                "latchkey_sign_ins_total",
                "Sessions that began, and passwords that were refused, in pages and as HTTP Basic.",
            ),
            &["outcome"],
        )?;
        let blob_bytes = IntCounter::new(
            "latchkey_blob_bytes_written_total",
            "Bytes of packages that were written to the blob store.",
        )?;
        let damaged = IntCounterVec::new(
            Opts::new(
                "latchkey_damaged_blob_reads_total",
                "Times that a package file could not be served, as its blob is missing or corrupt.",
            ),
            &["condition"],
        )?;
        let tokens = IntGaugeVec::new(
            Opts::new("latchkey_tokens", "Access tokens by state, counted once a minute at most."),
            &["state"],
        )?;
        let connections = IntGaugeVec::new(
            Opts::new("latchkey_database_connections", "Open connections to the database."),
            &["pool", "state"],
        )?;
        registry.register(Box::new(publishes.clone()))?;
        registry.register(Box::new(sign_ins.clone()))?;
        registry.register(Box::new(blob_bytes.clone()))?;
        registry.register(Box::new(damaged.clone()))?;
        registry.register(Box::new(tokens.clone()))?;
        registry.register(Box::new(connections.clone()))?;
        // Memory, processor time, open files, and when the process started.
        #[cfg(target_os = "linux")]
        registry.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        // A counter that is there from the beginning shows its first step.
        for ecosystem in Ecosystem::ALL {
            publishes.with_label_values(&[ecosystem.name()]);
        }
        for outcome in SignIn::ALL {
            sign_ins.with_label_values(&[outcome.label()]);
        }
        for condition in CONDITIONS {
            damaged.with_label_values(&[condition]);
        }
        Ok(Self {
            registry,
            publishes,
            sign_ins,
            blob_bytes,
            damaged,
            tokens,
            connections,
            tokens_counted: Mutex::default(),
        })
    }

    /// Where others register what they count.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn published(&self, ecosystem: Ecosystem) {
        self.publishes.with_label_values(&[ecosystem.name()]).inc();
    }

    pub(crate) fn signed_in(&self, outcome: SignIn) {
        self.sign_ins.with_label_values(&[outcome.label()]).inc();
    }

    pub(crate) fn damaged(&self, is_missing: bool) {
        let [corrupt, missing] = CONDITIONS;
        self.damaged.with_label_values(&[if is_missing { missing } else { corrupt }]).inc();
    }

    /// What counts the bytes written to the blob store.
    pub(crate) fn blob_bytes(&self) -> IntCounter {
        self.blob_bytes.clone()
    }

    /// Everything as it is now, in the text format 0.0.4 of Prometheus.
    pub(crate) async fn text(&self, core: &Core) -> Result<String, Error> {
        self.count_connections(&core.database);
        self.count_tokens(&core.database, core.now()).await?;
        let families: Vec<MetricFamily> = self.registry.gather();
        TextEncoder::new()
            .encode_to_string(&families)
            .map_err(|error| Error::internal("the metrics could not be written", error))
    }

    fn count_connections(&self, database: &Database) {
        for (pool, open, idle) in database.connections() {
            for (state, count) in [("idle", idle), ("busy", open.saturating_sub(idle))] {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                self.connections.with_label_values(&[pool, state]).set(count);
            }
        }
    }

    async fn count_tokens(&self, mut database: &Database, now: Timestamp) -> Result<(), Error> {
        let mut counted = self.tokens_counted.lock().await;
        if counted.is_some_and(|at| at.elapsed() < TOKENS_FOR) {
            return Ok(());
        }
        let counts = tokens::count_by_state(&mut database, now).await?;
        self.tokens.reset();
        for (state, count) in counts {
            self.tokens.with_label_values(&[&state]).set(count);
        }
        *counted = Some(Instant::now());
        Ok(())
    }
}
