//! What Bower's clients send. Nothing here reads or writes anything.
//!
//! | module | what it holds |
//! |---|---|
//! | [`form`] | what comes with a request besides its path |
//! | [`name`] | names of packages |
//! | [`path`] | what an address below `bower/` means |
//! | [`url`] | where a name may lead |

pub(super) mod form;
pub(super) mod name;
pub(super) mod path;
pub(super) mod url;
