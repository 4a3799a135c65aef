//! Opening the data: the folder and its locks, the database, the master key.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    str::FromStr,
};

use sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

use crate::{
    crypto::{
        BadKey,
        master_key::{KeyFile, MasterKey},
    },
    error::OpenError,
    services::{Program, Settings},
    storage::{Database, keys},
};

/// The environment variable that may hold the master key instead of a file.
const KEY_VARIABLE: &str = "LATCHKEY_MASTER_KEY";
/// What a server's connections are called in PostgreSQL's list of sessions.
pub(crate) const SERVER_NAME: &str = "latchkey serve";
/// Those of commands.
const COMMAND_NAME: &str = "latchkey";

/// The data, opened.
pub(crate) struct Opened {
    pub(crate) database: Database,
    /// Held by a server, so that no second one starts on the same folder; `None` beside one.
    pub(crate) lock: Option<File>,
    /// Held while something is opened: whoever comes second finds the tables and the key as they
    /// should be.
    pub(crate) opening: File,
}

/// Locks the data folder, opens the database and brings its tables up to date.
pub(crate) async fn open(settings: &Settings) -> Result<Opened, OpenError> {
    let folder = |source| OpenError::Folder { path: settings.data.display().to_string(), source };
    make_folder(&settings.data).map_err(folder)?;
    let address = Address::of(settings)?;
    let embedded = matches!(address, Address::Sqlite(_));
    let opening = wait_for_lock(settings.data.join("open.lock")).await.map_err(folder)?;
    let lock = lock(&settings.data.join("serve.lock")).map_err(folder)?;
    if lock.is_none() && embedded && settings.program == Program::Server {
        return Err(OpenError::InUse(settings.data.display().to_string()));
    }
    let database = address.open(settings.program).await?;
    // Beside a running server of its own kind a command finds the tables as they should be.
    if !database.is_migrated().await {
        if embedded && lock.is_none() {
            return Err(OpenError::OtherVersion);
        }
        database.migrate().await?;
    }
    if database.is_beyond_this_program().await? {
        return Err(OpenError::TooOld);
    }
    Ok(Opened { database, lock, opening })
}

/// Where a database is.
pub(crate) enum Address {
    Sqlite(SqliteConnectOptions),
    Postgres(PgConnectOptions),
}

impl Address {
    /// The one that the settings name.
    pub(crate) fn of(settings: &Settings) -> Result<Self, OpenError> {
        match &settings.database {
            Some(address) => Self::parse(address),
            None => Ok(Self::Sqlite(
                SqliteConnectOptions::new().filename(settings.data.join("latchkey.db")),
            )),
        }
    }

    /// Reads an address. Its text may hold a password and is never repeated.
    pub(crate) fn parse(address: &str) -> Result<Self, OpenError> {
        let unreadable = || OpenError::Database("is not readable".to_owned());
        if address.starts_with("sqlite:") {
            SqliteConnectOptions::from_str(address).map(Self::Sqlite).map_err(|_| unreadable())
        } else if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            PgConnectOptions::from_str(address).map(Self::Postgres).map_err(|_| unreadable())
        } else {
            Err(OpenError::Database("names no database that Latchkey knows".to_owned()))
        }
    }

    /// Opens it.
    pub(crate) async fn open(self, program: Program) -> Result<Database, OpenError> {
        match self {
            Self::Sqlite(options) => Database::open_sqlite(options).await,
            Self::Postgres(options) => {
                let name = match program {
                    Program::Server => SERVER_NAME,
                    Program::Command => COMMAND_NAME,
                };
                Database::open_postgres(options.application_name(name)).await
            }
        }
    }
}

/// Makes the folder, for its owner alone: it holds digests of secrets and people's addresses. A
/// folder that is there already keeps the rights its owner gave it.
pub(crate) fn make_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// The lock, or `None` if somebody else holds it. The operating system gives it up with the process.
/// Asked for only while opening, so that it is held by a server, by a command that takes its place,
/// or by nobody.
fn lock(path: &Path) -> std::io::Result<Option<File>> {
    let file = lock_file(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// The lock, as soon as nobody else holds it.
async fn wait_for_lock(path: PathBuf) -> std::io::Result<File> {
    let wait = move || {
        let file = lock_file(&path)?;
        file.lock()?;
        Ok(file)
    };
    tokio::task::spawn_blocking(wait).await.map_err(std::io::Error::other)?
}

fn lock_file(path: &Path) -> std::io::Result<File> {
    File::options().create(true).truncate(false).write(true).open(path)
}

/// Where the master key comes from.
pub(crate) enum KeySource {
    /// The environment variable.
    Variable(MasterKey),
    /// A file, which may not be there yet.
    File(KeyFile),
}

impl KeySource {
    pub(crate) fn of(settings: &Settings) -> Result<Self, OpenError> {
        if settings.key_file.is_none()
            && let Ok(text) = std::env::var(KEY_VARIABLE)
        {
            let bad = |source| OpenError::Key { path: format!("in {KEY_VARIABLE}"), source };
            return MasterKey::parse(&text).map(Self::Variable).map_err(bad);
        }
        // Beside the data folder, never in it, however its path was written: `data/` or `.`.
        let data = settings.data.canonicalize().unwrap_or_else(|_| settings.data.clone());
        let path = settings.key_file.clone().unwrap_or_else(|| {
            let mut path = data.clone().into_os_string();
            path.push(".key");
            path.into()
        });
        outside(&path, &data)?;
        Ok(Self::File(KeyFile::at(path)))
    }

    /// The source in words, without the key.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Variable(_) => format!("in {KEY_VARIABLE}"),
            Self::File(file) => file.path().display().to_string(),
        }
    }
}

/// Refuses a place for a key inside the data folder.
pub(crate) fn outside(key: &Path, data: &Path) -> Result<(), OpenError> {
    let data = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let folder = key.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
    if folder.is_some_and(|folder| folder.starts_with(&data)) {
        return Err(OpenError::KeyInData(key.display().to_string()));
    }
    Ok(())
}

/// The master key, if it is the one that the database is used with. The first program that opens a
/// database decides which that is, and makes one if there is none.
pub(crate) async fn master_key(
    settings: &Settings,
    database: &Database,
) -> Result<MasterKey, OpenError> {
    let source = KeySource::of(settings)?;
    let name = source.name();
    let bad = |source: BadKey| OpenError::Key { path: name.clone(), source };
    let mut known = keys::known(&mut &*database).await?;
    let key = match (source, &known) {
        (KeySource::Variable(key), _) => key,
        (KeySource::File(file), None) => file.read_or_make().map_err(bad)?,
        (KeySource::File(file), Some(known)) => {
            file.finish_exchange(&known.fingerprint).map_err(bad)?;
            let key = file.read().map_err(bad)?;
            key.ok_or_else(|| OpenError::NoKey(name.clone()))?
        }
    };
    if known.is_none() {
        let mut transaction = database.write().await?;
        keys::begin_with(&mut transaction, key.fingerprint()).await?;
        known = keys::known(&mut transaction).await?;
        transaction.commit().await?;
    }
    match known {
        Some(known) if known.fingerprint == key.fingerprint() => Ok(key.of_version(known.version)),
        _ => Err(OpenError::OtherKey(name)),
    }
}
