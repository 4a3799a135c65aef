//! The form as a whole: read when it changes, previewed, sent.

use std::time::Duration;

use leptos::{
    ev::SubmitEvent,
    html,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use model::{
    token_form::{Field, Problem, TokenForm},
    views::TokenPreview,
};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlAnchorElement, HtmlElement, MouseEvent};

use super::{
    fields::{DescriptionField, ExpiryField, access_field, feeds_field},
    patterns::PackagesField,
};
use crate::{
    Failure,
    components::{
        confirm_identity::Confirmation, error_summary::ErrorSummary, token_words::packages_match,
    },
    server_fns::tokens::{Created, TokenFormPage, create_token, preview_token},
};

/// How long typing rests before the preview is asked for.
const REST: Duration = Duration::from_millis(300);

/// What goes on around the form. The fields hold what is typed; this only reads them.
#[derive(Clone, Copy)]
pub(super) struct Filling {
    form: NodeRef<html::Form>,
    /// The form as it was last previewed.
    seen: StoredValue<TokenForm>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    confirmation: Confirmation,
    pub(super) preview: RwSignal<TokenPreview>,
    problems: RwSignal<Vec<Problem>>,
    failure: RwSignal<Option<String>>,
    is_busy: RwSignal<bool>,
    created: RwSignal<Option<Created>>,
}

impl Filling {
    /// What is wrong with a field, if anything.
    pub(super) fn problem(self, field: Field) -> Option<String> {
        self.problems.with(|problems| {
            let found = problems.iter().find(|problem| problem.field == field);
            found.map(|problem| problem.message.clone())
        })
    }

    /// Asks for a preview once typing rests.
    pub(super) fn changed(self) {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        if let Some(waiting) = waiting {
            waiting.clear();
        }
        let waiting = set_timeout_with_handle(move || self.look(), REST);
        self.waiting.set_value(waiting.ok());
    }

    fn look(self) {
        let Some(form) = self.read() else { return };
        // Neither is part of what the token may do.
        let form = TokenForm { form: String::new(), description: String::new(), ..form };
        if self.seen.try_with_value(|seen| *seen == form) != Some(false) {
            return;
        }
        self.seen.set_value(form.clone());
        spawn_local(async move {
            // Whatever stands in the way of a preview is said when the form is sent.
            if let Ok(preview) = preview_token(form.clone()).await
                && self.seen.try_with_value(|seen| *seen == form) == Some(true)
            {
                self.preview.set(preview);
            }
        });
    }

    /// The fields as the browser would send them.
    fn read(self) -> Option<TokenForm> {
        let data = FormData::new_with_form(&self.form.try_get_untracked().flatten()?).ok()?;
        let pairs = data.entries().into_iter().filter_map(|entry| {
            let pair: js_sys::Array = entry.ok()?.unchecked_into();
            Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
        });
        Some(TokenForm::from_pairs(pairs))
    }

    fn send(self, password: Option<String>) {
        let Some(form) = self.read() else { return };
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        let confirmation = self.confirmation;
        spawn_local(async move {
            let result = match confirmation.confirm(password).await {
                Ok(()) => create_token(form).await,
                Err(failure) => Err(failure),
            };
            self.is_busy.set(false);
            match confirmation.settle(result, move |password| self.send(Some(password))) {
                Some(Ok(created)) => self.done(created),
                Some(Err(failure)) => self.refused(failure),
                None => {}
            }
        });
    }

    /// From here on the address is the token's own: a reload leads to it, not to an empty form.
    fn done(self, created: Created) {
        if let Ok(history) = window().history() {
            let address = format!("/profile/tokens/{}", created.id);
            // Only the address of another site is refused.
            let _ =
                history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
        }
        self.created.set(Some(created));
    }

    fn refused(self, failure: Failure) {
        match failure {
            Failure::Problems(problems) => {
                self.failure.set(None);
                self.problems.set(problems);
            }
            failure => {
                self.problems.set(Vec::new());
                self.failure.set(Some(failure.to_string()));
            }
        }
        request_animation_frame(|| {
            if let Ok(Some(summary)) = document().query_selector(".error-summary") {
                // Script can focus the summary.
                let _ = summary.unchecked_into::<HtmlElement>().focus();
            }
        });
    }
}

