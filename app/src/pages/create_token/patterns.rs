//! The packages a token is for: any, or names that match.

use leptos::prelude::*;
use model::{
    pattern::Pattern,
    token_form::{Field, TokenForm},
    views::PatternPreview,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{fields::FieldError, form::Filling};
use crate::components::token_words::packages;

/// Without script there is room for so many patterns, and for one more than are typed.
const ROOM: usize = 3;

#[derive(Clone, Copy)]
struct Rows {
    filling: Filling,
    /// The rows by number; what they hold is in the document.
    numbers: RwSignal<Vec<usize>>,
    /// The patterns that the page began with.
    first: StoredValue<Vec<String>>,
}

impl Rows {
    fn add(self) {
        let number = self.numbers.with_untracked(|numbers| {
            numbers.iter().max().map_or(1, |highest| highest + 1).max(self.reserved() + 1)
        });
        self.numbers.update(|numbers| numbers.push(number));
        focus(format!("pattern-{number}"));
    }

    /// The last row stays, empty.
    fn remove(self, number: usize) {
        if self.numbers.with_untracked(Vec::len) > 1 {
            self.numbers.update(|numbers| numbers.retain(|other| *other != number));
            focus("add-pattern".to_owned());
        } else if let Some(input) = document().get_element_by_id(&format!("pattern-{number}")) {
            input.unchecked_into::<web_sys::HtmlInputElement>().set_value("");
            focus(format!("pattern-{number}"));
        }
        self.filling.changed();
    }

    /// Numbers up to this one belong to the rows the page began with, the plain ones included.
    fn reserved(self) -> usize {
        self.first.with_value(Vec::len).max(1) + plain_rows(self.first.with_value(Vec::len))
    }

    /// What the preview says about a row.
    fn preview(self, number: usize) -> Option<PatternPreview> {
        let place =
            self.numbers.with(|numbers| numbers.iter().position(|other| *other == number))?;
        self.filling.preview.with(|preview| preview.patterns.get(place).cloned())
    }
}

fn plain_rows(typed: usize) -> usize {
    ROOM.saturating_sub(typed.max(1)).max(1)
}

/// Moves the focus once the element is there.
fn focus(id: String) {
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id) {
            // Fields and buttons take focus.
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    });
}

#[component]
pub(super) fn PackagesField(filling: Filling, form: TokenForm) -> impl IntoView {
    let (is_any, is_named) = (form.packages == "any", form.packages == "named");
    let typed = form.pattern;
    let count = typed.len().max(1);
    let plain: Vec<_> = (count + 1..=count + plain_rows(typed.len()))
        .map(|number| view! { <div class="field only-plain">{label(number)}{input(number, String::new())}</div> })
        .collect();
    let rows = Rows {
        filling,
        numbers: RwSignal::new((1..=count).collect()),
        first: StoredValue::new(typed),
    };
    // A pattern that is wrong says so itself.
    let no_patterns = move || {
        let all_good = filling.preview.with(|preview| preview.patterns.iter().all(|row| row.good));
        all_good.then(|| {
            view! { <FieldError filling field=Field::Packages id="packages-error"/> }.into_any()
        })
    };
    view! {
        <fieldset class="choices">
            <legend>"Packages"</legend>
            <div class="choice">
                <label>
                    <input type="radio" name="packages" value="any" checked=is_any/>
                    <span>"Any package"</span>
                </label>
            </div>
            <div class="choice">
                <label>
                    <input type="radio" name="packages" value="named" checked=is_named/>
                    <span>"Only names that match"</span>
                </label>
                <div class="more">
                    <p class="hint">"A star stands for any characters: @acme/* or acme-*. Put npm| in front to mean npm packages only."</p>
                    {move || no_patterns()}
                    <div class="patterns">
                        <For each=move || rows.numbers.get() key=|number| *number let:number>
                            <Row rows number/>
                        </For>
                        {plain}
                    </div>
                    <div class="actions needs-script">
                        <button type="button" class="button" id="add-pattern" on:click=move |_| rows.add()>"Add pattern"</button>
                    </div>
                    <div class="choice when-both">
                        <label>
                            <input type="checkbox" name="read_any_package" value="true" checked=form.read_any_package == "true"/>
                            <span>"Limit only publishing; any package may be read"</span>
                        </label>
                    </div>
                </div>
            </div>
        </fieldset>
    }
    .into_any()
}

fn label(number: usize) -> impl IntoView {
    view! {
        <label class="visually-hidden" for=format!("pattern-{number}")>{format!("Name or pattern {number}")}</label>
    }
}

fn input(number: usize, value: String) -> impl IntoView {
    view! {
        <div class="joined">
            <input class="input code" id=format!("pattern-{number}") name="pattern" value=value autocomplete="off" autocapitalize="none" spellcheck="false" maxlength=Pattern::LONGEST/>
        </div>
    }
}

#[component]
fn Row(rows: Rows, number: usize) -> impl IntoView {
    let value = rows.first.with_value(|first| first.get(number - 1).cloned().unwrap_or_default());
    let says = format!("pattern-{number}-says");
    let is_bad = move || rows.preview(number).is_some_and(|preview| !preview.good);
    let note = {
        let says = says.clone();
        move || {
            let preview = rows.preview(number).filter(|preview| !preview.words.is_empty())?;
            let class = if preview.good { "hint" } else { "field-error" };
            Some(view! { <p class=class id=says.clone()>{words(preview)}</p> }.into_any())
        }
    };
    view! {
        <div class="field">
            {label(number)}
            <div class="joined">
                <input
                    class="input code"
                    id=format!("pattern-{number}")
                    name="pattern"
                    value=value
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=Pattern::LONGEST
                    aria-describedby=says
                    aria-invalid=move || is_bad().then_some("true")
                />
                <button type="button" class="button quiet needs-script" on:click=move |_| rows.remove(number)>
                    "Remove"<span class="visually-hidden">{format!(" pattern {number}")}</span>
                </button>
            </div>
            {move || note()}
        </div>
    }
}

/// `Names that start with “@acme/”. Matches 4 packages today: @acme/core, @acme/http and 2 more.`
fn words(preview: PatternPreview) -> String {
    let PatternPreview { words, good, matches, examples, .. } = preview;
    if !good {
        return words;
    }
    let mut letters = words.chars();
    let first: String =
        letters.next().map(|letter| letter.to_ascii_uppercase()).into_iter().collect();
    let (start, count) = (format!("{first}{}", letters.as_str()), packages(matches));
    let more = match matches.saturating_sub(examples.len() as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = examples.join(", ");
    let colon = if examples.is_empty() { "" } else { ": " };
    format!("{start}. Matches {count} today{colon}{named}{more}.")
}
