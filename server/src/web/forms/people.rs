//! The forms by which administrators look after people, everybody's tokens and the policy. A link that
//! is made stands in the answer and nowhere else.

use app::{
    Answer,
    server_fns::people::{NewPerson, PersonAct, invite, perform},
};
use axum::{extract::Path, response::Response};
use http::{Method, StatusCode};
use model::{
    id::TokenId,
    links,
    names::{Email, Username},
    policy::Setting,
    views::{OneTimeLink, PolicyChange},
};
use registry::{Actor, Error};

use super::posted::{Posted, Refused};
use crate::web::{
    LocalPath,
    routes::{Access, Routes},
};

/// Acts on somebody's token.
const TOKEN_ACTS: [&str; 3] = ["revoke", "suspend", "resume"];

/// Declares the forms. The addresses of acts lead to the page they belong to when they are opened.
pub(super) fn routes(routes: &mut Routes) {
    routes.route(Method::POST, "/admin/people/new", Access::Admin, new);
    routes.route(Method::POST, "/admin/policy", Access::Admin, policy);
    for act in PersonAct::ALL {
        let path = format!("/admin/people/{{username}}/{}", act.word());
        let handler = move |name: Path<String>, posted: Posted| on_person(act, name, posted);
        routes.route(Method::POST, &path, Access::Admin, handler);
        routes.route(Method::GET, &path, Access::Anyone, to_person);
    }
    for act in TOKEN_ACTS {
        let path = format!("/admin/tokens/{{id}}/{act}");
        let handler = move |id: Path<String>, posted: Posted| on_token(act, id, posted);
        routes.route(Method::POST, &path, Access::Admin, handler);
        let to_tokens = async || LocalPath::known("/admin/tokens").redirect();
        routes.route(Method::GET, &path, Access::Anyone, to_tokens);
    }
    let to_people = async || LocalPath::known("/admin").redirect();
    routes.route(Method::GET, "/admin/people", Access::Anyone, to_people);
}

