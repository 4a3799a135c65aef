//! The form that gives a token a new value, on its page and in a dialog.

use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use model::{
    id::{FormId, SecretId, TokenId},
    rotation::OldStops,
    views::{RegeneratePage, Regenerated, TokenStatus},
};
use wasm_bindgen::JsCast as _;
use web_sys::FormData;

use crate::{
    components::{
        confirm_identity::Confirmation, old_value::used_by_line, problem::ProblemAlert,
        time::Moment, token_words::by_and_from,
    },
    server_fns::token_life::regenerate_token,
};

#[derive(Clone, Copy)]
struct Sending {
    form: NodeRef<html::Form>,
    /// The token, the use of the form, and the secret that would be replaced.
    of: (TokenId, FormId, SecretId),
    confirmation: Confirmation,
    is_busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    done: Callback<Regenerated>,
}

impl Sending {
    fn send(self, password: Option<String>) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        let old = self.chosen();
        let (id, form, replaces) = self.of;
        spawn_local(async move {
            let result = match self.confirmation.confirm(password).await {
                Ok(()) => regenerate_token(id, form, replaces, old).await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            match self.confirmation.settle(result, move |password| self.send(Some(password))) {
                Some(Ok(regenerated)) => self.done.run(regenerated),
                Some(Err(failure)) => self.problem.set(Some(failure.to_string())),
                None => {}
            }
        });
    }

    fn chosen(self) -> OldStops {
        let form = self.form.try_get_untracked().flatten();
        let data = form.and_then(|form| FormData::new_with_form(form.unchecked_ref()).ok());
        let name = data.and_then(|data| data.get("old").as_string());
        name.and_then(|name| OldStops::from_name(&name)).unwrap_or_default()
    }
}

/// The form. `done` takes what it made.
#[component]
pub(crate) fn RegenerateForm<'a>(
    /// What it begins with.
    page: &'a RegeneratePage,
    /// The choice it begins with.
    chosen: OldStops,
    /// What stands beside the button to go back.
    cancel: AnyView,
    /// Takes the token with its new value.
    done: Callback<Regenerated>,
) -> impl IntoView + use<> {
    let sending = Sending {
        form: NodeRef::new(),
        of: (page.token.id, page.form, page.replaces),
        confirmation: Confirmation::get(),
        is_busy: RwSignal::new(false),
        problem: RwSignal::new(None),
        done,
    };
    let Sending { problem, is_busy, .. } = sending;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        sending.send(None);
    };
    let id = page.token.id;
    let renewed = page.renewed_until.map(|at| {
        view! { <p>"The token has expired. It works again until "<Moment at words=at.long_date()/>"."</p> }
    });
    let old = page.old.as_ref().map(|old| {
        let used = old.used_by.first();
        let used = used.map(|used| {
            format!(", last used {}{}", used.last_at.ago(page.now), by_and_from(&used.client, &used.address))
        });
        let words = format!(
            "The value ending {}{}, is being replaced already. It stops at once: a token has two values at most.",
            old.last4,
            used.unwrap_or_default()
        );
        view! { <p class="hint">{words}</p> }
    });
    view! {
        <form
            class="form"
            method="post"
            action=format!("/profile/tokens/{id}/regenerate")
            node_ref=sending.form
            on:submit=submit
        >
            <input type="hidden" name="form" value=page.form.to_string() autocomplete="off"/>
            <input type="hidden" name="replaces" value=page.replaces.to_string() autocomplete="off"/>
            <div class="stack">
                <p>"The token gets a new value. What it may do stays as it is."</p>
                {renewed}
                {users(page)}
                {old}
            </div>
            {choices(page, chosen)}
            <ProblemAlert problem/>
            <div class="actions">
                {cancel}
                <button class="button primary" aria-busy=move || is_busy.get().then_some("true")>"Regenerate"</button>
            </div>
        </form>
    }
    .into_any()
}

/// Who has to learn of the new value.
fn users(page: &RegeneratePage) -> AnyView {
    if page.used_by.is_empty() {
        return view! { <p class="muted">"Nobody has used the present value so far."</p> }
            .into_any();
    }
    let lines = page.used_by.iter().map(|used_by| used_by_line(used_by, page.now)).collect_view();
    view! {
        <div>
            <p>{format!("The present value, ending {}, was used lately by:", page.token.last4)}</p>
            <ul class="used-by">{lines}</ul>
        </div>
    }
    .into_any()
}

fn choices(page: &RegeneratePage, chosen: OldStops) -> AnyView {
    if page.token.status == TokenStatus::Leaked {
        return view! {
            <p>"The token was found in public, so its old value stays refused. With the new one it works again at once."</p>
        }
        .into_any();
    }
    let choice = |choice: OldStops| {
        view! {
            <div class="choice">
                <label>
                    <input type="radio" name="old" value=choice.name() checked=choice == chosen/>
                    <strong>{sentence_case(choice.label())}</strong>
                    <span class="hint">{choice.hint()}</span>
                </label>
            </div>
        }
    };
    let choices = OldStops::ALL.into_iter().map(choice).collect_view();
    view! {
        <fieldset class="choices">
            <legend>"When the old value stops"</legend>
            {choices}
        </fieldset>
    }
    .into_any()
}

fn sentence_case(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
