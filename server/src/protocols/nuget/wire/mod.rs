//! The formats NuGet's clients speak: pure functions over bytes and text, no requests and no clocks.
//!
//! | module | what it holds |
//! |---|---|
//! | [`archive`] | a package's archive, read without trust |
//! | [`atom`] | the same for clients older than NuGet 3 |
//! | [`catalogue`] | the documents about packages and their versions |
//! | [`filter`] | the filters that those send |
//! | [`id`] | package ids |
//! | [`index`] | the service index |
//! | [`licence`] | licence expressions |
//! | [`manifest`] | what is kept of a package's manifest |
//! | [`nuspec`] | the manifest in a package |
//! | [`odata`] | what clients older than NuGet 3 ask for |
//! | [`package`] | a package as it was uploaded |
//! | [`path`] | what a path below the feed's address means |
//! | [`query`] | what searches ask for |
//! | [`range`] | ranges of versions |

pub(crate) mod archive;
pub(crate) mod atom;
pub(crate) mod catalogue;
pub(crate) mod filter;
pub(crate) mod id;
pub(crate) mod index;
pub(crate) mod licence;
pub(crate) mod manifest;
pub(crate) mod nuspec;
pub(crate) mod odata;
pub(crate) mod package;
pub(crate) mod path;
pub(crate) mod query;
pub(crate) mod range;
