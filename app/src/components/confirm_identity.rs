//! Asking for the password in the middle of an act, when the identity has to be confirmed again.

use leptos::{html, prelude::*};
use model::links::segment;

use super::problem::ProblemAlert;
use crate::{Failure, address::here, server_fns::sessions::confirm_identity, site::Site};

/// The one dialog of a page that asks for the password.
#[derive(Clone, Copy)]
pub(crate) struct Confirmation {
    dialog: NodeRef<html::Dialog>,
    password: NodeRef<html::Input>,
    /// What is done with the password.
    act: StoredValue<Option<Callback<String>>>,
    problem: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
}

impl Confirmation {
    fn new() -> Self {
        Self {
            dialog: NodeRef::new(),
            password: NodeRef::new(),
            act: StoredValue::new(None),
            problem: RwSignal::new(None),
            is_busy: RwSignal::new(false),
        }
    }

    /// Makes the dialog known to the page; [`ConfirmDialog`] shows it.
    pub(crate) fn provide() {
        provide_context(Self::new());
    }

    /// The page's dialog.
    pub(crate) fn get() -> Self {
        use_context().unwrap_or_else(Self::new)
    }

    /// Confirms the identity if a password was typed. Whatever is wrong with it is said in the
    /// dialog; the identity is as unconfirmed as before.
    pub(crate) async fn confirm(self, password: Option<String>) -> Result<(), Failure> {
        let Some(password) = password else { return Ok(()) };
        confirm_identity(password).await.map_err(|failure| {
            self.problem.set(Some(failure.to_string()));
            Failure::Unconfirmed
        })
    }

    /// Takes the result of an act. `None`: the dialog is open, and does it `again` with the password.
    /// Otherwise it is closed, and the caller says what became of the act.
    pub(crate) fn settle<T>(
        self,
        result: Result<T, Failure>,
        again: impl Fn(String) + Send + Sync + 'static,
    ) -> Option<Result<T, Failure>> {
        if matches!(result, Err(Failure::Unconfirmed)) {
            self.ask(Callback::new(again));
            return None;
        }
        if let Some(dialog) = self.dialog.try_get_untracked().flatten() {
            dialog.close();
        }
        Some(result)
    }

    fn ask(self, act: Callback<String>) {
        let Some(dialog) = self.dialog.try_get_untracked().flatten() else { return };
        self.act.set_value(Some(act));
        self.is_busy.set(false);
        if !dialog.open() {
            self.problem.set(None);
            // Only a dialog outside the document refuses.
            let _ = dialog.show_modal();
        } else if let Some(field) = self.password.try_get_untracked().flatten() {
            field.select();
        }
    }

    fn answer(self) {
        let password = self.password.try_get_untracked().flatten().map(|field| field.value());
        if let (Some(act), Some(password), false) =
            (self.act.get_value(), password, self.is_busy.get_untracked())
        {
            self.problem.set(None);
            self.is_busy.set(true);
            act.run(password);
        }
    }

    /// Forgets the password and the act; the dialog has been closed, however.
    fn forget(self) {
        self.act.set_value(None);
        self.is_busy.set(false);
        if let Some(field) = self.password.try_get_untracked().flatten() {
            field.set_value("");
        }
    }
}

/// The dialog. It opens over the page, and whatever was begun there goes on after it.
#[component]
pub(crate) fn ConfirmDialog(
    /// What needs the password.
    #[prop(default = "Showing, copying and making tokens needs your password again.")]
    why: &'static str,
) -> impl IntoView {
    let confirmation = Confirmation::get();
    let Confirmation { dialog, password, problem, is_busy, .. } = confirmation;
    let site = Site::get();
    let has_password = site.viewer.as_ref().is_none_or(|viewer| viewer.has_password);
    let why = if has_password {
        format!("You signed in some time ago. {why}")
    } else {
        "Sign in at your provider again, and then repeat what you were about to do.".to_owned()
    };
    let is_other_way = site.providers.iter().any(|provider| provider.can_confirm);
    let username = site.viewer.map(|viewer| viewer.username);
    let cancel = move |_| {
        if let Some(dialog) = dialog.try_get_untracked().flatten() {
            dialog.close();
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        confirmation.answer();
    };
    view! {
        <dialog
            class="dialog"
            aria-labelledby="confirm-title"
            aria-describedby="confirm-text"
            node_ref=dialog
            on:close=move |_| confirmation.forget()
        >
            <form class="stack" method="post" action="/confirm" on:submit=submit>
                <h2 id="confirm-title">"Confirm it is you"</h2>
                <p class="muted" id="confirm-text">
                    {why}
                </p>
                {has_password.then(|| view! {
                    <input class="visually-hidden" type="text" name="username" value=username autocomplete="username" readonly tabindex="-1" aria-hidden="true"/>
                    <div class="field">
                        <label for="confirm-password">"Password"</label>
                        <ProblemAlert problem id="confirm-error"/>
                        <input
                            class="input"
                            id="confirm-password"
                            name="password"
                            type="password"
                            autocomplete="current-password"
                            maxlength="256"
                            autocapitalize="none"
                            spellcheck="false"
                            required
                            autofocus
                            aria-describedby="confirm-error"
                            aria-invalid=move || problem.with(Option::is_some).then_some("true")
                            node_ref=password
                        />
                    </div>
                })}
                {(is_other_way && has_password).then(|| view! { <p class="small"><OtherWay words="Confirm another way" class=""/></p> })}
                <div class="actions">
                    <button type="button" class="button" on:click=cancel>"Cancel"</button>
                    {if has_password {
                        view! { <button class="button primary" aria-busy=move || is_busy.get().then_some("true")>"Confirm"</button> }.into_any()
                    } else {
                        view! { <OtherWay words="Confirm" class="button primary"/> }.into_any()
                    }}
                </div>
            </form>
        </dialog>
    }
}

/// The way over a provider leaves the page, and comes back to it.
#[component]
fn OtherWay(words: &'static str, class: &'static str) -> impl IntoView {
    let here = here();
    let href = move || format!("/confirm?next={}", segment(&here.get()));
    view! { <a class=class href=href rel="external">{words}</a> }
}
