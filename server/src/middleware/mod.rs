//! What happens to every request before and after its handler.
//!
//! From the outside in: [`request_id`] numbers it, [`client_address`] finds out where it comes from,
//! [`headers`] protects the answer, [`requests`](crate::metrics::requests) counts it, [`log`] records
//! it, [`drain`] reads what a refused client still sends, [`panics`] keeps one handler's fault from the
//! others, [`cross_site`] refuses what another site made a browser send, [`setup_gate`] leads to the
//! set-up, [`guesses`] slows down who tries codes, [`session`] finds the person.
//!
//! [`steps`] takes a request through those up to [`cross_site`], before the router sees it; the others
//! are layers of the router.
//!
//! None of them decides who may do what: server functions called while a page is rendered pass no
//! layer, so that is the services' part.

pub(crate) mod client_address;
pub(crate) mod cross_site;
pub(crate) mod drain;
pub(crate) mod guesses;
pub(crate) mod headers;
pub(crate) mod log;
pub(crate) mod panics;
pub(crate) mod request_id;
pub(crate) mod session;
pub(crate) mod setup_gate;
pub(crate) mod steps;
