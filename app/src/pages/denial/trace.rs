//! How a request was judged, step by step.

use leptos::prelude::*;
use model::{
    action::Action,
    decide::Step,
    denial::Code,
    views::{DenialPage, EvaluatedRule},
};

use crate::site::Site;

/// Where a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// This is the step that failed.
    Failed,
    Skipped,
}

/// The steps in the order in which they were taken.
pub(super) fn trace(page: &DenialPage) -> impl IntoView + use<> {
    let by_token = page.token.is_some() || !page.rules.is_empty();
    let steps: Vec<_> = [
        Step::Credential,
        Step::Account,
        Step::Network,
        Step::Feed,
        Step::Deny,
        Step::Allow,
        Step::Role,
    ]
    .into_iter()
    // What only tokens have is no step for a password.
    .filter(|step| by_token || !matches!(step, Step::Network | Step::Deny))
    .map(|step| step_view(step, by_token, page))
    .collect();
    view! { <ol class="trace">{steps}</ol> }
}

fn step_view(step: Step, by_token: bool, page: &DenialPage) -> impl IntoView + use<> {
    let outcome = match step.cmp(&page.step) {
        std::cmp::Ordering::Less => Outcome::Passed,
        std::cmp::Ordering::Equal => Outcome::Failed,
        std::cmp::Ordering::Greater => Outcome::Skipped,
    };
    let (class, word) = match (outcome, step) {
        (Outcome::Passed, _) => ("trace-step ok", "Passed"),
        (Outcome::Skipped, _) => ("trace-step", "Skipped"),
        (Outcome::Failed, Step::Allow) if by_token => ("trace-step danger", "Missing"),
        (Outcome::Failed, _) => ("trace-step danger", "Refused"),
    };
    let rules = (outcome == Outcome::Failed && matches!(step, Step::Deny | Step::Allow))
        .then(|| rules_view(page));
    view! {
        <li>
            <div class=class><strong>{word}</strong>" "<span>{words(step, outcome, by_token, page)}</span></div>
            {rules}
        </li>
    }
}

fn words(step: Step, outcome: Outcome, by_token: bool, page: &DenialPage) -> String {
    let DenialPage { feed, address, rules, .. } = page;
    let failed = outcome == Outcome::Failed;
    match step {
        Step::Credential if by_token => "The token is known and active".to_owned(),
        Step::Credential => "The password is right".to_owned(),
        Step::Account => {
            let name = Site::get().viewer.map(|viewer| viewer.username).unwrap_or_default();
            format!("The account {name} is active")
        }
        Step::Network if failed => {
            format!("The token may not be used from {address}")
        }
        Step::Network => format!("The token may be used from {address}"),
        Step::Rate => "The rate of tries".to_owned(),
        Step::Feed if failed => format!("There is no feed {feed}, or you are no member of it"),
        Step::Feed => format!("The feed {feed} is within reach"),
        Step::Deny if failed => "A rule denies it:".to_owned(),
        Step::Deny => "No rule denies it".to_owned(),
        Step::Allow if failed && by_token => match rules.len() {
            0 => "A rule that allows it. The token has none.".to_owned(),
            1 => "A rule that allows it. The only rule does not:".to_owned(),
            count => format!("A rule that allows it. None of the {count} rules does:"),
        },
        Step::Allow if failed => "A password reads, and never publishes".to_owned(),
        Step::Allow if by_token => "A rule allows it".to_owned(),
        Step::Allow => "A password may do this".to_owned(),
        Step::Role if failed => format!("Your role in {feed} does not allow it"),
        Step::Role => format!("Your role in {feed}"),
    }
}

fn rules_view(page: &DenialPage) -> Option<impl IntoView + use<>> {
    let rules: Vec<_> = page
        .rules
        .iter()
        .enumerate()
        .map(|(index, rule)| {
            let parts: Vec<_> = parts(rule, page)
                .into_iter()
                .map(|(name, fits, words)| {
                    // Where no rule has the action, that is what each of them lacks.
                    let is_missing =
                        rule.decisive || (page.code == Code::Scope && name == "Action");
                    part_view(rule.verdict.denies, is_missing, name, fits, words)
                })
                .collect();
            view! {
                <li>
                    <h3>{format!("Rule {}: {}", index + 1, rule.words)}</h3>
                    {parts}
                </li>
            }
        })
        .collect();
    (!rules.is_empty()).then(|| view! { <ol class="trace">{rules}</ol> })
}

/// The parts of a rule, whether each is about the request, and why.
fn parts(rule: &EvaluatedRule, page: &DenialPage) -> [(&'static str, bool, String); 3] {
    let verdict = rule.verdict;
    let act = match page.action {
        Some(Action::Read) => "read",
        Some(Action::PushNew) => "publish new packages",
        Some(Action::PushVersion) => "publish new versions",
        Some(Action::Unlist) => "unlist",
        Some(Action::Delete) => "delete",
        None => "reach the feed",
    };
    let action = if verdict.action { act.to_owned() } else { format!("it does not say {act}") };
    let feed = match (&rule.feeds, verdict.feed) {
        (None, _) => format!("{} is one of every feed", page.feed),
        (Some(_), true) => page.feed.clone(),
        (Some(feeds), false) if feeds.is_empty() => format!("{} is not in it", page.feed),
        (Some(feeds), false) => format!("{} is not {}", page.feed, feeds.join(" or ")),
    };
    let patterns = rule.patterns.join(" or ");
    let package = match (&page.package, verdict.package) {
        _ if rule.patterns.is_empty() => "any".to_owned(),
        (Some(package), true) => format!("{package} matches {patterns}"),
        (Some(package), false) => format!("{package} does not match {patterns}"),
        (None, true) => "the feed as a whole".to_owned(),
        (None, false) => format!("it is only about {patterns}"),
    };
    [
        ("Action", verdict.action, action),
        ("Feed", verdict.feed, feed),
        ("Package", verdict.package, package),
    ]
}

fn part_view(
    denies: bool,
    is_missing: bool,
    name: &'static str,
    fits: bool,
    words: String,
) -> impl IntoView + use<> {
    // A rule that denies is in the way where it fits, one that allows where it does not.
    let (class, word) = match (fits, denies) {
        (true, false) => ("trace-step ok", "Yes"),
        (true, true) => ("trace-step danger", "Yes"),
        (false, false) => ("trace-step danger", "No"),
        (false, true) => ("trace-step", "No"),
    };
    let words = if is_missing && fits == denies {
        view! { <mark class="missing">{words}</mark> }.into_any()
    } else {
        words.into_any()
    };
    view! { <div class=class><strong>{word}</strong>" "<span>{name}": "{words}</span></div> }
}
