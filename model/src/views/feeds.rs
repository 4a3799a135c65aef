//! Feeds, their members and the packages in them.

use serde::{Deserialize, Serialize};

use crate::{
    ecosystem::Ecosystem,
    id::FeedId,
    listing::{FeedsQuery, PackagesQuery},
    role::Role,
    timestamp::Timestamp,
};

/// A feed as lists and pickers show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedView {
    /// Its id.
    pub id: FeedId,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether anyone may read it.
    pub is_public: bool,
    /// The viewer's role; `None` for no member.
    pub role: Option<Role>,
    /// Packages of each kind.
    pub kinds: Vec<(Ecosystem, u64)>,
    /// When a package changed last, or else when the feed was made.
    pub updated_at: Timestamp,
}

impl FeedView {
    /// Packages of all kinds.
    pub fn packages(&self) -> u64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }
}

/// A feed in the list of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFeed {
    /// The feed.
    pub feed: FeedView,
    /// The length of all its archives together, in bytes.
    pub size: u64,
}

/// The page of all feeds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedList {
    /// What was asked for.
    pub query: FeedsQuery,
    /// A page of the feeds that the viewer can reach and that were asked for, by name.
    pub feeds: Vec<ListedFeed>,
    /// How many were found on all pages.
    pub found: u64,
    /// How many the viewer can reach.
    pub reachable: u64,
    /// The page's number, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// The server's present moment.
    pub now: Timestamp,
}

/// A package in a feed's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageView {
    /// Its kind.
    pub ecosystem: Ecosystem,
    /// Its id.
    pub name: String,
    /// What it says of itself in a line; empty for nothing.
    pub description: String,
    /// The version that `latest` points to.
    pub latest: Option<String>,
    /// How many versions it has.
    pub versions: u64,
    /// Whether none of them is listed. Only owners are shown such packages.
    pub is_unlisted: bool,
    /// How often its archives were downloaded.
    pub downloads: u64,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Who published the latest version.
    pub published_by: Option<String>,
}

/// A feed's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPage {
    /// The feed.
    pub feed: FeedView,
    /// What was asked for.
    pub query: PackagesQuery,
    /// A page of the packages that were asked for.
    pub packages: Vec<PackageView>,
    /// How many were found on all pages.
    pub found: u64,
    /// The page's number, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// Where package clients find the feed, without a slash at its end: `https://host/F/main`.
    pub address: String,
    /// The server's present moment.
    pub now: Timestamp,
}

/// Whether a feed can have a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameCheck {
    /// Whether it is a name and free.
    pub is_free: bool,
    /// That it is free, or what is wrong with it and how to mend it.
    pub words: String,
}

/// Somebody with a role in a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// The account's name.
    pub username: String,
    /// What the person wants to be called.
    pub display_name: String,
    /// The role.
    pub role: Role,
    /// Since when the account is a member.
    pub added_at: Timestamp,
    /// Whether it is disabled: it can do nothing until an administrator enables it.
    pub is_disabled: bool,
}

/// The page of a feed's members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembersPage {
    /// The feed's name.
    pub feed: String,
    /// Whether anyone may read it.
    pub is_public: bool,
    /// The viewer's name.
    pub viewer: String,
    /// The viewer's role; owners change members, the others see them.
    pub role: Role,
    /// A page of the members: owners first, then by name.
    pub members: Vec<MemberView>,
    /// How many members there are.
    pub count: u64,
    /// The page's number, from 1.
    pub page: u64,
    /// How many pages there are, at least 1.
    pub pages: u64,
    /// The server's present moment.
    pub now: Timestamp,
}

/// What a feed holds and what depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedContents {
    /// Its packages.
    pub packages: u64,
    /// Their versions.
    pub versions: u64,
    /// Tokens, of whomever, with a rule about this feed by name.
    pub tokens: u64,
}

/// The page of a feed's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedSettings {
    /// The feed's name.
    pub feed: String,
    /// What it is for.
    pub description: String,
    /// Whether anyone may read it.
    pub is_public: bool,
    /// What it holds.
    pub contents: FeedContents,
}
