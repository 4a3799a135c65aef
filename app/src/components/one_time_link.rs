//! A link that works once: asking for it, and showing it, which happens once as well.

use leptos::{ev::SubmitEvent, prelude::*, task::spawn_local};
use model::views::{LinkPurpose, OneTimeLink};
use wasm_bindgen::JsCast as _;
use web_sys::{FormData, HtmlFormElement};

use super::{confirm_identity::Confirmation, secret_field::SecretField, status::announce};
use crate::{
    Failure,
    server_fns::people::{NewPerson, PersonAct, invite_person, make_link},
};

/// What gives a link.
#[derive(Debug, Clone)]
pub(crate) enum Asked {
    /// Inviting somebody.
    Invitation(NewPerson),
    /// An act on the account of this name.
    Act(String, PersonAct),
}

impl Asked {
    async fn perform(self) -> Result<OneTimeLink, Failure> {
        match self {
            Self::Invitation(person) => invite_person(person).await,
            Self::Act(username, act) => make_link(username, act).await,
        }
    }
}

/// The link of a page, once it was asked for.
#[derive(Clone, Copy)]
pub(crate) struct Linking {
    /// The link.
    pub(crate) link: RwSignal<Option<OneTimeLink>>,
    /// What stood in the way.
    pub(crate) problem: RwSignal<Option<String>>,
    /// Whether it is under way.
    pub(crate) is_busy: RwSignal<bool>,
    confirmation: Confirmation,
}

impl Linking {
    /// No link yet, but the one that the page was made to show.
    pub(crate) fn new() -> Self {
        Self {
            link: RwSignal::new(answered()),
            problem: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            confirmation: Confirmation::get(),
        }
    }

    /// Takes a form that is sent. What `read` cannot read, the browser sends.
    pub(crate) fn submit(
        self,
        read: impl Fn(&FormData) -> Option<Asked> + 'static,
    ) -> impl Fn(SubmitEvent) + 'static {
        move |event| {
            let form = event.target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
            let data = form.and_then(|form| FormData::new_with_form(&form).ok());
            let Some(asked) = data.as_ref().and_then(&read) else { return };
            event.prevent_default();
            self.start(asked, None);
        }
    }

    fn start(self, asked: Asked, password: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let result = match self.confirmation.confirm(password).await {
                Ok(()) => asked.clone().perform().await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            let again = move |password| self.start(asked.clone(), Some(password));
            match self.confirmation.settle(result, again) {
                Some(Ok(link)) => {
                    announce(format!("The link for {} is ready.", link.username));
                    self.link.set(Some(link));
                }
                Some(Err(failure)) => self.problem.set(Some(failure.to_string())),
                None => {}
            }
        });
    }
}

#[cfg(feature = "ssr")]
fn answered() -> Option<OneTimeLink> {
    crate::Answer::get().link
}

#[cfg(not(feature = "ssr"))]
fn answered() -> Option<OneTimeLink> {
    None
}

/// The link, to be copied and sent.
#[component]
pub(crate) fn LinkCard(link: OneTimeLink) -> impl IntoView {
    let OneTimeLink { username, purpose, ends_at, url } = link;
    let (title, words) = match purpose {
        LinkPurpose::Invitation => (
            format!("{username} is invited"),
            "Whoever opens this link chooses the first password and is signed in.",
        ),
        LinkPurpose::Reset => (
            format!("Link for {username}"),
            "Whoever opens this link chooses another password; all sessions end then, and tokens keep working.",
        ),
    };
    let until = format!("It works once, until {}.", ends_at.date_and_time());
    view! {
        <section class="card" aria-labelledby="link-title">
            <h2 id="link-title">{title}</h2>
            <p>{words}" "{until}</p>
            <SecretField label="Link" value=url what=format!("link for {username}") hint="It is not shown again. Send it only to the person it is for."/>
        </section>
    }
    .into_any()
}
