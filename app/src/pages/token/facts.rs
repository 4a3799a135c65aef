//! What is known about a token, as names and values.

use leptos::prelude::*;
use model::{
    token::TokenKind,
    views::{RuleView, TokenPage, TokenStatus},
};

use crate::{
    components::{
        time::Moment,
        token_words::{by_and_from, packages_match},
    },
    site::Site,
};

/// The list.
#[component]
pub(super) fn Facts(page: TokenPage) -> impl IntoView {
    let TokenPage { token, rules, networks, matches, now, .. } = page;
    let owner = Site::get().viewer.map(|viewer| viewer.username).unwrap_or_default();
    let mut facts = Vec::new();
    if token.kind == TokenKind::Primary {
        let words = "Primary. Every account has one; it cannot be revoked.";
        facts.push(fact("Kind", words.into_any()));
    }
    facts.extend(rule_facts(&rules, &owner, token.status.works().then_some(matches)));
    if !networks.is_empty() {
        facts.push(fact("Networks", networks.join(", ").into_any()));
    }
    if !token.url_feeds.is_empty() {
        let words = "May stand in a URL. Show the value to see them.";
        facts.push(fact("URLs", words.into_any()));
    }
    if let Some(at) = token.not_before {
        facts.push(fact("Valid from", view! { <Moment at words=at.date_and_time()/> }.into_any()));
    }
    if token.status != TokenStatus::Revoked {
        let expires = match token.expires_at {
            Some(at) => {
                let when = if at > now { at.ahead(now) } else { at.ago(now) };
                view! { <Moment at words=at.long_date()/>{format!(", at the end of the day UTC ({when})")} }
                    .into_any()
            }
            None => "Never".into_any(),
        };
        facts.push(fact("Expires", expires));
    }
    let used = match token.last_used {
        Some(last) => {
            let on = last.feed.map(|feed| format!(" on {feed},")).unwrap_or_default();
            let rest = format!("{on}{}", by_and_from(&last.client, &last.address));
            view! { <Moment at=last.at words=last.at.ago(now)/>{rest} }.into_any()
        }
        None => "Never".into_any(),
    };
    facts.push(fact("Last used", used));
    let made = match token.created_from.as_str() {
        "" => format!(" by {}", token.created_by),
        address => format!(" by {}, from {address}", token.created_by),
    };
    let at = token.created_at;
    let created = view! { <Moment at words=at.date_and_time()/>{made} };
    facts.push(fact("Created", created.into_any()));
    facts.push(fact("Token id", view! { <code>{token.id.to_string()}</code> }.into_any()));
    view! { <dl class="facts">{facts}</dl> }
}

fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }.into_any()
}

/// The rules as the form would have it: access, feeds, packages; one by one where they say more
/// than the form can.
fn rule_facts(rules: &[RuleView], owner: &str, matches: Option<u64>) -> Vec<AnyView> {
    let today = matches.map(|count| format!("{} today.", packages_match(count)));
    let with_count = |words: String| match &today {
        Some(today) => format!("{words} {today}"),
        None => words,
    };
    match rules {
        [rule] if !rule.denies => vec![
            fact("Access", access(rule).into_any()),
            fact("Feeds", feeds(rule, owner)),
            fact("Packages", with_count(format!("{}.", packages(rule))).into_any()),
        ],
        [read, write] if access(read) == "Read" && access(write) == "Write" => {
            let packages = if read.patterns == write.patterns {
                format!("{}.", packages(read))
            } else {
                format!("{} to read; {} to publish.", packages(read), packages(write))
            };
            vec![
                fact("Access", "Read and write".into_any()),
                fact("Read from", feeds(read, owner)),
                fact("Write to", feeds(write, owner)),
                fact("Packages", with_count(packages).into_any()),
            ]
        }
        rules => {
            let lines: Vec<_> = rules
                .iter()
                .map(|rule| {
                    let verb = if rule.denies { "Never: " } else { "" };
                    view! {
                        <li>{format!("{verb}{} in ", access(rule))}{feeds(rule, owner)}{format!("; packages: {}", packages(rule))}</li>
                    }
                })
                .collect();
            let mut facts = vec![fact("Rules", view! { <ul>{lines}</ul> }.into_any())];
            facts.extend(today.map(|today| fact("Packages", today.into_any())));
            facts
        }
    }
}

/// The actions of a rule by the name of their card, or one by one. A rule that denies goes by its
/// actions alone.
fn access(rule: &RuleView) -> String {
    let actions: Vec<&str> = rule.actions.iter().map(String::as_str).collect();
    match actions.as_slice() {
        _ if rule.denies => actions.join(", "),
        ["read"] => "Read".to_owned(),
        ["push-new", "push-version"] => "Write".to_owned(),
        ["read", "push-new", "push-version"] => "Read and write".to_owned(),
        ["read", "push-new", "push-version", "unlist", "delete"] => {
            "Everything you may do".to_owned()
        }
        actions => actions.join(", "),
    }
}

fn feeds(rule: &RuleView, owner: &str) -> AnyView {
    match &rule.feeds {
        None => format!("All feeds {owner} can reach, also future ones").into_any(),
        Some(names) if names.is_empty() => "No feed that exists".into_any(),
        Some(names) => names
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let comma = if index == 0 { "" } else { ", " };
                view! { {comma}<a href=format!("/feeds/{name}")>{name.clone()}</a> }
            })
            .collect_view()
            .into_any(),
    }
}

fn packages(rule: &RuleView) -> String {
    if rule.patterns.is_empty() {
        return "Any".to_owned();
    }
    let patterns: Vec<String> =
        rule.patterns.iter().map(|(text, words)| format!("{text} ({words})")).collect();
    patterns.join(", ")
}
