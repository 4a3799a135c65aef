//! Opening a bucket.
//!
//! The server, its region and the keys come from the variables that other programs read them from, too.
//! Without keys they are asked for where the cloud gives them out to its machines.

use std::{sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ObjectStore, RetryConfig, aws::AmazonS3Builder, prefix::PrefixStore,
};
use url::{Host, Url};

use super::{Bucket, transport::Transport};
use crate::error::OpenError;

/// The server, of all kinds of stores and of this kind. The first that is set counts.
const ENDPOINTS: [&str; 3] = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT"];
/// Names a file of certificates that are trusted besides those that browsers trust, as PEM.
const AUTHORITIES: &str = "AWS_CA_BUNDLE";
/// How often a request that failed is sent again, and from when on no more.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(20);

/// Opens it. Nothing is sent yet.
pub(super) fn open(bucket: &Bucket) -> Result<Arc<dyn ObjectStore>, OpenError> {
    let variable = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let retry = RetryConfig {
        backoff: BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(2),
            base: 2.0,
        },
        max_retries: RETRIES,
        retry_timeout: RETRY_FOR,
    };
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(&bucket.name)
        .with_retry(retry)
        .with_http_connector(Transport::trusting(&authorities(variable(AUTHORITIES))?).map_err(
            |why| OpenError::Blobs(format!("{AUTHORITIES}: {why}. It has to be a file of PEM.")),
        )?)
        .with_allow_http(false)
        // Few stores have it besides the one that it comes from.
        .with_disable_bulk_delete(true);
    let has_keys =
        variable("AWS_ACCESS_KEY_ID").is_some() && variable("AWS_SECRET_ACCESS_KEY").is_some();
    if let Some((name, text)) = ENDPOINTS.iter().find_map(|name| Some((*name, variable(name)?))) {
        let url = endpoint(name, &text)?;
        if !has_keys {
            return Err(OpenError::Blobs(format!(
                "{name} names a package store, and there are no keys for it. Set AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY."
            )));
        }
        if url.scheme() == "http" {
            builder = builder.with_allow_http(true);
            if !is_this_machine(&url) {
                tracing::warn!(
                    "packages cross the network unencrypted ({name} begins with http://)"
                );
            }
        }
    }
    let store =
        builder.build().map_err(|error| OpenError::Blobs(format!("--blobs {bucket}: {error}.")))?;
    Ok(if bucket.prefix.is_empty() {
        Arc::new(store)
    } else {
        Arc::new(PrefixStore::new(store, bucket.prefix.as_str()))
    })
}

/// Reads a server's address; it is not repeated.
fn endpoint(name: &str, text: &str) -> Result<Url, OpenError> {
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "https" | "http")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
    };
    text.parse().ok().filter(is_plain).ok_or_else(|| {
        OpenError::Blobs(format!(
            "{name} is not the address of a server. Allowed: https:// or http:// and a host, such as \
             https://s3.example.com."
        ))
    })
}

fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn authorities(file: Option<String>) -> Result<Vec<u8>, OpenError> {
    let Some(file) = file else { return Ok(Vec::new()) };
    std::fs::read(&file).map_err(|error| {
        OpenError::Blobs(format!("{AUTHORITIES}: {file} cannot be read: {error}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_the_address_of_a_server() {
        for text in ["https://s3.example.com", "http://127.0.0.1:9000", "http://[::1]:9000/"] {
            endpoint("AWS_ENDPOINT_URL", text).unwrap();
        }
        for text in ["s3.example.com", "ftp://s3", "https://key:secret@s3.example.com", "https://"]
        {
            let refusal = endpoint("AWS_ENDPOINT_URL", text).unwrap_err().to_string();
            assert!(
                refusal.contains("AWS_ENDPOINT_URL") && !refusal.contains("secret"),
                "{refusal}"
            );
        }
    }

    #[test]
    fn only_loopback_is_this_machine() {
        let is_here = |text: &str| is_this_machine(&text.parse().unwrap());
        assert!(
            is_here("http://127.0.0.1:9000")
                && is_here("http://[::1]")
                && is_here("http://localhost:1")
        );
        assert!(!is_here("http://10.0.0.1:9000") && !is_here("http://store"));
    }
}