async fn new(posted: Posted) -> Response {
    let page = LocalPath::known("/admin/people/new");
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let keep = ["username", "email", "admin"];
    let (username, email) = (posted.text("username"), posted.text("email"));
    let wrong: Vec<_> = [
        username.parse::<Username>().err().map(|error| ("username", error.to_string())),
        email.parse::<Email>().err().map(|error| ("email", error.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect();
    if !wrong.is_empty() {
        return posted.again(&page, &keep, Refused::Fields(wrong)).await;
    }
    let person = NewPerson {
        username: username.to_owned(),
        email: email.to_owned(),
        is_admin: posted.text("admin") == "yes",
    };
    match invite(posted.services(), caller, &posted.origin, &person).await {
        Ok(link) => show(posted, &page, link).await,
        // What was typed is there again after the password, but the address: that is no place for it.
        Err(Error::Unconfirmed) => {
            let admin = if person.is_admin { "&admin=yes" } else { "" };
            let username = links::segment(&person.username);
            LocalPath::confirm(&local(&format!("{}?username={username}{admin}", page.as_str())))
                .redirect()
        }
        Err(error @ Error::Taken(_)) => {
            let is_name = error.to_string().contains('“');
            let field = if is_name { "username" } else { "email" };
            posted.again(&page, &keep, Refused::Field(field, error)).await
        }
        Err(error) => posted.again(&page, &keep, Refused::Form(error)).await,
    }
}

async fn on_person(act: PersonAct, Path(username): Path<String>, posted: Posted) -> Response {
    let page = local(&links::person(&username));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    match perform(posted.services(), caller, &posted.origin, &username, act).await {
        Ok(Some(link)) => show(posted, &page, link).await,
        Ok(None) if act == PersonAct::Withdraw => {
            local(&format!("/admin?withdrawn={}", links::segment(&username))).redirect()
        }
        // Whoever gave the role away has no such page any more.
        Ok(None) if act == PersonAct::TakeAdmin && username == caller.username => {
            LocalPath::known("/").redirect()
        }
        Ok(None) => local(&format!("{}?done={}", page.as_str(), act.word())).redirect(),
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

async fn on_token(act: &str, Path(id): Path<String>, posted: Posted) -> Response {
    // The list as it was filtered, if that is where the form stood.
    let next = LocalPath::parse(posted.text("next"));
    let page = next.filter(|next| next.as_str().starts_with("/admin/tokens"));
    let page = page.unwrap_or_else(|| LocalPath::known("/admin/tokens"));
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let actor = Actor::Person(caller.clone(), posted.origin.clone());
    let tokens = &posted.services().tokens;
    let done = match (id.parse::<TokenId>(), act) {
        (Err(_), _) => Err(Error::NotFound("token")),
        (Ok(id), "revoke") => tokens.revoke_any(&actor, id).await,
        (Ok(id), act) => tokens.set_suspended(&actor, id, act == "suspend").await,
    };
    match done {
        Ok(()) => {
            let separator = if page.as_str().contains('?') { '&' } else { '?' };
            local(&format!("{}{separator}changed={id}", page.as_str())).redirect()
        }
        Err(Error::Unconfirmed) => LocalPath::confirm(&page).redirect(),
        Err(error) => posted.again(&page, &[], Refused::Form(error)).await,
    }
}

async fn policy(posted: Posted) -> Response {
    let page = LocalPath::known("/admin/policy");
    let Some(caller) = posted.caller() else { return LocalPath::sign_in(&page).redirect() };
    let keep = Setting::ALL.map(Setting::key);
    let sent = |key: &str| posted.fields().iter().any(|(name, _)| name == key);
    // What was left as it was when the form was opened may have been changed by somebody else since.
    let changes: Vec<(Setting, Option<String>)> = Setting::ALL
        .into_iter()
        .filter(|setting| sent(setting.key()))
        .map(|setting| (setting, posted.text(setting.key()).trim()))
        .filter(|(setting, text)| *text != posted.text(&format!("was_{}", setting.key())))
        .map(|(setting, text)| (setting, Some(text.to_owned())))
        .collect();
    let has_agreed = posted.text("agreed") == "yes";
    let actor = Actor::Person(caller.clone(), posted.origin.clone());
    match posted.services().policies.change(&actor, &changes, has_agreed).await {
        Ok(PolicyChange::Made(_)) => LocalPath::known("/admin/policy?saved=yes").redirect(),
        Ok(PolicyChange::Wrong(wrong)) => {
            let wrong = wrong.into_iter().map(|(setting, why)| (setting.key(), why)).collect();
            posted.again(&page, &keep, Refused::Fields(wrong)).await
        }
        Ok(PolicyChange::Destroys(count)) => {
            let typed = keep.iter().map(|key| (*key, posted.text(key).to_owned()));
            let typed = typed.chain([("destroys", count.to_string())]).collect();
            let answer = Answer { typed, ..Answer::default() };
            posted.show(&page, answer, StatusCode::CONFLICT).await
        }
        Err(Error::Unconfirmed) => {
            let query =
                url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(changes.iter().map(|(setting, text)| {
                        (setting.key(), text.as_deref().unwrap_or_default())
                    }))
                    .finish();
            LocalPath::confirm(&local(&format!("{}?{query}", page.as_str()))).redirect()
        }
        Err(error) => posted.again(&page, &keep, Refused::Form(error)).await,
    }
}

/// The page with the link that was made.
async fn show(posted: Posted, page: &LocalPath, link: OneTimeLink) -> Response {
    let answer = Answer { link: Some(link), ..Answer::default() };
    posted.show(page, answer, StatusCode::OK).await
}

/// The address of an act on somebody, opened as if it were a page.
async fn to_person(Path(username): Path<String>) -> Response {
    local(&links::person(&username)).redirect()
}

/// A page of administrators. Links are encoded, so each is an address on this site.
fn local(link: &str) -> LocalPath {
    LocalPath::parse(link).unwrap_or_else(|| LocalPath::known("/admin"))
}
