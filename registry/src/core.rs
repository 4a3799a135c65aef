//! What every service stands on.

use std::sync::{Arc, PoisonError, RwLock};

use model::{
    policy::{FixedSettings, Policy, Setting},
    timestamp::Timestamp,
    views::Provider,
};
use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    crypto::{master_key::MasterKey, passwords::Passwords},
    error::Error,
    metrics::Metrics,
    rate::Rates,
    storage::{Database, Source, settings},
};

/// The parts that services share. A service keeps an `Arc` of it.
pub(crate) struct Core {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: MasterKey,
    pub(crate) passwords: Passwords,
    pub(crate) rates: Rates,
    pub(crate) metrics: Metrics,
    pub(crate) policy: KnownPolicy,
    /// The providers whose identities can be linked.
    pub(crate) providers: Vec<Provider>,
    /// Where the server is reached, without a slash at its end.
    pub(crate) public_url: String,
}

impl Core {
    /// The provider of this name, if it is (still) set up.
    pub(crate) fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name == name)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The policy: as it is once this process has changed it, and within a second as others did.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.present.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The policy as a transaction finds it, for what must not outlive a change.
    pub(crate) async fn policy_in(&self, source: &mut impl Source) -> Result<Policy, Error> {
        self.policy.of(&settings::policy(source).await?)
    }

    /// Reads the policy anew. Of several who do, the last to begin has the last word.
    pub(crate) async fn read_policy(&self) -> Result<(), Error> {
        let _turn = self.policy.turn.lock().await;
        let policy = Arc::new(self.policy_in(&mut &self.database).await?);
        *self.policy.present.write().unwrap_or_else(PoisonError::into_inner) = policy;
        Ok(())
    }
}

/// The policy as it was read last.
pub(crate) struct KnownPolicy {
    pub(crate) fixed: FixedSettings,
    present: RwLock<Arc<Policy>>,
    turn: Mutex<()>,
}

impl KnownPolicy {
    /// Reads it for the first time.
    pub(crate) async fn begin(fixed: FixedSettings, database: &Database) -> Result<Self, Error> {
        let known = Self { fixed, present: RwLock::default(), turn: Mutex::default() };
        let policy = known.of(&settings::policy(&mut &*database).await?)?;
        Ok(Self { present: RwLock::new(Arc::new(policy)), ..known })
    }

    /// The policy that these kept settings give.
    pub(crate) fn of(&self, kept: &[(Setting, String)]) -> Result<Policy, Error> {
        let kept = kept.iter().map(|(setting, text)| (*setting, text.as_str()));
        self.fixed.over(kept).map_err(|_| Error::inconsistent("settings", "value"))
    }
}