/// The form.
#[component]
pub(super) fn CreateForm(
    page: TokenFormPage,
    problems: Vec<Problem>,
    failure: Option<String>,
    created: RwSignal<Option<Created>>,
) -> impl IntoView {
    let TokenFormPage { start, preview, feeds } = page;
    let form = start.form.clone();
    let seen = TokenForm { form: String::new(), description: String::new(), ..form.clone() };
    let filling = Filling {
        form: NodeRef::new(),
        seen: StoredValue::new(seen),
        waiting: StoredValue::new(None),
        confirmation: Confirmation::get(),
        preview: RwSignal::new(preview),
        problems: RwSignal::new(problems),
        failure: RwSignal::new(failure),
        is_busy: RwSignal::new(false),
        created,
    };
    // What was chosen before the script came, or restored by the browser, counts too.
    Effect::new(move |_| filling.changed());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        filling.send(None);
    };
    view! {
        <Problems filling/>
        <form
            class="with-aside"
            method="post"
            action="/profile/tokens"
            novalidate
            node_ref=filling.form
            on:input=move |_| filling.changed()
            on:submit=submit
        >
            <input type="hidden" name="form" value=form.form.clone() autocomplete="off"/>
            <div class="form">
                <DescriptionField filling value=form.description.clone()/>
                {access_field(filling, &form)}
                {feeds_field(filling, &form, &feeds)}
                <PackagesField filling form/>
                <ExpiryField filling start/>
            </div>
            <Summary filling/>
        </form>
    }
    .into_any()
}

/// What the token would be able to do, and the buttons.
#[component]
fn Summary(filling: Filling) -> impl IntoView {
    let sentence = move |preview: &TokenPreview| match &preview.sentence {
        Ok(words) | Err(words) => words.clone(),
    };
    let matches = move |preview: &TokenPreview| {
        let count = preview.sentence.is_ok().then_some(preview.matches)?;
        let words = format!("{} today.", packages_match(count));
        Some(view! { <p class="hint">{words}</p> }.into_any())
    };
    view! {
        <section class="card aside" aria-labelledby="summary">
            <h2 id="summary">"Summary"</h2>
            <p class="sentence"><output aria-live="polite">{move || filling.preview.with(sentence)}</output></p>
            {move || filling.preview.with(matches)}
            <div class="actions">
                <button class="button primary" aria-busy=move || filling.is_busy.get().then_some("true")>"Create token"</button>
                <button class="button only-plain" formmethod="get" formaction="/profile/tokens/new">"Update summary"</button>
                <a class="button quiet" href="/profile/tokens">"Cancel"</a>
            </div>
        </section>
    }
    .into_any()
}

/// What is wrong, on top, with links to the fields.
#[component]
fn Problems(filling: Filling) -> impl IntoView {
    move || {
        let failure = filling.failure.get().map(|failure| (None, failure));
        let problems = filling.problems.get().into_iter();
        let problems = problems.map(|problem| (Some(target(problem.field)), problem.message));
        let problems: Vec<_> = failure.into_iter().chain(problems).collect();
        (!problems.is_empty()).then(|| {
            view! { <ErrorSummary problems on:click=|event| lead_to_field(&event)/> }.into_any()
        })
    }
}

/// Follows a link of the summary into the field; the router would only scroll there.
fn lead_to_field(event: &MouseEvent) {
    let link = event.target().and_then(|target| target.dyn_into::<HtmlAnchorElement>().ok());
    let field =
        link.and_then(|link| document().get_element_by_id(link.hash().trim_start_matches('#')));
    if let Some(field) = field {
        event.prevent_default();
        // What has the id of a field takes focus.
        let _ = field.unchecked_into::<HtmlElement>().focus();
    }
}

/// The id of the element that mends a field.
fn target(field: Field) -> &'static str {
    match field {
        Field::Description => "description",
        Field::Access => "access",
        Field::Feeds => "feeds",
        Field::ReadFeeds => "read-feeds",
        Field::WriteFeeds => "write-feeds",
        Field::Packages => "pattern-1",
        Field::Expires => "expires-on",
    }
}
