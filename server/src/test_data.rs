//! Data made for tests, the only data whose clock may be set.
//!
//! `latchkey test-data` makes a folder with a marker in it. Only a server on loopback and on such a
//! folder heeds `LATCHKEY_TEST_CLOCK`: whoever could set the clock of a real server could revive
//! expired tokens.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use model::timestamp::Timestamp;
use registry::clock::{Clock, SystemClock};

use crate::config::{ConfigError, Environment};

/// Names the file that holds the time: milliseconds since the epoch.
const VARIABLE: &str = "LATCHKEY_TEST_CLOCK";
/// The marker's name in the data folder.
const MARKER: &str = "TEST-DATA";
const MEANING: &str = "This folder was made by `latchkey test-data`. Whatever is in it is for tests, and the time of a \
                       server that runs on it can be set. Do not put real packages here.\n";

/// Why no folder for tests was made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TestDataError {
    /// Real data stays real.
    #[error("{} is not empty and was not made for tests", .0.display())]
    InUse(PathBuf),
    /// The folder cannot be made or read.
    #[error("the folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
}

/// Makes a data folder for tests; one that is there already stays as it is.
pub(crate) fn make(folder: &Path) -> Result<(), TestDataError> {
    let failed = |source| TestDataError::Folder { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    if folder.join(MARKER).is_file() {
        return Ok(());
    }
    if fs::read_dir(folder).map_err(failed)?.next().is_some() {
        return Err(TestDataError::InUse(folder.to_owned()));
    }
    fs::write(folder.join(MARKER), MEANING).map_err(failed)
}

/// The clock to use with a data folder: the machine's, unless a test sets it. `listen` is the
/// address a server listens on; commands have none.
pub(crate) fn clock(
    environment: &Environment,
    data: &Path,
    listen: Option<SocketAddr>,
) -> Result<Arc<dyn Clock>, ConfigError> {
    let Some(file) = environment.text(VARIABLE) else { return Ok(Arc::new(SystemClock)) };
    if listen.is_some_and(|listen| !listen.ip().to_canonical().is_loopback()) {
        return Err(ConfigError::TestClock("the server must listen on loopback"));
    }
    if !data.join(MARKER).is_file() {
        return Err(ConfigError::TestClock("the data folder must be made by `latchkey test-data`"));
    }
    let file = environment.folder.join(file);
    let Some(now) = read(&file) else {
        return Err(ConfigError::TestClock(
            "the file it names must hold milliseconds since 1970, such as 1803297600000",
        ));
    };
    tracing::warn!("LATCHKEY_TEST_CLOCK sets the time of this server");
    Ok(Arc::new(FileClock { file, last: AtomicI64::new(now) }))
}

/// A clock that reads its time from a file, each time it is asked.
struct FileClock {
    file: PathBuf,
    /// What it showed last, for the moment in which the file is being replaced.
    last: AtomicI64,
}

impl Clock for FileClock {
    fn now(&self) -> Timestamp {
        match read(&self.file) {
            Some(now) => {
                self.last.store(now, Ordering::Relaxed);
                Timestamp::from_millis(now)
            }
            None => Timestamp::from_millis(self.last.load(Ordering::Relaxed)),
        }
    }
}

fn read(file: &Path) -> Option<i64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(clock: Option<&Path>) -> Environment {
        let clock = clock.map(|path| path.as_os_str().to_owned());
        Environment {
            variable: Box::new(move |name| clock.clone().filter(|_| name == VARIABLE)),
            folder: PathBuf::from("."),
        }
    }

    fn refusal(clock: Result<Arc<dyn Clock>, ConfigError>) -> String {
        clock.err().unwrap().to_string()
    }

    #[test]
    fn the_time_comes_from_the_file_only_where_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data"), folder.path().join("now"));
        fs::write(&file, "1803297600000\n").unwrap();
        let environment = environment(Some(&file));
        let loopback = Some("127.0.0.1:0".parse().unwrap());

        fs::create_dir(&data).unwrap();
        assert!(refusal(clock(&environment, &data, loopback)).contains("test-data"));
        make(&data).unwrap();
        let open = Some("0.0.0.0:0".parse().unwrap());
        assert!(refusal(clock(&environment, &data, open)).contains("loopback"));

        for listen in [loopback, None] {
            let clock = clock(&environment, &data, listen).unwrap();
            assert_eq!(clock.now(), Timestamp::from_millis(1_803_297_600_000));
        }
        let clock = clock(&environment, &data, loopback).unwrap();
        fs::write(&file, "1803297600001").unwrap();
        assert_eq!(clock.now().as_millis(), 1_803_297_600_001);
        fs::write(&file, "").unwrap();
        assert_eq!(clock.now().as_millis(), 1_803_297_600_001);
    }

    #[test]
    fn a_file_without_a_time_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        make(&data).unwrap();
        let file = folder.path().join("now");
        assert!(refusal(clock(&environment(Some(&file)), &data, None)).contains("milliseconds"));
    }

    #[test]
    fn without_the_variable_the_machines_clock_is_used() {
        let clock = clock(&environment(None), Path::new("nowhere"), None).unwrap();
        assert!(clock.now().as_millis() > 1_700_000_000_000);
    }

    #[test]
    fn real_data_is_never_marked() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("latchkey.db"), "").unwrap();
        assert!(matches!(make(folder.path()), Err(TestDataError::InUse(_))));
        let empty = tempfile::tempdir().unwrap();
        make(empty.path()).unwrap();
        make(empty.path()).unwrap();
    }
}
