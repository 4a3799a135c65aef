//! What every page shows around its content.

use leptos::prelude::*;
use model::{
    policy::{FeedCreation, Policy, SignUp},
    views::{Provider, Viewer},
};
use serde::{Deserialize, Serialize};

/// What everybody is told of the policy, strangers too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitePolicy {
    /// Who may create an account.
    pub sign_up: SignUp,
    /// Who may create a feed.
    pub feed_creation: FeedCreation,
    /// The shortest password, in characters.
    pub shortest_password: usize,
}

impl From<&Policy> for SitePolicy {
    fn from(policy: &Policy) -> Self {
        Self {
            sign_up: policy.sign_up,
            feed_creation: policy.feed_creation,
            shortest_password: policy.shortest_password,
        }
    }
}

/// Facts about the server and the person, the same on both sides of a hydration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// The person signed in.
    pub viewer: Option<Viewer>,
    /// What is decided for everyone.
    pub policy: SitePolicy,
    /// The providers whose identities can be linked.
    pub providers: Vec<Provider>,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// Whether passwords and tokens travel unprotected beyond this machine.
    pub is_exposed: bool,
    /// Where the server is reached, without a slash at its end.
    pub public_url: String,
    /// The path of the icon.
    pub icon: String,
    /// The server's version.
    pub version: String,
}

impl Site {
    /// The facts that the page was rendered with.
    pub fn get() -> Self {
        use_context().unwrap_or_else(|| Self {
            viewer: None,
            policy: SitePolicy::from(&Policy::default()),
            providers: Vec::new(),
            theme: "system".to_owned(),
            is_exposed: false,
            public_url: String::new(),
            icon: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }

    /// The name of the server as people know it: `feeds.example.com`.
    pub fn host(&self) -> &str {
        self.public_url.split_once("://").map_or(self.public_url.as_str(), |(_, host)| host)
    }

    /// Whether the person administers the server.
    pub fn is_admin(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.is_admin)
    }

    /// Whether the person may create feeds.
    pub fn may_create_feeds(&self) -> bool {
        self.policy.feed_creation == FeedCreation::Everyone || self.is_admin()
    }
}

/// Reads the facts on the server and carries them to the browser.
pub(crate) fn provide_site() {
    #[cfg(feature = "ssr")]
    let read = crate::context::site;
    #[cfg(not(feature = "ssr"))]
    let read = Site::get;
    provide_context(SharedValue::new(read).into_inner());
}
