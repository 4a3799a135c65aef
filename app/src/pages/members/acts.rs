//! What owners do to members, where there is script.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{links, role::Role, views::MembersPage};
use wasm_bindgen::JsCast as _;
use web_sys::{FormData, HtmlElement, HtmlFormElement};

use crate::{
    Failure,
    components::{confirm_identity::Confirmation, status::announce},
    server_fns::feeds::{Membership, change_members, read_members},
};

/// The acts of the page, and what became of the last one.
#[derive(Clone, Copy)]
pub(super) struct Acts {
    pub(super) feed: StoredValue<String>,
    list: RwSignal<MembersPage>,
    pub(super) done: RwSignal<Option<String>>,
    pub(super) problem: RwSignal<Option<String>>,
    pub(super) is_busy: RwSignal<bool>,
    confirmation: Confirmation,
    navigate: Callback<String>,
}

impl Acts {
    pub(super) fn new(feed: &str, list: RwSignal<MembersPage>, done: Option<String>) -> Self {
        let navigate = use_navigate();
        Self {
            feed: StoredValue::new(feed.to_owned()),
            list,
            done: RwSignal::new(done),
            problem: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            confirmation: Confirmation::get(),
            navigate: Callback::new(move |path: String| {
                navigate(&path, NavigateOptions::default());
            }),
        }
    }

    /// Takes a form that is sent: `read` finds in it who is meant, and what becomes of them. What it
    /// cannot read, the browser sends.
    pub(super) fn submit(
        self,
        read: impl Fn(&FormData) -> Option<(String, Membership)> + 'static,
    ) -> impl Fn(SubmitEvent) + 'static {
        move |event| {
            let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
            let data = form.as_ref().and_then(|form| FormData::new_with_form(form).ok());
            let Some((member, change)) = data.as_ref().and_then(&read) else { return };
            event.prevent_default();
            let form = form.filter(|_| matches!(change, Membership::Add(_)));
            self.act(member, change, form, None);
        }
    }

    fn act(
        self,
        member: String,
        change: Membership,
        form: Option<HtmlFormElement>,
        password: Option<String>,
    ) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        let feed = self.feed.get_value();
        spawn_local(async move {
            let result = match self.confirmation.confirm(password).await {
                Ok(()) => change_members(feed, member.clone(), change).await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            let again = {
                let (member, form) = (member.clone(), StoredValue::new_local(form.clone()));
                move |password| {
                    self.act(member.clone(), change, form.get_value(), Some(password));
                }
            };
            match self.confirmation.settle(result, again) {
                Some(Ok(())) => self.settled(&member, change, form).await,
                Some(Err(failure)) => self.refused(&failure),
                None => {}
            }
        });
    }

    /// Shows the list as it is now, and says what was done.
    async fn settled(self, member: &str, change: Membership, form: Option<HtmlFormElement>) {
        let feed = self.feed.get_value();
        let (viewer, page) = self.list.with_untracked(|page| (page.viewer.clone(), page.page));
        let member = member.trim().to_lowercase();
        // Whoever changes their own part sees another page.
        if member == viewer {
            let path = match change {
                Membership::Remove => format!("/feeds?left={feed}"),
                _ => links::feed(&feed),
            };
            self.navigate.run(path);
            return;
        }
        if let Some(form) = form {
            form.reset();
        }
        let words = match change {
            Membership::Add(role) | Membership::Change(role) => format!("{member} is now {role}."),
            Membership::Remove => format!("{member} is no member of {feed} any more."),
        };
        match read_members(feed, page).await {
            Ok(page) => self.list.set(page),
            Err(failure) => self.refused(&failure),
        }
        announce(words.clone());
        self.done.set(Some(words));
        lead_to("done");
    }

    fn refused(self, failure: &Failure) {
        self.done.set(None);
        self.problem.set(Some(failure.to_string()));
    }
}

/// The button that had the focus may be gone with its row.
fn lead_to(id: &'static str) {
    request_animation_frame(move || {
        let element = document().get_element_by_id(id);
        if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // What can be focused by script takes focus.
            let _ = element.focus();
        }
    });
}

/// The role in a form.
pub(super) fn role(data: &FormData) -> Option<Role> {
    data.get("role").as_string()?.parse().ok()
}
