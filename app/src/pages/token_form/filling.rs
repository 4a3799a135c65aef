//! The form as a whole: read when it changes, previewed, sent.

use std::time::Duration;

use leptos::{
    html,
    leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle},
    prelude::*,
    task::spawn_local,
};
use leptos_router::NavigateOptions;
use model::{
    id::TokenId,
    links,
    token_form::{Field, Problem, TokenForm},
    views::{ChangedMeanwhile, Edited, TokenPreview},
};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlAnchorElement, HtmlElement, MouseEvent};

use crate::{
    Failure,
    components::{confirm_identity::Confirmation, error_summary::ErrorSummary, status::announce},
    server_fns::{
        token_form::{edit_token, preview_token},
        tokens::{Created, create_token},
    },
};

/// How long typing rests before the preview is asked for.
const REST: Duration = Duration::from_millis(300);

/// What the form is for.
#[derive(Clone, Copy)]
pub(in crate::pages) enum Purpose {
    /// A new token; here goes what was made.
    Create(RwSignal<Option<Created>>),
    /// A change.
    Edit(Editing),
}

/// A token that is changed.
#[derive(Clone, Copy)]
pub(in crate::pages) struct Editing {
    /// The token.
    pub(in crate::pages) id: TokenId,
    /// Its state, on top of which the form saves.
    pub(in crate::pages) revision: RwSignal<String>,
    /// What gets wider and is asked about.
    pub(in crate::pages) asked: RwSignal<Vec<String>>,
    /// How it was changed meanwhile.
    pub(in crate::pages) changed: RwSignal<Option<ChangedMeanwhile>>,
    /// Leads to another page.
    pub(in crate::pages) navigate: Callback<(String, NavigateOptions)>,
}

impl Purpose {
    /// Where the form is sent without script.
    pub(super) fn action(self) -> String {
        match self {
            Self::Create(_) => "/profile/tokens".to_owned(),
            Self::Edit(editing) => links::token_edit(editing.id),
        }
    }

    /// The page of the form.
    pub(super) fn page(self) -> String {
        match self {
            Self::Create(_) => "/profile/tokens/new".to_owned(),
            Self::Edit(editing) => links::token_edit(editing.id),
        }
    }

    fn token(self) -> Option<TokenId> {
        match self {
            Self::Create(_) => None,
            Self::Edit(editing) => Some(editing.id),
        }
    }
}

/// What came of sending the form.
enum Sent {
    Created(Created),
    Edited(Editing, Edited),
}

/// How many feeds are ticked in each choice of them.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    feeds: usize,
    read: usize,
    write: usize,
}

impl Chosen {
    fn of(form: &TokenForm) -> Self {
        Self { feeds: form.feed.len(), read: form.read_feed.len(), write: form.write_feed.len() }
    }

    /// How many are ticked in the choice of a field.
    pub(super) fn count(&self, field: Field) -> usize {
        match field {
            Field::ReadFeeds => self.read,
            Field::WriteFeeds => self.write,
            _ => self.feeds,
        }
    }
}

/// What goes on around the form. The fields hold what is typed; this only reads them.
#[derive(Clone, Copy)]
pub(super) struct Filling {
    pub(super) form: NodeRef<html::Form>,
    pub(super) purpose: Purpose,
    /// The form as it was last previewed.
    seen: StoredValue<TokenForm>,
    waiting: StoredValue<Option<TimeoutHandle>>,
    confirmation: StoredValue<Confirmation>,
    pub(super) preview: RwSignal<TokenPreview>,
    problems: RwSignal<Vec<Problem>>,
    failure: RwSignal<Option<String>>,
    pub(super) is_busy: RwSignal<bool>,
    pub(super) chosen: RwSignal<Chosen>,
    /// The rows of patterns by number, in their order.
    pub(super) patterns: RwSignal<Vec<usize>>,
    /// The rows of networks likewise.
    pub(super) networks: RwSignal<Vec<usize>>,
}

impl Filling {
    pub(super) fn new(
        purpose: Purpose,
        form: &TokenForm,
        preview: TokenPreview,
        problems: Vec<Problem>,
        failure: Option<String>,
    ) -> Self {
        let numbers = |rows: &[String]| RwSignal::new((1..=rows.len().max(1)).collect());
        Self {
            form: NodeRef::new(),
            purpose,
            seen: StoredValue::new(without_words(form.clone())),
            waiting: StoredValue::new(None),
            confirmation: StoredValue::new(Confirmation::get()),
            preview: RwSignal::new(preview),
            problems: RwSignal::new(problems),
            failure: RwSignal::new(failure),
            is_busy: RwSignal::new(false),
            chosen: RwSignal::new(Chosen::of(form)),
            patterns: numbers(&form.pattern),
            networks: numbers(&form.network),
        }
    }

    /// What is wrong with a field as a whole, if anything. A row that is wrong says so itself.
    pub(super) fn problem(self, field: Field) -> Option<String> {
        self.problems.with(|problems| {
            let found =
                problems.iter().find(|problem| problem.field == field && problem.row.is_none());
            found.map(|problem| problem.message.clone())
        })
    }

