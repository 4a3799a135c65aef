//! The button that copies.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use model::{connect::TOKEN, id::TokenId, token::RevealTo};

use super::{
    clipboard::{self, Copied},
    confirm_identity::Confirmation,
    problem::ProblemAlert,
    status::announce,
};
use crate::server_fns::tokens::reveal_token;

/// How long the button says that it worked.
const SAID_FOR: Duration = Duration::from_secs(2);
/// How long a value waits for the second click that some browsers want.
const READY_FOR: Duration = Duration::from_secs(30);

/// What is copied.
#[derive(Clone)]
pub(crate) enum Source {
    /// Text that is no secret, or is shown already.
    Text(String),
    /// The value of a token, which never enters the page.
    Token(TokenId),
    /// Text with the value of a token where it belongs.
    Around(TokenId, String),
}

#[derive(Clone, Copy)]
struct Copying {
    source: StoredValue<Source>,
    what: StoredValue<String>,
    confirmation: Confirmation,
    /// A value that came too late for the click that asked for it.
    ready: StoredValue<Option<String>>,
    is_busy: RwSignal<bool>,
    is_copied: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Copying {
    fn click(self) {
        match self.ready.try_update_value(Option::take).flatten() {
            Some(text) if clipboard::copy_selected(&text) => self.copied(),
            Some(text) => {
                clipboard::leave_selected(&text);
                self.problem.set(Some(
                    "The browser does not let this page copy. It is selected: press Ctrl+C."
                        .to_owned(),
                ));
            }
            None => self.start(None),
        }
    }

    fn start(self, password: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        let (source, confirmation) = (self.source.get_value(), self.confirmation);
        let copying = clipboard::copy(async move {
            let (id, around) = match source {
                Source::Text(text) => return Ok(text),
                Source::Token(id) => (id, TOKEN.to_owned()),
                Source::Around(id, text) => (id, text),
            };
            confirmation.confirm(password).await?;
            let value = reveal_token(id, RevealTo::Clipboard).await?;
            Ok(around.replace(TOKEN, value.expose()))
        });
        spawn_local(async move {
            let result = copying.await;
            self.is_busy.set(false);
            let again = move |password| self.start(Some(password));
            match confirmation.settle(result, again) {
                Some(Ok(Copied::Yes)) => self.copied(),
                Some(Ok(Copied::OnceMore(text))) => self.wait(text),
                Some(Err(failure)) => self.problem.set(Some(failure.to_string())),
                None => {}
            }
        });
    }

    fn copied(self) {
        self.problem.set(None);
        self.is_copied.set(true);
        if let Some(what) = self.what.try_get_value() {
            announce(format!("Copied {what}."));
        }
        set_timeout(move || self.is_copied.set(false), SAID_FOR);
    }

    fn wait(self, text: String) {
        self.ready.set_value(Some(text));
        self.problem.set(Some("Ready. Press Copy once more.".to_owned()));
        let forget = move || {
            if self.ready.try_update_value(Option::take).flatten().is_some() {
                self.problem.set(None);
            }
        };
        set_timeout(forget, READY_FOR);
    }
}

/// Copies without showing, and says how it went. Without script it is not there.
#[component]
pub(crate) fn CopyButton(
    /// The thing that is copied, to go after “Copy”: `token CI publish`.
    #[prop(into)]
    what: String,
    /// The thing itself.
    source: Source,
    /// Whether the button stands back.
    #[prop(optional)]
    is_quiet: bool,
) -> impl IntoView {
    let copying = Copying {
        source: StoredValue::new(source),
        what: StoredValue::new(what.clone()),
        confirmation: Confirmation::get(),
        ready: StoredValue::new(None),
        is_busy: RwSignal::new(false),
        is_copied: RwSignal::new(false),
        problem: RwSignal::new(None),
    };
    let Copying { is_busy, is_copied, problem, .. } = copying;
    view! {
        <button
            type="button"
            class="button copy needs-script"
            class:quiet=is_quiet
            class:ok=is_copied
            aria-busy=move || is_busy.get().then_some("true")
            on:click=move |_| copying.click()
        >
            "Copy"<span class="visually-hidden">" "{what}</span>
            {move || is_copied.get().then(|| view! { <span class="copied" aria-hidden="true">"Copied"</span> }.into_any())}
        </button>
        <ProblemAlert problem/>
    }
    .into_any()
}
