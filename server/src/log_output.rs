//! Where lines of the log go: to the error stream, several at a time.
//!
//! Every request has a line, and writing each by itself would be a tenth of what answering costs. What
//! is only information waits for others, for [`PATIENCE`] at most; a warning or an error is written at
//! once, after what came before it.

use std::{
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// How long a line waits.
const PATIENCE: Duration = Duration::from_millis(20);
/// With so many bytes waiting, whoever adds more waits until they are written.
const MOST: usize = 1 << 20;

/// The lines on their way. Clones share them.
#[derive(Clone)]
pub(crate) struct LogOutput<W: 'static = io::Stderr>(Arc<Shared<W>>);

struct Shared<W> {
    waiting: Mutex<Vec<u8>>,
    some: Condvar,
    /// Held while lines are taken from those waiting and written, so that they keep their order.
    output: Mutex<W>,
}

impl LogOutput {
    /// Writes to the error stream from now on.
    pub(crate) fn begin() -> io::Result<Self> {
        Self::to(io::stderr())
    }
}

impl<W: Write + Send> LogOutput<W> {
    fn to(output: W) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            waiting: Mutex::default(),
            some: Condvar::new(),
            output: Mutex::new(output),
        });
        let writer = Arc::clone(&shared);
        thread::Builder::new().name("log".to_owned()).spawn(move || writer.write_often())?;
        Ok(Self(shared))
    }

    /// Writes what waits when it is dropped: at the end of the program.
    pub(crate) fn last_lines(&self) -> LastLines<W> {
        LastLines(Arc::clone(&self.0))
    }
}

impl<W: Write> Shared<W> {
    fn waiting(&self) -> MutexGuard<'_, Vec<u8>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_often(&self) {
        loop {
            let wait = self.some.wait_while(self.waiting(), |waiting| waiting.is_empty());
            drop(wait.unwrap_or_else(PoisonError::into_inner));
            thread::sleep(PATIENCE);
            self.write();
        }
    }

    fn write(&self) {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = std::mem::take(&mut *self.waiting());
        // A log that cannot be written is nothing a request could do anything about.
        let _ = output.write_all(&lines);
        let _ = output.flush();
    }
}

/// See [`LogOutput::last_lines`].
pub(crate) struct LastLines<W: Write>(Arc<Shared<W>>);

impl<W: Write> Drop for LastLines<W> {
    fn drop(&mut self) {
        self.0.write();
    }
}

impl<'a, W: Write + Send + 'static> MakeWriter<'a> for LogOutput<W> {
    type Writer = Line<'a, W>;

    fn make_writer(&'a self) -> Self::Writer {
        Line { shared: &self.0, is_urgent: false }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Self::Writer {
        Line { shared: &self.0, is_urgent: *about.level() <= Level::WARN }
    }
}

/// A line of the log.
pub(crate) struct Line<'a, W> {
    shared: &'a Shared<W>,
    is_urgent: bool,
}

impl<W: Write> Write for Line<'_, W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.shared.waiting();
        waiting.extend_from_slice(line);
        let (is_first, is_full) = (waiting.len() == line.len(), waiting.len() >= MOST);
        drop(waiting);
        if self.is_urgent || is_full {
            self.shared.write();
        } else if is_first {
            self.shared.some.notify_one();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tracing::subscriber::with_default;

    use super::*;

    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<u8>>>);

    impl Seen {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Seen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(act: impl FnOnce(&Seen, &LogOutput<Seen>)) -> String {
        let seen = Seen::default();
        let output = LogOutput::to(seen.clone()).unwrap();
        let log = tracing_subscriber::fmt().with_writer(output.clone()).without_time();
        with_default(log.with_target(false).with_ansi(false).finish(), || act(&seen, &output));
        seen.text()
    }

    #[test]
    fn a_warning_is_written_at_once_and_after_what_came_before_it() {
        let text = logged(|_, _| {
            tracing::info!("one");
            tracing::warn!("two");
        });
        assert_eq!(text, " INFO one\n WARN two\n");
    }

    #[test]
    fn the_last_lines_are_written_at_the_end() {
        let text = logged(|_, output| {
            let _last = output.last_lines();
            tracing::info!("one");
            tracing::info!("two");
        });
        assert_eq!(text, " INFO one\n INFO two\n");
    }

    #[test]
    fn nothing_waits_for_long() {
        logged(|seen, _| {
            tracing::info!("one");
            let began = Instant::now();
            while seen.text().is_empty() {
                assert!(began.elapsed() < Duration::from_secs(20), "the line was never written");
                thread::yield_now();
            }
        });
    }
}