    /// Asks for a preview once typing rests.
    pub(super) fn changed(self) {
        if let Some(form) = self.read() {
            self.chosen.try_set(Chosen::of(&form));
        }
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        if let Some(waiting) = waiting {
            waiting.clear();
        }
        let waiting = set_timeout_with_handle(move || self.look(), REST);
        self.waiting.set_value(waiting.ok());
    }

    fn look(self) {
        let Some(form) = self.read().map(without_words) else { return };
        if self.seen.try_with_value(|seen| *seen == form) != Some(false) {
            return;
        }
        self.seen.set_value(form.clone());
        let token = self.purpose.token();
        spawn_local(async move {
            // Whatever stands in the way of a preview is said when the form is sent.
            if let Ok(preview) = preview_token(token, form.clone()).await
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

    pub(super) fn send(self, password: Option<String>) {
        let Some(form) = self.read() else { return };
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        let (confirmation, purpose) = (self.confirmation.get_value(), self.purpose);
        spawn_local(async move {
            let result = match (confirmation.confirm(password).await, purpose) {
                (Err(failure), _) => Err(failure),
                (Ok(()), Purpose::Create(_)) => create_token(form).await.map(Sent::Created),
                (Ok(()), Purpose::Edit(editing)) => {
                    edit_token(editing.id, form).await.map(|edited| Sent::Edited(editing, edited))
                }
            };
            self.is_busy.set(false);
            match confirmation.settle(result, move |password| self.send(Some(password))) {
                Some(Ok(Sent::Created(created))) => self.created(created),
                Some(Ok(Sent::Edited(editing, edited))) => self.edited(editing, edited),
                Some(Err(failure)) => self.refused(failure),
                None => {}
            }
        });
    }

    /// From here on the address is the token's own: a reload leads to it, not to an empty form.
    fn created(self, created: Created) {
        if let Ok(history) = window().history() {
            let address = links::token(created.id);
            // Only the address of another site is refused.
            let _ =
                history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&address));
        }
        if let Purpose::Create(shown) = self.purpose {
            shown.set(Some(created));
        }
    }

    fn edited(self, editing: Editing, edited: Edited) {
        self.problems.set(Vec::new());
        self.failure.set(None);
        match edited {
            Edited::Saved => {
                announce("The token is saved.".to_owned());
                let address = format!("{}?saved=yes", links::token(editing.id));
                editing.navigate.run((address, NavigateOptions::default()));
            }
            Edited::Widens(lines) => {
                editing.asked.set(lines);
                focus_on("#wider");
            }
            Edited::Changed(changed) => {
                editing.asked.set(Vec::new());
                editing.revision.set(changed.revision.clone());
                editing.changed.set(Some(changed));
                focus_on("#changed");
            }
        }
    }

    fn refused(self, failure: Failure) {
        if let Purpose::Edit(editing) = self.purpose {
            editing.asked.set(Vec::new());
        }
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
        focus_on(".error-summary");
    }

    /// The id of the element that mends a problem.
    fn target(self, problem: &Problem) -> String {
        let row = |name: &str, rows: RwSignal<Vec<usize>>| {
            let number = rows.with_untracked(|rows| {
                problem.row.and_then(|row| rows.get(row)).or(rows.first()).copied()
            });
            format!("{name}-{}", number.unwrap_or(1))
        };
        match problem.field {
            Field::Description => "description".to_owned(),
            Field::Access => "access".to_owned(),
            Field::Feeds => "feeds".to_owned(),
            Field::ReadFeeds => "read-feeds".to_owned(),
            Field::WriteFeeds => "write-feeds".to_owned(),
            Field::Packages => row("pattern", self.patterns),
            Field::Expires => "expires-on".to_owned(),
            Field::Networks => row("network", self.networks),
            Field::PreAuthenticated => "pre-authenticated".to_owned(),
        }
    }
}

/// What is no part of what the token may do.
fn without_words(form: TokenForm) -> TokenForm {
    let none = String::new;
    TokenForm { form: none(), revision: none(), agreed: none(), description: none(), ..form }
}

/// Moves the focus to what a selector finds, once it is there.
pub(super) fn focus_on(selector: impl Into<String>) {
    let selector = selector.into();
    request_animation_frame(move || {
        if let Ok(Some(found)) = document().query_selector(&selector) {
            // Fields and buttons take focus, and so do notices with a tabindex.
            let _ = found.unchecked_into::<HtmlElement>().focus();
        }
    });
}

/// What is wrong, on top, with links to the fields.
#[component]
pub(super) fn Problems(filling: Filling) -> impl IntoView {
    move || {
        let failure = filling.failure.get().map(|failure| (None, failure));
        let problems = filling.problems.get();
        let problems =
            problems.into_iter().map(|problem| (Some(filling.target(&problem)), problem.message));
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
