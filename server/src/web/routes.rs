//! The table of routes: no path is served without saying who may call it.

use axum::{
    Router,
    handler::Handler,
    middleware::from_fn,
    routing::{MethodFilter, MethodRouter, on},
};
use http::Method;
use model::action::Action;

use super::state::ServerState;
use crate::protocols::pre_authenticated;

/// Who may call a route. It is a statement to be tested against, not what enforces it: services
/// decide for themselves (the page routes alone are led to the sign-in by it, for convenience).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Anyone,
    /// Anybody, but only while there is no account.
    SetUp,
    /// People who are signed in.
    SignedIn,
    /// People who are signed in and confirmed their identity recently.
    Confirmed,
    /// Administrators.
    Admin,
    /// Anybody on a feed, whatever it is: the answer tells nothing about the feed.
    AnyFeed,
    /// Whoever may do one of these actions in the feed that the path names. Which one is asked for
    /// may depend on the body.
    Feed(&'static [Action]),
    /// Whoever presents a good credential, whatever it may do.
    Credential,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The method; `GET` answers `HEAD` too.
    pub method: Method,
    /// The path in the router's notation: `/feeds/{feed}`.
    pub path: String,
    /// Who may call it.
    pub access: Access,
}

/// Routes while they are declared.
pub struct Routes {
    router: Router<ServerState>,
    table: Vec<Entry>,
}

impl Routes {
    /// No routes yet.
    pub(super) fn new() -> Self {
        Self { router: Router::new(), table: Vec::new() }
    }

    /// Declares a route, and for one of a feed the one that carries its credential in its path.
    ///
    /// # Panics
    /// When the path is malformed or declared twice with the same method: the program is wrong and
    /// does not start.
    pub(crate) fn route<H, T>(&mut self, method: Method, path: &str, access: Access, handler: H)
    where
        H: Handler<T, ServerState>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        if let Some(twin) = pre_authenticated::twin(path) {
            if pre_authenticated::only_reads(&method, path) {
                let handler = on(filter, handler.clone());
                let handler = handler.layer(from_fn(pre_authenticated::strip));
                self.add(method.clone(), &twin, access, handler);
            } else {
                let handler = on(filter, pre_authenticated::refuse);
                self.add(method.clone(), &twin, Access::AnyFeed, handler);
            }
        }
        self.add(method, path, access, on(filter, handler));
    }

    fn add(
        &mut self,
        method: Method,
        path: &str,
        access: Access,
        handler: MethodRouter<ServerState>,
    ) {
        let router = std::mem::take(&mut self.router);
        #[expect(clippy::disallowed_methods, reason = "this is the declaration others go through")]
        let router = router.route(path, handler);
        self.router = router;
        self.table.push(Entry { method, path: path.to_owned(), access });
    }

    /// The router and its table.
    pub(super) fn finish(self) -> (Router<ServerState>, Vec<Entry>) {
        (self.router, self.table)
    }
}
