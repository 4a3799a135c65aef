//! The flags. They are read as texts here; what they may be is decided where all sources meet.

use clap::Args;

use super::sources::Flags;

/// Where the data is. Every command takes these, before or after its own name.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Storage")]
pub struct StorageArgs {
    /// Folder that holds the database and the packages [default: data]
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<String>,
    /// Database, such as postgres://… or sqlite://… [default: one in the data folder]
    #[arg(long, value_name = "URL", global = true)]
    database: Option<String>,
    /// Bucket of an S3-compatible store for the packages, s3://… Its server and keys come from the usual variables of AWS [default: the data folder]
    #[arg(long, value_name = "URL", global = true)]
    blobs: Option<String>,
    /// File of the key that seals tokens for showing again [default: the data folder's name + .key]
    #[arg(long, value_name = "FILE", global = true)]
    key_file: Option<String>,
    /// Configuration file [default: latchkey.toml beside the data folder or in this folder]
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<String>,
}

/// The flags of `latchkey serve`.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    #[command(flatten)]
    reach: ReachArgs,
    #[command(flatten)]
    policy: PolicyArgs,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Address")]
struct ReachArgs {
    /// Address to listen on; port 0 takes a free one [default: 127.0.0.1:3000]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Address on which metrics, and nothing else, are served at /metrics [default: nowhere]
    #[arg(long, value_name = "ADDR")]
    metrics_listen: Option<String>,
    /// Address people and clients use: links, cookies and package addresses come from it [default: https:// with a certificate, else http://, and the address listened on]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// File with the server's certificate and those that lead to its CA, as PEM: https is spoken. Read again when it changes
    #[arg(long, value_name = "FILE")]
    tls_cert: Option<String>,
    /// File with the certificate's private key, as PEM without a password
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// A proxy whose X-Forwarded-For is believed; may be repeated
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<String>,
    /// Listen beyond this machine without encryption
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    insecure_http: Option<String>,
    /// Tell browsers to use nothing but https for this host and its subdomains, for a year
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    strict_transport_security: Option<String>,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Policy")]
struct PolicyArgs {
    /// Who may create an account: open, domains, closed [default: closed]
    #[arg(long, value_name = "WHO")]
    sign_up: Option<String>,
    /// Domains whose verified addresses may have an account, separated by commas
    #[arg(long, value_name = "DOMAINS")]
    allowed_domains: Option<String>,
    /// Which tokens can be shown again: all, primary, never [default: all]
    #[arg(long, value_name = "WHICH")]
    reveal: Option<String>,
    /// Who may create feeds: everyone, admins [default: everyone]
    #[arg(long, value_name = "WHO")]
    feed_creation: Option<String>,
    /// Characters a password needs, 8 to 64 [default: 15]
    #[arg(long, value_name = "NUMBER")]
    shortest_password: Option<String>,
    /// How long after signing in no password is asked for again, 0 to 12h [default: 2h]
    #[arg(long, value_name = "TIME")]
    confirmation_window: Option<String>,
    /// How long a new token may live, such as 365d, or unlimited [default: unlimited]
    #[arg(long, value_name = "TIME")]
    longest_token_life: Option<String>,
    /// Largest package [default: 250MB]
    #[arg(long, value_name = "SIZE")]
    max_package_size: Option<String>,
    /// Largest document about a package, its readme included [default: 8MB]
    #[arg(long, value_name = "SIZE")]
    max_document_size: Option<String>,
}

#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Log")]
struct LogArgs {
    /// How much is logged to the error stream: error, warn, info, debug [default: info]
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
    /// Form of the log: text, json [default: text]
    #[arg(long, value_name = "FORM")]
    log_format: Option<String>,
}

impl StorageArgs {
    pub(super) fn flags(&self) -> Flags {
        let Self { data, database, blobs, key_file, config: _ } = self;
        given([("data", data), ("database", database), ("blobs", blobs), ("key_file", key_file)])
    }
}

impl ServeArgs {
    pub(super) fn flags(&self) -> Flags {
        let Self { reach, policy, log } = self;
        let mut flags = given([
            ("listen", &reach.listen),
            ("metrics_listen", &reach.metrics_listen),
            ("public_url", &reach.public_url),
            ("tls_cert", &reach.tls_cert),
            ("tls_key", &reach.tls_key),
            ("insecure_http", &reach.insecure_http),
            ("strict_transport_security", &reach.strict_transport_security),
            ("sign_up", &policy.sign_up),
            ("allowed_domains", &policy.allowed_domains),
            ("reveal", &policy.reveal),
            ("feed_creation", &policy.feed_creation),
            ("shortest_password", &policy.shortest_password),
            ("confirmation_window", &policy.confirmation_window),
            ("longest_token_life", &policy.longest_token_life),
            ("max_package_size", &policy.max_package_size),
            ("max_document_size", &policy.max_document_size),
            ("log", &log.log),
            ("log_format", &log.log_format),
        ]);
        if !reach.trusted_proxy.is_empty() {
            flags.push(("trusted_proxy", reach.trusted_proxy.clone()));
        }
        flags
    }
}

fn given<const N: usize>(flags: [(&'static str, &Option<String>); N]) -> Flags {
    flags
        .into_iter()
        .filter_map(|(key, text)| text.as_ref().map(|text| (key, vec![text.clone()])))
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::{KEYS, origin};

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        storage: StorageArgs,
        #[command(flatten)]
        serve: ServeArgs,
    }

    #[test]
    fn every_setting_has_its_flag() {
        let flags = KEYS.map(|key| format!("{}=x", origin::flag(key)));
        let line = Line::parse_from([&["latchkey".to_owned()], &flags[..]].concat());
        let given = [line.storage.flags(), line.serve.flags()].concat();
        for key in KEYS {
            assert!(given.contains(&(key, vec!["x".to_owned()])), "{key}");
        }
        assert_eq!(given.len(), KEYS.len());
    }
}
