//! The form that makes a feed.

use axum::response::Response;
use http::Method;
use model::names::FeedName;
use registry::{Error, feeds::NewFeed};

use super::posted::{Posted, Refused};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Declares the form.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/feeds/new", Access::SignedIn, create);
}

async fn create(posted: Posted) -> Response {
    let page = LocalPath::known("/feeds/new");
    let Some(caller) = posted.caller() else {
        return LocalPath::known("/sign-in").leading_to(&page).redirect();
    };
    let refused = match posted.text("name").parse::<FeedName>() {
        Ok(name) => {
            let feed = LocalPath::parse(&format!("/feeds/{name}"));
            let is_public = posted.text("visibility") == "public";
            let new = NewFeed { name, description: String::new(), is_public };
            match posted.services().feeds.create(caller, new, &posted.origin).await {
                // A name has no character that a path has not.
                Ok(_) => return feed.unwrap_or_else(|| LocalPath::known("/feeds")).redirect(),
                Err(error @ Error::Taken(_)) => Refused::Field("name", error),
                Err(error) => Refused::Form(error),
            }
        }
        Err(error) => Refused::Fields(vec![("name", error.to_string())]),
    };
    posted.again(&page, &["name", "visibility"], refused).await
}
