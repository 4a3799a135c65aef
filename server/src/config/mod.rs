//! The settings: what can be set, from where, and what is refused.
//!
//! Every setting has one key. It can be given as a flag (`--public-url`), as an environment variable
//! (`LATCHKEY_PUBLIC_URL`) or in `latchkey.toml` (`public_url`); the first of these that gives it
//! wins. A wrong one stops the program with a sentence that says which, where it was given, why, and
//! what is allowed. Providers of identities alone stand in the file only, each in a table of its own; the
//! secret of one may be a variable.

mod arguments;
mod error;
mod exposure;
mod file;
mod origin;
mod providers;
mod public_url;
mod sources;
mod values;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use model::{
    network::Network,
    policy::{FixedSettings, Setting},
};
use registry::{BadBucket, Bucket, Limits, Program, Settings, clock::Clock};

use self::{
    exposure::Situation,
    file::ConfigFile,
    sources::{Flags, Sources, path_before_file},
};

pub(crate) use self::providers::is_protected;
pub use self::{
    arguments::{ServeArgs, StorageArgs},
    error::ConfigError,
    exposure::{Exposure, Refusal},
    origin::{Origin, Place},
    providers::{ProviderKind, ProviderSettings, Secret},
    public_url::PublicUrl,
    sources::{Environment, Variables},
};
use crate::tls::PairFiles;

/// Every key, in the order people are told of them.
const KEYS: [&str; 23] = [
    "data",
    "database",
    "blobs",
    "key_file",
    "listen",
    "metrics_listen",
    "public_url",
    "tls_cert",
    "tls_key",
    "trusted_proxy",
    "insecure_http",
    "strict_transport_security",
    "sign_up",
    "allowed_domains",
    "reveal",
    "feed_creation",
    "shortest_password",
    "confirmation_window",
    "longest_token_life",
    "max_package_size",
    "max_document_size",
    "log",
    "log_format",
];

/// The address listened on unless another is set.
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
/// The largest package and document unless other sizes are set, in bytes.
const LIMITS: Limits = Limits { package_bytes: 250_000_000, document_bytes: 8_000_000 };

/// All settings, resolved and checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data folder.
    pub data: PathBuf,
    /// The database's address; without one it is `SQLite` in the data folder.
    pub database: Option<String>,
    /// The bucket that holds the packages; without one they are in the data folder.
    pub blobs: Option<Bucket>,
    /// The master key's file; without one it lies beside the data folder.
    pub key_file: Option<PathBuf>,
    /// The address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The address to listen on for those who read metrics; without one nobody can.
    pub metrics_listen: Option<SocketAddr>,
    /// The public address, if one was set.
    pub public_url: Option<PublicUrl>,
    /// The certificate and its key; without them the server speaks plain HTTP.
    pub tls: Option<PairFiles>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// Whether the operator accepts that secrets cross a network in the clear.
    pub insecure_http: bool,
    /// Whether browsers are told to use nothing but https from now on (RFC 6797).
    pub strict_transport_security: bool,
    /// What is decided for everyone here, and cannot be changed while the server runs.
    pub policy: FixedSettings,
    /// The providers whose identities can be linked.
    pub providers: Vec<ProviderSettings>,
    /// The largest things accepted.
    pub limits: Limits,
    /// How much is logged.
    pub log: tracing::Level,
    /// In which form.
    pub log_format: LogFormat,
    /// A folder with the files that pages load, in place of those built in. Not a setting but a help
    /// for developers: `LATCHKEY_SITE`.
    pub site: Option<PathBuf>,
}

/// The form of the log's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object a line.
    Json,
}

impl Config {
    /// The settings of `latchkey serve`.
    pub fn of_server(
        storage: &StorageArgs,
        arguments: &ServeArgs,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let flags = storage.flags().into_iter().chain(arguments.flags()).collect();
        Self::load(&flags, storage.config.as_deref(), environment)
    }

    /// The settings of any other command: storage, and the address for links if it prints any, by
    /// flag; the rest from variables and file.
    pub fn of_command(
        storage: &StorageArgs,
        public_url: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let mut flags = storage.flags();
        flags.extend(public_url.map(|url| ("public_url", vec![url.to_owned()])));
        Self::load(&flags, storage.config.as_deref(), environment)
    }

    /// What the services are opened with.
    pub(crate) fn settings(
        &self,
        program: Program,
        public_url: &PublicUrl,
        clock: Arc<dyn Clock>,
    ) -> Settings {
        Settings {
            data: self.data.clone(),
            database: self.database.clone(),
            blobs: self.blobs.clone(),
            key_file: self.key_file.clone(),
            policy: self.policy.clone(),
            providers: self.providers.iter().map(ProviderSettings::view).collect(),
            limits: self.limits,
            public_url: public_url.origin().to_owned(),
            clock,
            program,
        }
    }

    /// The address people reach a server with these settings by, which listens on `bound`.
    pub fn public_url_of(&self, bound: SocketAddr) -> PublicUrl {
        let of_socket = || PublicUrl::of_socket(bound, self.tls.is_some());
        self.public_url.clone().unwrap_or_else(of_socket)
    }

