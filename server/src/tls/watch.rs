//! Noticing that certificate or key were replaced.
//!
//! The files are read every few seconds: that sees a new file, a changed one, and a link that leads
//! elsewhere, on every kind of disk. `SIGHUP` has them read at once.

use std::{io, sync::Arc, time::Duration};

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{Tls, pair::Contents};
use crate::config::PublicUrl;

/// How often the files are read.
const PERIOD: Duration = Duration::from_secs(3);
/// How often the log is told of what will soon be wrong.
const COMPLAINTS: Duration = Duration::from_hours(24);

/// What came of a look at the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// They hold what is in force.
    Same,
    /// They hold a new pair, which new connections get.
    Replaced,
    /// They hold no pair, maybe because they are being written.
    Odd,
    /// They still hold none.
    Refused,
}

/// Looks at the files from time to time.
pub(super) struct Watch {
    tls: Arc<Tls>,
    in_force: [u8; 32],
    /// What could not be used when it was seen last, and whether the log was told.
    odd: Option<(Seen, bool)>,
}

/// What the files held, or why they could not be read.
type Seen = Result<[u8; 32], String>;

/// Reads the files again for as long as the server runs.
///
/// # Errors
/// When the system gives no signals.
pub(crate) fn watch(tls: Arc<Tls>, public_url: PublicUrl) -> io::Result<()> {
    let mut hang_ups = HangUps::new()?;
    tokio::spawn(async move {
        let mut watch = Watch::of(Arc::clone(&tls));
        let mut ticks = interval(PERIOD);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tls.complain(&public_url).await;
        let mut complained = Instant::now();
        loop {
            let is_asked = tokio::select! {
                _ = ticks.tick() => false,
                () = hang_ups.next() => true,
            };
            let is_new = watch.look(is_asked).await == Look::Replaced;
            if is_new || complained.elapsed() >= COMPLAINTS {
                tls.complain(&public_url).await;
                complained = Instant::now();
            }
        }
    });
    Ok(())
}

impl Watch {
    /// Begins with what is in force.
    pub(super) fn of(tls: Arc<Tls>) -> Self {
        let in_force = tls.current().digest;
        Self { tls, in_force, odd: None }
    }

    /// Reads the files. Somebody who asked is answered in the log; otherwise a pair that cannot be
    /// used is complained about when it is seen a second time: of two files, one is written first.
    pub(super) async fn look(&mut self, is_asked: bool) -> Look {
        let files = &self.tls.files;
        let contents = Contents::read(files).await;
        let seen = contents.as_ref().map(Contents::digest).map_err(ToString::to_string);
        if seen == Ok(self.in_force) {
            self.odd = None;
            if is_asked {
                tracing::info!("the certificate and its key are the same as before");
            }
            return Look::Same;
        }
        let error = match contents.and_then(|contents| contents.pair(files, self.tls.clock.now())) {
            Ok(pair) => {
                self.in_force = pair.digest;
                self.odd = None;
                self.tls.replace(pair);
                let cert = files.cert.display();
                tracing::info!("new connections get the new certificate {cert}");
                return Look::Replaced;
            }
            Err(error) => error,
        };
        let (is_second, is_told) = match &self.odd {
            Some((before, is_told)) if *before == seen => (true, *is_told),
            _ => (false, false),
        };
        if is_asked || (is_second && !is_told) {
            tracing::error!("the certificate before stays in force. {error}");
        }
        self.odd = Some((seen, is_told || is_second || is_asked));
        if is_second || is_asked { Look::Refused } else { Look::Odd }
    }
}

/// The times an operator asks for the files to be read.
struct HangUps {
    #[cfg(unix)]
    signals: tokio::signal::unix::Signal,
}

impl HangUps {
    #[cfg(unix)]
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { signals: signal(SignalKind::hangup())? })
    }

    #[cfg(not(unix))]
    fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if self.signals.recv().await.is_some() {
            return;
        }
        std::future::pending::<()>().await;
    }
}
