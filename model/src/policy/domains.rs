//! Domains of e-mail addresses. Parsing is the only way to get one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::names::Email;

/// The most domains of a list.
const MOST: usize = 100;

/// Why text is no list of domains.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadDomain {
    /// One of them is none.
    #[error("“{0}” is not a domain")]
    NotADomain(String),
    /// There are too many.
    #[error("a list has at most {MOST} domains")]
    TooMany,
}

/// The domain of e-mail addresses, in lower case: letters, digits, hyphens and at least one dot (RFC
/// 1123 §2.1). Others than ASCII letters are written as DNS has them, `xn--…`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailDomain(String);

impl FromStr for EmailDomain {
    type Err = BadDomain;

    fn from_str(text: &str) -> Result<Self, BadDomain> {
        let domain = text.trim().to_ascii_lowercase();
        let domain = domain.strip_prefix('@').unwrap_or(&domain);
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if domain.len() <= 253 && domain.contains('.') && domain.split('.').all(is_label) {
            Ok(Self(domain.to_owned()))
        } else {
            Err(BadDomain::NotADomain(text.trim().chars().take(60).collect()))
        }
    }
}

impl TryFrom<String> for EmailDomain {
    type Error = BadDomain;

    fn try_from(text: String) -> Result<Self, BadDomain> {
        text.parse()
    }
}

impl From<EmailDomain> for String {
    fn from(domain: EmailDomain) -> Self {
        domain.0
    }
}

/// Several domains, each once and in order. As text they are separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Domains(Vec<EmailDomain>);

impl Domains {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the address is in one of them; in a domain below one of them it is not.
    pub fn hold(&self, email: &Email) -> bool {
        let domain = email.as_str().rsplit_once('@').map(|(_, domain)| domain.to_ascii_lowercase());
        domain.is_some_and(|domain| self.0.iter().any(|known| known.0 == domain))
    }
}

impl FromStr for Domains {
    type Err = BadDomain;

    fn from_str(text: &str) -> Result<Self, BadDomain> {
        let parts = text.split(|c: char| c == ',' || c.is_whitespace());
        let parts = parts.filter(|part| !part.is_empty()).map(str::parse);
        let mut domains = parts.collect::<Result<Vec<EmailDomain>, _>>()?;
        domains.sort_unstable();
        domains.dedup();
        if domains.len() > MOST { Err(BadDomain::TooMany) } else { Ok(Self(domains)) }
    }
}

impl fmt::Display for Domains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let domains: Vec<&str> = self.0.iter().map(|domain| domain.0.as_str()).collect();
        f.write_str(&domains.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_however_it_is_separated() {
        let domains: Domains = " @B.example,a.example\nb.example  ".parse().unwrap();
        assert_eq!(domains.to_string(), "a.example, b.example");
        assert_eq!(domains.to_string().parse(), Ok(domains));
        assert!("".parse::<Domains>().unwrap().is_empty());
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        for bad in [
            "example",
            "exa_mple.com",
            "-a.example",
            "a-.example",
            "a..example",
            ".example",
            "ana@example.com",
            "bücher.example",
            "https://example.com",
            &format!("{}.example", "x".repeat(64)),
        ] {
            assert!(bad.parse::<EmailDomain>().is_err(), "{bad}");
        }
        let many: Vec<String> = (0..=MOST).map(|number| format!("d{number}.example")).collect();
        assert_eq!(many.join(",").parse::<Domains>(), Err(BadDomain::TooMany));
    }
}
