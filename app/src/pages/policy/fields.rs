//! The settings of the policy, each as a field, or as a fact where the configuration fixes it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    policy::{FeedCreation, Reveal, Setting, SignUp},
    views::{KeptCopies, PolicyPage, SettingOrigin, SettingView},
};

use crate::components::{
    form_answer::FormAnswer,
    text_field::{TextField, field_error},
};

/// All of them, in their order.
pub(super) fn fields(page: &PolicyPage, answer: &FormAnswer) -> Vec<AnyView> {
    page.settings.iter().map(|view| field(view, page.copies, answer)).collect()
}

fn field(view: &SettingView, copies: KeptCopies, answer: &FormAnswer) -> AnyView {
    if let SettingOrigin::Fixed(place) = &view.origin {
        return fixed(view, place);
    }
    let setting = view.setting;
    // What was typed before the password was asked for.
    let before = use_query_map().with_untracked(|query| query.get(setting.key()));
    let text = answer.typed(setting.key()).or(before).unwrap_or_else(|| view.text.clone());
    // Whoever else changed something meanwhile is not undone by what was left alone here.
    let was = view! { <input type="hidden" name=was(setting) value=view.text.clone()/> };
    let input = match setting {
        Setting::SignUp => choices(setting, &text, sign_up(), answer),
        Setting::FeedCreation => choices(setting, &text, feed_creation(), answer),
        Setting::Reveal => choices(setting, &text, reveal(copies), answer),
        _ => line(setting, text, answer),
    };
    view! { {was}{input} }.into_any()
}

/// The name of the field with the value that a form was opened with.
const fn was(setting: Setting) -> &'static str {
    match setting {
        Setting::SignUp => "was_sign_up",
        Setting::AllowedDomains => "was_allowed_domains",
        Setting::FeedCreation => "was_feed_creation",
        Setting::Reveal => "was_reveal",
        Setting::LongestTokenLife => "was_longest_token_life",
        Setting::ConfirmationWindow => "was_confirmation_window",
        Setting::ShortestPassword => "was_shortest_password",
    }
}

const fn label(setting: Setting) -> &'static str {
    match setting {
        Setting::SignUp => "Who may create an account",
        Setting::AllowedDomains => "Allowed domains",
        Setting::FeedCreation => "Who may create feeds",
        Setting::Reveal => "Which tokens can be shown again",
        Setting::LongestTokenLife => "Longest life of a token",
        Setting::ConfirmationWindow => "How long a confirmed identity lasts",
        Setting::ShortestPassword => "Shortest password",
    }
}

const fn hint(setting: Setting) -> &'static str {
    match setting {
        Setting::AllowedDomains => {
            "Whose verified addresses may have an account, if domains decide: example.com, example.org. Domains below them do not count."
        }
        Setting::LongestTokenLife => {
            "Such as 365d, or unlimited. Tokens that exist keep their expiry."
        }
        Setting::ConfirmationWindow => {
            "How long after signing in nobody is asked for the password again: 0 to 12h, such as 2h or 90m."
        }
        Setting::ShortestPassword => "In characters, 8 to 64. Passwords that exist stay.",
        Setting::SignUp | Setting::FeedCreation | Setting::Reveal => "",
    }
}

fn fixed(view: &SettingView, place: &str) -> AnyView {
    let text = if view.text.is_empty() { "None".to_owned() } else { view.text.clone() };
    let set_by = format!("Set by {place}, and changed only there.");
    view! {
        <div class="field">
            <p><strong>{label(view.setting)}</strong></p>
            <p><code>{text}</code></p>
            <p class="hint">{set_by}</p>
        </div>
    }
    .into_any()
}

fn line(setting: Setting, text: String, answer: &FormAnswer) -> AnyView {
    let is_optional = setting == Setting::AllowedDomains;
    view! {
        <TextField name=setting.key() label=label(setting) hint=hint(setting) autocomplete="off" longest=4000 value=text is_code=true is_optional answer/>
    }
    .into_any()
}

/// A value with its name and what it means.
type Choice = (&'static str, &'static str, String);

fn choices(setting: Setting, chosen: &str, all: Vec<Choice>, answer: &FormAnswer) -> AnyView {
    let name = setting.key();
    let cards: Vec<_> = all
        .into_iter()
        .map(|(word, title, meaning)| {
            view! {
                <div class="radio-card">
                    <label>
                        <input type="radio" name=name value=word checked=word == chosen/>
                        <strong>{title}</strong>
                        <span class="hint">{meaning}</span>
                    </label>
                </div>
            }
        })
        .collect();
    view! {
        <fieldset class="choices" id=name>
            <legend>{label(setting)}</legend>
            {field_error(name, answer.wrong(name))}
            <div class="radio-cards one">{cards}</div>
        </fieldset>
    }
    .into_any()
}

fn sign_up() -> Vec<Choice> {
    let meaning = |value| match value {
        SignUp::Open => ("Anybody", "Whoever reaches this server, with a password of their own."),
        SignUp::Domains => (
            "People of allowed domains",
            "Whoever an identity provider vouches for, with a verified address in one of the domains below. Nobody signs up with a password.",
        ),
        SignUp::Closed => ("Nobody", "Administrators invite people."),
    };
    named(SignUp::ALL.iter().map(|value| (value.word(), meaning(*value))))
}

fn feed_creation() -> Vec<Choice> {
    let meaning = |value| match value {
        FeedCreation::Everyone => ("Everybody", "Whoever is signed in."),
        FeedCreation::Admins => ("Administrators", "Everybody else asks one of them."),
    };
    named(FeedCreation::ALL.iter().map(|value| (value.word(), meaning(*value))))
}

fn named(
    values: impl Iterator<Item = (&'static str, (&'static str, &'static str))>,
) -> Vec<Choice> {
    values.map(|(word, (title, meaning))| (word, title, meaning.to_owned())).collect()
}

fn reveal(copies: KeptCopies) -> Vec<Choice> {
    let KeptCopies { primary, others } = copies;
    let kept =
        |count| format!("{count} {} kept now", if count == 1 { "copy is" } else { "copies are" });
    let meaning = |value| match value {
        Reveal::All => {
            ("All", format!("Owners see and copy values at any time; {}.", kept(primary + others)))
        }
        Reveal::Primary => (
            "Primary tokens alone",
            format!(
                "Of all others a value is seen once. {}, and would be destroyed.",
                kept(others)
            ),
        ),
        Reveal::Never => (
            "None",
            format!("A value is seen once. {}, and would be destroyed.", kept(primary + others)),
        ),
    };
    let choice = |value: &Reveal| {
        let (title, meaning) = meaning(*value);
        (value.word(), title, meaning)
    };
    Reveal::ALL.iter().map(choice).collect()
}
