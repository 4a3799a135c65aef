//! The packages a token is for: any, or names that match.

use leptos::prelude::*;
use model::{
    pattern::Pattern,
    token_form::{Field, TokenForm},
    views::PatternPreview,
};

use super::{
    fields::FieldError,
    filling::Filling,
    rows::{Kind, RowsField},
};
use crate::components::token_words::{packages, sentence_case};

const PATTERNS: Kind = Kind {
    name: "pattern",
    label: "Name or pattern",
    noun: "pattern",
    longest: Pattern::LONGEST,
    says: |filling, place| {
        filling.preview.with(|preview| {
            let row = preview.patterns.get(place)?;
            Some((words(row, preview.is_partial), row.good))
        })
    },
};

#[component]
pub(super) fn PackagesField(filling: Filling, form: TokenForm) -> impl IntoView {
    let (is_any, is_named) = (form.packages == "any", form.packages == "named");
    view! {
        <fieldset class="choices scope-part">
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
                    <FieldError filling field=Field::Packages id="packages-error"/>
                    <RowsField filling kind=PATTERNS numbers=filling.patterns typed=form.pattern/>
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

/// `Names that start with “@acme/”. Matches 4 packages today: @acme/core, @acme/http and 2 more.`
fn words(preview: &PatternPreview, is_partial: bool) -> String {
    let PatternPreview { words, good, matches, examples, .. } = preview;
    if !good || words.is_empty() {
        return words.clone();
    }
    let least = if is_partial { "at least " } else { "" };
    let (start, count) = (sentence_case(words), packages(*matches));
    let more = match matches.saturating_sub(examples.len() as u64) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named = examples.join(", ");
    let colon = if examples.is_empty() { "" } else { ": " };
    format!("{start}. Matches {least}{count} today{colon}{named}{more}.")
}
