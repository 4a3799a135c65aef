//! What every service stands on.

use std::sync::Arc;

use model::{policy::Policy, timestamp::Timestamp};

use crate::{
    clock::Clock,
    crypto::{master_key::MasterKey, passwords::Passwords},
    metrics::Metrics,
    rate::Rates,
    storage::Database,
};

/// The parts that services share. A service keeps an `Arc` of it.
pub(crate) struct Core {
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) keys: MasterKey,
    pub(crate) passwords: Passwords,
    pub(crate) rates: Rates,
    pub(crate) metrics: Metrics,
    pub(crate) policy: Policy,
    /// Where the server is reached, without a slash at its end.
    pub(crate) public_url: String,
}

impl Core {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
