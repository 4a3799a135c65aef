//! How many connections there may be, in all and from one address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use model::network::Network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The most connections, whatever the system allows: each takes memory.
const MOST: u64 = 16_384;
/// Open files left for everything else: databases, packages, the log.
const OTHER_FILES: u64 = 224;
/// Where nothing is known of the system's limits.
const USUAL: u64 = 1024;

/// Places for connections. Beyond them clients wait to be taken; one address alone gets half.
#[derive(Debug, Clone)]
pub struct Places(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    all: Arc<Semaphore>,
    count: usize,
    /// Proxies pass on what comes from many, and are not counted.
    proxies: Arc<[Network]>,
    taken: Mutex<HashMap<IpAddr, usize>>,
}

impl Places {
    /// As many as this process may have open files for; that limit is raised as far as the system
    /// lets it. Connections from `proxies` and from this machine are not limited by address.
    pub fn of_this_process(proxies: Arc<[Network]>) -> Self {
        let files = open_files().min(MOST + OTHER_FILES);
        let count = usize::try_from(files.saturating_sub(OTHER_FILES)).unwrap_or(0).max(64);
        Self::new(count, proxies)
    }

    /// So many.
    pub(crate) fn new(count: usize, proxies: Arc<[Network]>) -> Self {
        let all = Arc::new(Semaphore::new(count));
        Self(Arc::new(Inner { all, count, proxies, taken: Mutex::default() }))
    }

    /// The next free place, once there is one.
    pub(super) async fn next(&self) -> Option<FreePlace> {
        let permit = Arc::clone(&self.0.all).acquire_owned().await.ok()?;
        Some(FreePlace { permit, places: self.clone() })
    }

    /// Waits until nobody has a place any more.
    pub(super) async fn all_free(&self) {
        let everyone = u32::try_from(self.0.count).unwrap_or(u32::MAX);
        // It is never closed.
        let _ = self.0.all.acquire_many(everyone).await;
    }

    fn is_counted(&self, address: IpAddr) -> bool {
        let is_proxy = |network: &Network| network.contains(address);
        !address.is_loopback() && !self.0.proxies.iter().any(is_proxy)
    }
}

/// A place that nobody has yet.
#[derive(Debug)]
pub(super) struct FreePlace {
    permit: OwnedSemaphorePermit,
    places: Places,
}

impl FreePlace {
    /// Gives it to an address; `None` if that has its share already.
    pub(super) fn taken_by(self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let Self { permit, places } = self;
        if !places.is_counted(address) {
            return Some(Place { _permit: permit, counted: None });
        }
        let mut taken = places.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count >= places.0.count.div_ceil(2) {
            tracing::debug!(%address, "an address has half of all connections; one more was let go");
            return None;
        }
        *count += 1;
        drop(taken);
        Some(Place { _permit: permit, counted: Some((places, address)) })
    }
}

/// A connection's place; dropping it makes it free.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
    counted: Option<(Places, IpAddr)>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((places, address)) = &self.counted else { return };
        let mut taken = places.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(address);
            }
        }
    }
}

/// How many files this process may have open, after asking for as many as it may ask for.
#[cfg(unix)]
fn open_files() -> u64 {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return USUAL };
    let wanted = hard.min(MOST + OTHER_FILES);
    if soft >= wanted {
        return soft;
    }
    match setrlimit(Resource::RLIMIT_NOFILE, wanted, hard) {
        Ok(()) => wanted,
        Err(_) => soft,
    }
}

#[cfg(not(unix))]
fn open_files() -> u64 {
    USUAL
}
