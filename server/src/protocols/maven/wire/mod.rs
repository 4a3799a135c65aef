//! The Maven 2 layout and its documents: pure functions over bytes and text.
//!
//! | module | what it holds |
//! |---|---|
//! | [`digest`] | checksums, in the files that hold them |
//! | [`metadata`] | `maven-metadata.xml` |
//! | [`path`] | what a path means |
//! | [`pom`] | the description of a version |

pub(crate) mod digest;
pub(crate) mod metadata;
pub(crate) mod path;
pub(crate) mod pom;