    /// Who will be able to reach a server with these settings; refused if secrets would be exposed.
    pub fn exposure(&self) -> Result<Exposure, ConfigError> {
        Ok(exposure::judge(&Situation {
            listen: self.listen,
            public_url: self.public_url.as_ref(),
            has_tls: self.tls.is_some(),
            trusted_proxies: &self.trusted_proxies,
            insecure_http: self.insecure_http,
            data: &self.data.to_string_lossy(),
        })?)
    }

    fn load(
        flags: &Flags,
        config: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let named = config
            .map(str::to_owned)
            .or_else(|| environment.text(&origin::variable("config")))
            .map(|path| environment.folder.join(path));
        let beside_data = path_before_file("data", flags, environment)
            .and_then(|data| data.parent().map(|parent| environment.folder.join(parent)));
        let folders: Vec<PathBuf> =
            beside_data.into_iter().chain([environment.folder.clone()]).collect();
        let file = ConfigFile::find(named, &folders)?;
        Self::resolve(&Sources { flags, environment, file })
    }

    fn resolve(sources: &Sources<'_>) -> Result<Self, ConfigError> {
        let strict_transport_security = switch(sources, "strict_transport_security")?;
        let tls = sources.both_paths(["tls_cert", "tls_key"])?;
        let tls = tls.map(|[cert, key]| PairFiles { cert, key });
        let public_url = sources.one(
            "public_url",
            "https:// or http:// and a host, such as https://packages.example.com",
            |text| {
                let url = PublicUrl::parse(text)?;
                if strict_transport_security && !url.is_https() {
                    return Err(
                        "it must begin with https:// for strict_transport_security".to_owned()
                    );
                }
                if tls.is_some() && !url.is_https() {
                    return Err("it must begin with https:// beside tls_cert".to_owned());
                }
                Ok(url)
            },
        )?;
        Ok(Self {
            data: sources.path("data")?.unwrap_or_else(|| PathBuf::from("data")),
            database: sources.one(
                "database",
                "sqlite:///path/to/file or postgres://user@host/name",
                values::database,
            )?,
            blobs: sources.one("blobs", "s3://bucket or s3://bucket/prefix", |text| {
                text.parse().map_err(|error: BadBucket| error.to_string())
            })?,
            key_file: sources.path("key_file")?,
            listen: sources
                .one(
                    "listen",
                    "an IP address and a port, such as 127.0.0.1:3000 or [::1]:3000",
                    values::listen,
                )?
                .unwrap_or(LISTEN),
            metrics_listen: sources.one(
                "metrics_listen",
                "an IP address and a port, such as 127.0.0.1:9464",
                values::listen,
            )?,
            trusted_proxies: sources.many(
                "trusted_proxy",
                "addresses or networks, such as 10.0.0.2 or 10.0.0.0/24",
                values::proxy,
            )?,
            insecure_http: switch(sources, "insecure_http")?,
            strict_transport_security: strict_transport_security
                && (public_url.is_some() || tls.is_some()),
            public_url,
            tls,
            policy: policy(sources)?,
            providers: sources.providers(),
            limits: limits(sources)?,
            log: sources
                .one("log", "error, warn, info, debug", |text| match text {
                    "error" | "warn" | "info" | "debug" => {
                        text.parse().map_err(|_| format!("“{text}” is not a level"))
                    }
                    _ => Err(format!("“{text}” is not a level")),
                })?
                .unwrap_or(tracing::Level::INFO),
            log_format: sources
                .one("log_format", "text, json", |text| match text {
                    "text" => Ok(LogFormat::Text),
                    "json" => Ok(LogFormat::Json),
                    _ => Err(format!("“{text}” is not a form of the log")),
                })?
                .unwrap_or(LogFormat::Text),
            site: sources
                .environment
                .text("LATCHKEY_SITE")
                .map(|folder| sources.environment.folder.join(folder)),
        })
    }
}

fn switch(sources: &Sources<'_>, key: &'static str) -> Result<bool, ConfigError> {
    Ok(sources.one(key, "true, false", values::switch)?.unwrap_or(false))
}

/// The settings of the policy that are given; the others can be changed while the server runs.
fn policy(sources: &Sources<'_>) -> Result<FixedSettings, ConfigError> {
    let mut fixed = FixedSettings::default();
    for setting in Setting::ALL {
        sources.fix(setting, &mut fixed)?;
    }
    Ok(fixed)
}

fn limits(sources: &Sources<'_>) -> Result<Limits, ConfigError> {
    let within = |least: u64, most: u64| {
        move |text: &str| {
            let bytes = values::size(text)?;
            if bytes < least {
                Err(format!("{text} is too small"))
            } else if bytes > most {
                Err(format!("{text} is too large"))
            } else {
                Ok(bytes)
            }
        }
    };
    Ok(Limits {
        package_bytes: sources
            .one(
                "max_package_size",
                "a size from 1kB to 4GB, such as 250MB or 100MiB",
                within(1_000, 4_000_000_000),
            )?
            .unwrap_or(LIMITS.package_bytes),
        document_bytes: sources
            .one(
                "max_document_size",
                "a size from 64kB to 8MB, such as 2MB",
                within(64_000, 8_000_000),
            )?
            .unwrap_or(LIMITS.document_bytes),
    })
}
