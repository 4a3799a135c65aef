//! A refusal, ready to be said in any client's own channel.

use std::time::Duration;

use model::{
    action::Action,
    decide::{Because, Denied},
    denial::{self, Bearer, Code, Particulars},
};

use super::{AccessRequest, Grant};

/// A refused request: its code and its one sentence, which already carries the link, if there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The code.
    pub code: Code,
    /// At most 200 printable ASCII characters, without secrets.
    pub sentence: String,
    /// How long to wait, for [`Code::Rate`].
    pub retry_after: Option<Duration>,
}

impl Denial {
    pub(super) fn new(
        denied: Denied,
        bearer: Bearer,
        action: Option<Action>,
        request: &AccessRequest<'_>,
        link: Option<&str>,
    ) -> Self {
        let at = match denied.because {
            Because::Token(at) => at,
            _ => None,
        };
        let retry_after = match denied.because {
            Because::Rate(wait) => Some(wait),
            _ => None,
        };
        let package = request.wanted.package().map(|(_, name)| name);
        let particulars = Particulars {
            bearer,
            action,
            feed: request.feed,
            package,
            version: None,
            at,
            retry_after,
        };
        let sentence = match denied.because {
            Because::NotForUrls => denial::not_for_urls_sentence(&particulars, link),
            Because::UrlsOnlyRead => denial::urls_only_read_sentence(),
            _ => denial::sentence(denied.code, &particulars, link),
        };
        Self { code: denied.code, sentence, retry_after }
    }

    /// The refusal of a version that exists.
    pub(crate) fn exists(grant: &Grant, feed: &str, package: &str, version: &str) -> Self {
        let particulars = of_version(grant, feed, package, version);
        let sentence = denial::sentence(Code::Exists, &particulars, None);
        Self { code: Code::Exists, sentence, retry_after: None }
    }

    /// The refusal of a name that leads somewhere already.
    pub(crate) fn registered(grant: &Grant, feed: &str, package: &str) -> Self {
        let sentence = denial::registered_sentence(&of_version(grant, feed, package, ""));
        Self { code: Code::Exists, sentence, retry_after: None }
    }

    /// The refusal of a version that was there and deleted.
    pub(crate) fn deleted(grant: &Grant, feed: &str, package: &str, version: &str) -> Self {
        let sentence = denial::deleted_sentence(&of_version(grant, feed, package, version));
        Self { code: Code::Exists, sentence, retry_after: None }
    }
}

fn of_version<'a>(
    grant: &Grant,
    feed: &'a str,
    package: &'a str,
    version: &'a str,
) -> Particulars<'a> {
    Particulars {
        bearer: grant.bearer(),
        action: grant.action(),
        feed,
        package: Some(package),
        version: Some(version),
        at: None,
        retry_after: None,
    }
}
