//! What a package's own page shows.

mod manifest;

use std::{cmp::Reverse, collections::HashSet};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use model::{
    action::Action,
    ecosystem::Ecosystem,
    role::Role,
    timestamp::Timestamp,
    views::{
        ArchiveView, CredentialView, DeletionOf, DeletionPage, Dependencies, GonePackage,
        PackageFound, PackagePage, VersionLine, VersionView,
    },
};

use self::manifest::Manifest;
use super::{Packages, granted, order::Precedence};
use crate::{
    access::Grant,
    crypto::digest::hex,
    error::Error,
    readme,
    storage::{
        package_pages::{self, FileRow, LineRow, ShownRow},
        packages::{self, PackageRow, versions},
    },
};

/// Versions on one page of the list.
const PAGE: u8 = 25;
/// The most files of a version that are shown.
const FILES: usize = 50;

/// What is asked about a package, and what the viewer may do to it besides reading.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The version to show; `None` for the one that `latest` points to.
    pub version: Option<&'a str>,
    /// Which page of its versions, from 1.
    pub page: u64,
    /// A version that may have been deleted.
    pub deleted: Option<&'a str>,
    /// Whether the viewer may unlist, deprecate and tag.
    pub may_change: bool,
    /// Whether the viewer may delete.
    pub may_delete: bool,
}

impl Packages {
    /// What there is to see of the granted package. The grant is one to read.
    /// [`Error::NotFound`] if there is no such package or version.
    pub async fn page(&self, grant: &Grant, asked: Asked<'_>) -> Result<PackageFound, Error> {
        let (ecosystem, key) = granted(grant, &[Action::Read])?;
        let mut database = &self.core.database;
        let feed = grant.feed()?;
        let Some(package) = packages::find(&mut database, feed.id, ecosystem, key).await? else {
            return Ok(PackageFound::Gone(self.gone(grant, asked.may_delete).await?));
        };
        let first;
        let version = if let Some(version) = asked.version {
            version
        } else {
            let found = package_pages::first(&mut database, package.id).await?;
            first = found.ok_or(Error::NotFound("version"))?;
            &first
        };
        let version = ecosystem.version_key(version);
        let row = package_pages::shown(&mut database, package.id, &version).await?;
        let row = row.ok_or(Error::NotFound("version"))?;
        let (count, downloads) = package_pages::totals(&mut database, package.id).await?;
        let (count, downloads) = (number(count), number(downloads));
        let pages = count.div_ceil(PAGE.into()).max(1);
        let page = asked.page.clamp(1, pages);
        let lines = package_pages::lines(&mut database, package.id).await?;
        let lines = sorted(ecosystem, lines.into_iter().map(Into::into).collect());
        let lines = lines
            .into_iter()
            .skip(usize::try_from((page - 1) * u64::from(PAGE)).unwrap_or(usize::MAX));
        let mut deleted = None;
        if let Some(version) = asked.deleted {
            let number = ecosystem.version_key(version);
            let was = versions::was_deleted(&mut database, feed.id, ecosystem, key, &number);
            deleted = was.await?.then(|| version.to_owned());
        }
        Ok(PackageFound::Here(Box::new(PackagePage {
            feed: feed.name.clone(),
            is_public: feed.is_public,
            ecosystem,
            tags: versions::tags(&mut database, package.id).await?,
            shown: self.view(grant, ecosystem, &package, row).await?,
            name: package.name,
            versions: lines.take(PAGE.into()).collect(),
            page,
            pages,
            count,
            deleted,
            downloads,
            // Of a name that leads elsewhere there is nothing to unlist, deprecate or tag.
            may_change: asked.may_change && ecosystem != Ecosystem::Bower,
            may_delete: asked.may_delete,
            address: format!("{}/F/{}", self.core.public_url, feed.name),
            now: self.core.now(),
        })))
    }

    /// What is about to be deleted: a version, or the package with all of them. The grant is one to
    /// delete.
    pub async fn deletion(
        &self,
        grant: &Grant,
        version: Option<&str>,
    ) -> Result<DeletionPage, Error> {
        let (ecosystem, _) = granted(grant, &[Action::Delete])?;
        let mut database = &self.core.database;
        let package = super::found(&mut database, grant, &[Action::Delete]).await?;
        let (count, all) = package_pages::totals(&mut database, package.id).await?;
        let mut page = DeletionPage {
            feed: grant.feed()?.name.clone(),
            ecosystem,
            name: package.name,
            version: None,
            count: number(count),
            downloads: number(all),
        };
        // A name that leads elsewhere is all there is to such a package.
        if let Some(version) = version.filter(|_| ecosystem != Ecosystem::Bower) {
            let version = ecosystem.version_key(version);
            let row = package_pages::shown(&mut database, package.id, &version).await?;
            let row = row.ok_or(Error::NotFound("version"))?;
            page.downloads = number(row.downloads);
            page.version = Some(DeletionOf { version: row.version, is_listed: row.is_listed });
        }
        Ok(page)
    }

