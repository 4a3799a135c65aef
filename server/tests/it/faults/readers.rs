//! Others, who read all the time: what happens to them while something goes wrong.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use super::wire::Connection;

/// How long reads took.
pub(super) struct Latencies(Vec<Duration>);

impl Latencies {
    /// Reads a file until it is over; every read has to succeed.
    pub(super) fn until(
        is_over: &AtomicBool,
        address: SocketAddr,
        token: &str,
        path: &str,
    ) -> Self {
        let mut connection = Connection::open(address);
        let mut times = Vec::new();
        while !is_over.load(Ordering::Relaxed) {
            let began = Instant::now();
            assert_eq!(connection.get(path, token).status, 200);
            times.push(began.elapsed());
            // Not so many that they are what the processor is busy with.
            std::thread::sleep(Duration::from_millis(2));
        }
        times.sort_unstable();
        Self(times)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    /// The middle and the longest.
    pub(super) fn in_words(&self) -> String {
        let at = |index: usize| self.0.get(index).copied().unwrap_or_default().as_secs_f64() * 1e3;
        format!(
            "p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            at(self.0.len() / 2),
            at(self.0.len() * 99 / 100),
            at(self.0.len().saturating_sub(1))
        )
    }
}
