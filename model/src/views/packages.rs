//! A package's own page, and the page on which it is deleted.

use serde::{Deserialize, Serialize};

use crate::{ecosystem::Ecosystem, id::TokenId, timestamp::Timestamp};

/// What there is at the address of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageFound {
    /// The package.
    Here(Box<PackagePage>),
    /// Nothing any more. Only who may delete packages is told.
    Gone(GonePackage),
}

/// What is left of a package that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GonePackage {
    /// The feed's name.
    pub feed: String,
    /// The package's kind.
    pub ecosystem: Ecosystem,
    /// Its normalised id.
    pub name: String,
    /// How many versions it had, over the time.
    pub versions: u64,
    /// When the last was deleted.
    pub deleted_at: Timestamp,
    /// Who did it; `None` if the account is gone.
    pub deleted_by: Option<String>,
    /// The server's present moment.
    pub now: Timestamp,
}

/// The page of a package, which shows one of its versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackagePage {
    /// The feed's name.
    pub feed: String,
    /// Whether anyone may read the feed.
    pub is_public: bool,
    /// The package's kind.
    pub ecosystem: Ecosystem,
    /// Its id as published.
    pub name: String,
    /// The version shown.
    pub shown: VersionView,
    /// Tags and the versions they point to, by name.
    pub tags: Vec<(String, String)>,
    /// A page of its versions, the newest first.
    pub versions: Vec<VersionLine>,
    /// The page's number, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// How many versions it has.
    pub count: u64,
    /// The version that the address says was deleted, if one was.
    pub deleted: Option<String>,
    /// How often its archives were downloaded, all versions together.
    pub downloads: u64,
    /// Whether the viewer may unlist, deprecate and tag its versions.
    pub may_change: bool,
    /// Whether the viewer may delete its versions.
    pub may_delete: bool,
    /// Where package clients find the feed, without a slash at its end: `https://host/F/main`.
    pub address: String,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What there is to say about one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// The version as published.
    pub version: String,
    /// Whether searches and newcomers are to find it.
    pub is_listed: bool,
    /// Why not to use it, if that was said.
    pub deprecation: Option<String>,
    /// What it says of itself.
    pub about: About,
    /// What it depends on, one part after the other. A part is empty only where the manifest says that
    /// there it depends on nothing.
    pub dependencies: Vec<Dependencies>,
    /// Its README as HTML that is safe to show as part of a page; empty for none.
    pub readme: String,
    /// The archive, or the file that stands for all.
    pub archive: ArchiveView,
    /// The files beside it, the most important ones first.
    pub files: Vec<ArchiveView>,
    /// How many more there are.
    pub more_files: u64,
    /// How often the archive was downloaded.
    pub downloads: u64,
    /// When it came.
    pub published_at: Timestamp,
    /// Who published it; `None` if the account is gone.
    pub published_by: Option<String>,
    /// What it was published with.
    pub published_with: CredentialView,
}

/// What a manifest says about its package. All of it is the publisher's word.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// In a line; may be empty.
    pub description: String,
    /// Under which licences it may be used.
    pub licences: Vec<LicenceView>,
    /// Who made it; may be empty.
    pub authors: String,
    /// Words to find it by.
    pub keywords: Vec<String>,
    /// What is new in this version, in lines; may be empty.
    pub notes: String,
    /// `http` or `https` addresses with what they lead to.
    pub links: Vec<(LinkKind, String)>,
    /// What it needs to run, such as `node >=18`.
    pub engines: Vec<String>,
}

/// A licence.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LicenceView {
    /// Its name, as it is written there.
    pub name: String,
    /// An `http` or `https` address of its text.
    pub address: Option<String>,
    /// Its text in lines, where that came along; may be empty.
    pub text: String,
}

/// Where a link from a manifest leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// To the package's own site.
    Homepage,
    /// To its source.
    Repository,
    /// To where problems are told.
    Issues,
}

/// Dependencies of one sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependencies {
    /// Which sort.
    pub kind: DependencyKind,
    /// As many as are shown, by name.
    pub shown: Vec<Dependency>,
    /// How many more there are.
    pub more: u64,
}

/// Sorts of dependencies, in the order of their importance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DependencyKind {
    /// Installed along with it.
    Needed,
    /// To be there beside it.
    Peer,
    /// Installed along with it where that is possible.
    Optional,
    /// For working on the package itself.
    Development,
    /// NuGet: for projects of a target framework; empty for those of any.
    Framework(String),
    /// Maven: of a scope.
    Scope(String),
}

/// One dependency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    /// The package's id.
    pub name: String,
    /// Which versions, as the manifest has it; empty where it does not say.
    pub range: String,
    /// Whether whoever depends on the package does not get it by that.
    pub is_optional: bool,
    /// Whether the same feed has a package of this id.
    pub is_here: bool,
}

/// A file that clients download.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ArchiveView {
    /// Where, for whoever presents a credential that may read.
    pub address: String,
    /// Its name.
    pub file: String,
    /// Its length in bytes.
    pub size: u64,
    /// Its SHA-1 in hexadecimal.
    pub sha1: String,
    /// Its SHA-256 in hexadecimal.
    pub sha256: String,
    /// Its SHA-512 as Subresource Integrity metadata: `sha512-…`.
    pub integrity: String,
}

/// What a version was published with, as far as the viewer may know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialView {
    /// A token, which is not the viewer's to know, or is gone.
    SomeToken,
    /// This token.
    Token {
        /// What it is for.
        description: String,
        /// Its id, where the viewer can open its page.
        id: Option<TokenId>,
    },
    /// Something else.
    Other,
}

/// A version in the list of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionLine {
    /// The version as published.
    pub version: String,
    /// Whether searches and newcomers are to find it.
    pub is_listed: bool,
    /// Whether something was said against using it.
    pub is_deprecated: bool,
    /// The archive's length in bytes.
    pub size: u64,
    /// How often the archive was downloaded.
    pub downloads: u64,
    /// When it came.
    pub published_at: Timestamp,
    /// Who published it; `None` if the account is gone.
    pub published_by: Option<String>,
}

/// What is about to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionPage {
    /// The feed's name.
    pub feed: String,
    /// The package's kind.
    pub ecosystem: Ecosystem,
    /// Its id as published.
    pub name: String,
    /// The one version, or `None` for the package with all of them.
    pub version: Option<DeletionOf>,
    /// How many versions the package has.
    pub count: u64,
    /// How often what is deleted was downloaded.
    pub downloads: u64,
}

/// The version that is about to be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionOf {
    /// The version as published.
    pub version: String,
    /// Whether it could be unlisted instead.
    pub is_listed: bool,
}

impl DeletionPage {
    /// What has to be typed: `demo 1.0.0`, or `demo` for the package.
    pub fn phrase(&self) -> String {
        match &self.version {
            Some(of) => format!("{} {}", self.name, of.version),
            None => self.name.clone(),
        }
    }
}