    /// What is left of the granted package. For all but those who may delete there never was one.
    async fn gone(&self, grant: &Grant, may_delete: bool) -> Result<GonePackage, Error> {
        let (ecosystem, key) = granted(grant, &[Action::Read])?;
        let feed = grant.feed()?;
        let mut row = None;
        if may_delete {
            row = package_pages::gone(&mut &self.core.database, feed.id, ecosystem, key).await?;
        }
        let row = row.ok_or(Error::NotFound("package"))?;
        Ok(GonePackage {
            feed: feed.name.clone(),
            ecosystem,
            name: key.to_owned(),
            versions: number(row.versions),
            deleted_at: Timestamp::from_millis(row.deleted_at),
            deleted_by: row.username,
            now: self.core.now(),
        })
    }

    async fn view(
        &self,
        grant: &Grant,
        ecosystem: Ecosystem,
        package: &PackageRow,
        row: ShownRow,
    ) -> Result<VersionView, Error> {
        let published_with = credential(grant, &row)?;
        let manifest = Manifest::read(ecosystem, &row.manifest);
        let dependencies = self.look_up(grant, ecosystem, manifest.dependencies()).await?;
        let feed = format!("{}/F/{}", self.core.public_url, grant.feed()?.name);
        let address = |file: &str| match ecosystem {
            Ecosystem::Bower => manifest.url(),
            Ecosystem::Nuget => {
                let id = ecosystem.normalise(&package.name);
                let version = ecosystem.version_key(&row.version);
                format!("{feed}/api/v3/flatcontainer/{id}/{version}/{file}")
            }
            Ecosystem::Maven => {
                let (group, artifact) = package.name.split_once(':').unwrap_or_default();
                let path = format!("{}/{artifact}", group.replace('.', "/"));
                format!("{feed}/maven/{path}/{}/{file}", row.version)
            }
            _ => format!("{feed}/npm/{}/-/{file}", package.name),
        };
        let archive = |file: FileRow| ArchiveView {
            address: address(&file.name),
            size: number(file.size),
            sha1: hex(&file.sha1),
            sha256: hex(&file.sha256),
            integrity: format!("sha512-{}", BASE64_STANDARD.encode(&file.sha512)),
            file: file.name,
        };
        let mut files = package_pages::files(&mut &self.core.database, row.id).await?;
        // The icon of a NuGet package is no file that anybody downloads by itself.
        let is_icon = |name: &str| name.rsplit_once('.').is_some_and(|(_, end)| end == "icon");
        files.retain(|file| ecosystem != Ecosystem::Nuget || !is_icon(&file.name));
        let more_files = files.len().saturating_sub(FILES);
        let mut files = files.into_iter().take(FILES).map(archive);
        Ok(VersionView {
            published_with,
            about: manifest.about(),
            dependencies,
            readme: readme::to_html(&row.readme),
            // Of a name that leads elsewhere there is only where.
            archive: files
                .next()
                .unwrap_or_else(|| ArchiveView { address: address(""), ..ArchiveView::default() }),
            files: files.collect(),
            more_files: u64::try_from(more_files).unwrap_or(0),
            version: row.version,
            is_listed: row.is_listed,
            deprecation: row.deprecation,
            downloads: number(row.downloads),
            published_at: Timestamp::from_millis(row.published_at),
            published_by: row.username,
        })
    }

    /// Finds out which dependencies the feed has itself.
    async fn look_up(
        &self,
        grant: &Grant,
        ecosystem: Ecosystem,
        mut parts: Vec<Dependencies>,
    ) -> Result<Vec<Dependencies>, Error> {
        let keys: HashSet<String> = parts
            .iter()
            .flat_map(|part| &part.shown)
            .map(|dependency| ecosystem.normalise(&dependency.name))
            .collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let (feed, mut database) = (grant.feed()?.id, &self.core.database);
        let found = package_pages::present(&mut database, feed, ecosystem, &keys).await?;
        let found: HashSet<String> = found.into_iter().collect();
        for dependency in parts.iter_mut().flat_map(|part| &mut part.shown) {
            dependency.is_here = found.contains(&ecosystem.normalise(&dependency.name));
        }
        Ok(parts)
    }
}

/// What a version was published with, as far as the viewer may know: its owner and the feed's owners
/// are told which token it was.
fn credential(grant: &Grant, row: &ShownRow) -> Result<CredentialView, Error> {
    if row.published_with != "token" {
        return Ok(CredentialView::Other);
    }
    let is_own = grant.account() == Some(row.published_by);
    let may_know = is_own || grant.feed()?.role == Some(Role::Owner);
    Ok(match (&row.token, may_know) {
        (Some(description), true) => CredentialView::Token {
            description: description.clone(),
            id: row.published_with_id.filter(|_| is_own).map(Into::into),
        },
        _ => CredentialView::SomeToken,
    })
}

/// The highest version first; where no order is known, the one that came last. Lines are short, and
/// the database knows no such order.
fn sorted(ecosystem: Ecosystem, mut lines: Vec<VersionLine>) -> Vec<VersionLine> {
    lines.sort_by_cached_key(|line| {
        Reverse(Precedence::of(ecosystem, &line.version).for_lists(line.published_at))
    });
    lines
}

impl From<LineRow> for VersionLine {
    fn from(row: LineRow) -> Self {
        Self {
            version: row.version,
            is_listed: row.is_listed,
            is_deprecated: row.is_deprecated,
            size: number(row.size),
            downloads: number(row.downloads),
            published_at: Timestamp::from_millis(row.published_at),
            published_by: row.username,
        }
    }
}

fn number(stored: i64) -> u64 {
    u64::try_from(stored).unwrap_or(0)
}
