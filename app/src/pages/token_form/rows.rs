//! Rows of text of which there can be any number: patterns, networks. Each says what it means.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::filling::{Filling, focus_on};

/// Without script there is room for so many rows, and for one more than are typed.
const ROOM: usize = 3;

/// What the rows hold.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// The name of the field, and the beginning of the rows' ids.
    pub(super) name: &'static str,
    /// What a row is called, before its number.
    pub(super) label: &'static str,
    /// What the buttons call it.
    pub(super) noun: &'static str,
    /// The most characters of a row.
    pub(super) longest: usize,
    /// What the preview says of the row at this place, and whether it is right.
    pub(super) says: fn(Filling, usize) -> Option<(String, bool)>,
}

#[derive(Clone, Copy)]
struct Rows {
    filling: Filling,
    kind: Kind,
    /// The rows by number; what they hold is in the document.
    numbers: RwSignal<Vec<usize>>,
    /// The texts that the page began with.
    first: StoredValue<Vec<String>>,
}

impl Rows {
    fn add(self) {
        let number = self.numbers.with_untracked(|numbers| {
            numbers.iter().max().map_or(1, |highest| highest + 1).max(self.reserved() + 1)
        });
        self.numbers.update(|numbers| numbers.push(number));
        focus_on(format!("#{}", self.id(number)));
    }

    /// The last row stays, empty.
    fn remove(self, number: usize) {
        let id = self.id(number);
        if self.numbers.with_untracked(Vec::len) > 1 {
            self.numbers.update(|numbers| numbers.retain(|other| *other != number));
            focus_on(format!("#add-{}", self.kind.name));
        } else if let Some(input) = document().get_element_by_id(&id) {
            input.unchecked_into::<HtmlInputElement>().set_value("");
            focus_on(format!("#{id}"));
        }
        self.filling.changed();
    }

    fn id(self, number: usize) -> String {
        format!("{}-{number}", self.kind.name)
    }

    /// Numbers up to this one belong to the rows the page began with, the plain ones included.
    fn reserved(self) -> usize {
        let typed = self.first.with_value(Vec::len);
        typed.max(1) + plain_rows(typed)
    }

    /// What is said of a row.
    fn says(self, number: usize) -> Option<(String, bool)> {
        let place =
            self.numbers.with(|numbers| numbers.iter().position(|other| *other == number))?;
        (self.kind.says)(self.filling, place)
    }
}

fn plain_rows(typed: usize) -> usize {
    ROOM.saturating_sub(typed.max(1)).max(1)
}

/// The rows, with a button that adds one.
#[component]
pub(super) fn RowsField(
    filling: Filling,
    kind: Kind,
    numbers: RwSignal<Vec<usize>>,
    typed: Vec<String>,
) -> impl IntoView {
    let count = typed.len().max(1);
    let plain: Vec<_> = (count + 1..=count + plain_rows(typed.len()))
        .map(|number| {
            let id = format!("{}-{number}", kind.name);
            view! {
                <div class="field only-plain">
                    {label(kind, number)}
                    <div class="joined">
                        <input class="input code" id=id name=kind.name autocomplete="off" autocapitalize="none" spellcheck="false" maxlength=kind.longest/>
                    </div>
                </div>
            }
        })
        .collect();
    let rows = Rows { filling, kind, numbers, first: StoredValue::new(typed) };
    view! {
        <div class="patterns">
            <For each=move || rows.numbers.get() key=|number| *number let:number>
                <Row rows number/>
            </For>
            {plain}
        </div>
        <div class="actions needs-script">
            <button type="button" class="button" id=format!("add-{}", kind.name) on:click=move |_| rows.add()>
                {format!("Add {}", kind.noun)}
            </button>
        </div>
    }
    .into_any()
}

fn label(kind: Kind, number: usize) -> impl IntoView {
    view! {
        <label class="visually-hidden" for=format!("{}-{number}", kind.name)>{format!("{} {number}", kind.label)}</label>
    }
}

#[component]
fn Row(rows: Rows, number: usize) -> impl IntoView {
    let kind = rows.kind;
    let value = rows.first.with_value(|first| first.get(number - 1).cloned().unwrap_or_default());
    let says = format!("{}-says", rows.id(number));
    let is_bad = move || rows.says(number).is_some_and(|(_, good)| !good);
    let note = {
        let says = says.clone();
        move || {
            let (words, good) = rows.says(number).filter(|(words, _)| !words.is_empty())?;
            let class = if good { "hint" } else { "field-error" };
            Some(view! { <p class=class id=says.clone()>{words}</p> }.into_any())
        }
    };
    view! {
        <div class="field">
            {label(kind, number)}
            <div class="joined">
                <input
                    class="input code"
                    id=rows.id(number)
                    name=kind.name
                    value=value
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=kind.longest
                    aria-describedby=says
                    aria-invalid=move || is_bad().then_some("true")
                />
                <button type="button" class="button quiet needs-script" on:click=move |_| rows.remove(number)>
                    "Remove"<span class="visually-hidden">{format!(" {} {number}", kind.noun)}</span>
                </button>
            </div>
            {move || note()}
        </div>
    }
}
