//! The forms that make, change and end feeds, and change who their members are.

use axum::{extract::Path, response::Response};
use http::Method;
use model::{
    links,
    names::FeedName,
    role::{NotARole, Role},
};
use registry::{
    Error,
    feeds::{Change, NewFeed},
};

use super::posted::{Posted, Refused};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Declares the forms. The addresses of acts lead to the page they belong to when they are opened.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/feeds/new", Access::SignedIn, create);
    routes.route(Method::POST, "/feeds/{feed}/settings", Access::SignedIn, describe);
    routes.route(Method::POST, "/feeds/{feed}/settings/readers", Access::SignedIn, readers);
    routes.route(Method::POST, "/feeds/{feed}/settings/delete", Access::Confirmed, delete);
    routes.route(Method::POST, "/feeds/{feed}/members", Access::Confirmed, add);
    routes.route(Method::POST, "/feeds/{feed}/members/role", Access::SignedIn, change);
    routes.route(Method::POST, "/feeds/{feed}/members/remove", Access::SignedIn, remove);
    for act in ["readers", "delete"] {
        let path = format!("/feeds/{{feed}}/settings/{act}");
        routes.route(Method::GET, &path, Access::Anyone, to_settings);
    }
    for act in ["role", "remove"] {
        let path = format!("/feeds/{{feed}}/members/{act}");
        routes.route(Method::GET, &path, Access::Anyone, to_members);
    }
}

async fn create(posted: Posted) -> Response {
    let page = LocalPath::known("/feeds/new");
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let typed = posted.text("name");
    let refused = match typed.parse::<FeedName>() {
        Ok(name) => {
            let feed = local(&links::feed(name.as_str()));
            let is_public = posted.text("visibility") == "public";
            let new = NewFeed { name, description: String::new(), is_public };
            match posted.services().feeds.create(caller, new, &posted.origin).await {
                Ok(_) => return feed.redirect(),
                Err(error @ Error::Taken(_)) => Refused::Field("name", error),
                Err(error) => Refused::Form(error),
            }
        }
        Err(error) => {
            let advice = FeedName::advice(typed).unwrap_or_else(|| error.to_string());
            Refused::Fields(vec![("name", advice)])
        }
    };
    posted.again(&page, &["name", "visibility"], refused).await
}

async fn describe(Path(feed): Path<String>, posted: Posted) -> Response {
    let page = local(&links::feed_settings(&feed));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let description = Some(posted.text("description").to_owned());
    let change = Change { description, is_public: None };
    match posted.services().feeds.change(caller, &feed, &change, &posted.origin).await {
        Ok(()) => with(&page, "saved", "yes").redirect(),
        Err(error @ Error::Invalid(_)) => {
            posted.again(&page, &["description"], Refused::Field("description", error)).await
        }
        Err(error) => posted.again(&page, &["description"], Refused::Form(error)).await,
    }
}

async fn readers(Path(feed): Path<String>, posted: Posted) -> Response {
    let page = local(&links::feed_settings(&feed));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let is_public = match posted.text("visibility") {
        "public" => true,
        "private" => false,
        _ => return page.redirect(),
    };
    let change = Change { description: None, is_public: Some(is_public) };
    match posted.services().feeds.change(caller, &feed, &change, &posted.origin).await {
        Ok(()) => with(&page, "saved", "yes").redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

async fn delete(Path(feed): Path<String>, posted: Posted) -> Response {
    let page = local(&links::feed_settings(&feed));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let typed = posted.text("confirm");
    match posted.services().feeds.delete(caller, &feed, typed, &posted.origin).await {
        Ok(()) => with(&LocalPath::known("/feeds"), "deleted", &feed).redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error @ Error::Invalid(_)) => {
            posted.again(&page, &["confirm"], Refused::Field("confirm", error)).await
        }
        Err(error) => posted.again(&page, &["confirm"], Refused::Form(error)).await,
    }
}

async fn add(Path(feed): Path<String>, posted: Posted) -> Response {
    let page = local(&links::feed_members(&feed));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let member = posted.text("username").trim().to_lowercase();
    let added = match role(&posted) {
        Ok(role) => {
            posted.services().feeds.add_member(caller, &feed, &member, role, &posted.origin).await
        }
        Err(error) => Err(error),
    };
    match added {
        Ok(()) => with(&page, "changed", &member).redirect(),
        // What was typed is there again after the password.
        Err(Error::Unconfirmed) => {
            let filled = with(&page, "username", &member);
            let role = links::segment(posted.text("role"));
            LocalPath::confirm(&local(&format!("{}&role={role}", filled.as_str()))).redirect()
        }
        Err(error @ (Error::Invalid(_) | Error::Taken(_))) => {
            posted.again(&page, &["username", "role"], Refused::Field("username", error)).await
        }
        Err(error) => posted.again(&page, &["username", "role"], Refused::Form(error)).await,
    }
}

async fn change(Path(feed): Path<String>, posted: Posted) -> Response {
    let page = local(&links::feed_members(&feed));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let member = posted.text("username");
    let changed = match role(&posted) {
        Ok(role) => {
            let feeds = &posted.services().feeds;
            feeds.change_member(caller, &feed, member, role, &posted.origin).await
        }
        Err(error) => Err(error),
    };
    match changed {
        Ok(()) => with(&page, "changed", member).redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

async fn remove(Path(feed): Path<String>, posted: Posted) -> Response {
    let page = local(&links::feed_members(&feed));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let member = posted.text("username");
    let is_leaving = member == caller.username;
    match posted.services().feeds.remove_member(caller, &feed, member, &posted.origin).await {
        Ok(()) if is_leaving => with(&LocalPath::known("/feeds"), "left", &feed).redirect(),
        Ok(()) => with(&page, "changed", member).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

/// The address of an act on a feed's settings, opened as if it were a page.
async fn to_settings(Path(feed): Path<String>) -> Response {
    local(&links::feed_settings(&feed)).redirect()
}

/// The address of an act on a feed's members, opened as if it were a page.
async fn to_members(Path(feed): Path<String>) -> Response {
    local(&links::feed_members(&feed)).redirect()
}

fn role(posted: &Posted) -> Result<Role, Error> {
    let role = posted.text("role").parse();
    role.map_err(|NotARole| Error::Invalid("Choose a role.".to_owned()))
}

/// A page of a feed. Links are encoded, so each is an address on this site.
fn local(link: &str) -> LocalPath {
    LocalPath::parse(link).unwrap_or_else(|| LocalPath::known("/feeds"))
}

/// The page, told one thing in its query.
fn with(page: &LocalPath, name: &str, value: &str) -> LocalPath {
    local(&format!("{}?{name}={}", page.as_str(), links::segment(value)))
}
