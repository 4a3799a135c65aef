//! Reading packages. What is done to them goes through plain forms, also on hydrated pages.

use leptos::{prelude::*, server_fn::codec::Json};
use model::views::{DeletionPage, PackageFound};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// What a package's page is asked for by its address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PackageQuery {
    /// The feed's name.
    pub feed: String,
    /// The package's kind, by its name in addresses.
    pub ecosystem: String,
    /// Its id.
    pub name: String,
    /// The version to show; empty for the one that `latest` points to.
    pub version: String,
    /// Which page of its versions, from 1.
    pub page: u64,
    /// A version that may have been deleted; empty for none.
    pub deleted: String,
}

/// A package, with what the reader may do to it. Those of public feeds are for everybody.
#[server(endpoint = "packages/page", input = Json)]
pub async fn read_package(
    /// What is asked for.
    query: PackageQuery,
) -> Result<PackageFound, Failure> {
    use registry::{
        Error,
        access::{AccessRequest, Wanted},
        packages::Asked,
    };

    use crate::context::{credential, failure, origin, services, signed_out};
    let (services, origin) = (services()?, origin()?);
    let ecosystem = ecosystem(&query.ecosystem)?;
    let (credential, name) = (credential(), query.name.as_str());
    let ask = async |wanted| {
        let request = AccessRequest { feed: &query.feed, wanted, origin: &origin };
        services.access.authorize(&credential, request).await
    };
    let may = async |wanted| match ask(wanted).await {
        Ok(_) => Ok(true),
        Err(Error::Denied(_)) => Ok(false),
        Err(error) => Err(failure(error)),
    };
    let grant = ask(Wanted::Read(ecosystem, name)).await.map_err(signed_out)?;
    let asked = Asked {
        version: Some(query.version.as_str()).filter(|version| !version.is_empty()),
        page: query.page,
        deleted: Some(query.deleted.as_str()).filter(|version| !version.is_empty()),
        may_change: may(Wanted::Unlist(ecosystem, name)).await?,
        may_delete: may(Wanted::Delete(ecosystem, name)).await?,
    };
    let found = services.packages.page(&grant, asked).await.map_err(failure)?;
    if matches!(found, PackageFound::Gone(_)) {
        crate::context::set_status(http::StatusCode::GONE);
    }
    Ok(found)
}

/// What is about to be deleted, for who may.
#[server(endpoint = "packages/deletion", input = Json)]
pub async fn read_deletion(
    /// The feed's name.
    feed: String,
    /// The package's kind, by its name in addresses.
    ecosystem: String,
    /// Its id.
    name: String,
    /// The version; [`ALL_VERSIONS`] for the package with all of them.
    version: String,
) -> Result<DeletionPage, Failure> {
    use registry::access::{AccessRequest, Wanted};

    use crate::context::{credential, failure, origin, services, signed_out};
    let (services, origin) = (services()?, origin()?);
    let wanted = Wanted::Delete(self::ecosystem(&ecosystem)?, &name);
    let request = AccessRequest { feed: &feed, wanted, origin: &origin };
    let grant = services.access.authorize(&credential(), request).await.map_err(signed_out)?;
    let version = Some(version.as_str()).filter(|version| *version != ALL_VERSIONS);
    services.packages.deletion(&grant, version).await.map_err(failure)
}

/// What stands in a version's place in an address that means all of them.
pub const ALL_VERSIONS: &str = "-";

/// The kind of package that an address names.
#[cfg(feature = "ssr")]
fn ecosystem(name: &str) -> Result<model::ecosystem::Ecosystem, Failure> {
    name.parse().map_err(|_| crate::context::failure(registry::Error::NotFound("package")))
}
