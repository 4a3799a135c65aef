//! What a token was used for: thirty days in bars, the last addresses, the last requests.

use leptos::prelude::*;
use model::{
    timestamp::Timestamp,
    views::{DayOfUse, RecentUse, TokenUse},
};

use crate::components::{figures::counted, old_value::used_by_line, time::Moment};

/// The height of the picture, in its own units; a day is ten wide.
const HEIGHT: u64 = 60;

/// The section.
#[component]
pub(super) fn Used(
    /// What it was used for.
    used: TokenUse,
    /// The server's present moment.
    now: Timestamp,
) -> impl IntoView {
    let TokenUse { days, sources, recent } = used;
    let sources = (!sources.is_empty()).then(|| {
        let lines = sources.iter().map(|source| used_by_line(source, now)).collect_view();
        view! {
            <section class="section" aria-labelledby="sources">
                <h2 id="sources">"Last addresses and clients"</h2>
                <ul class="used-by">{lines}</ul>
            </section>
        }
        .into_any()
    });
    let recent = (!recent.is_empty()).then(|| activity(&recent, now));
    view! {
        <section class="section" aria-labelledby="use">
            <h2 id="use">"Use, last 30 days"</h2>
            {thirty_days(&days)}
        </section>
        {sources}
        {recent}
    }
    .into_any()
}

fn thirty_days(days: &[DayOfUse]) -> AnyView {
    let accepted: u64 = days.iter().map(|day| day.accepted).sum();
    let refused: u64 = days.iter().map(|day| day.refused).sum();
    if accepted + refused == 0 {
        return view! { <p class="muted">"Not used in the last 30 days."</p> }.into_any();
    }
    let words = format!("{} accepted, {} refused.", counted(accepted, "request"), refused);
    let most = days.iter().map(|day| day.accepted + day.refused).max().unwrap_or(1).max(1);
    let bars: Vec<_> =
        (0_u64..).zip(days).map(|(place, day)| bar(place * 10, *day, most)).collect();
    let rows = days.iter().rev().filter(|day| day.accepted + day.refused > 0).map(|day| {
        view! {
            <tr>
                <th scope="row"><Moment at=day.day words=day.day.short_date()/></th>
                <td>{day.accepted}</td>
                <td>{day.refused}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let ends = [days.first(), days.last()]
        .map(|day| day.map(|day| view! { <Moment at=day.day words=day.day.short_date()/> }));
    let width = days.len() * 10;
    view! {
        <figure class="bars">
            <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=format!("Requests by day: {words}")>
                {bars}
            </svg>
            <p class="bars-ends" aria-hidden="true">{ends}</p>
            <figcaption>
                <p class="meta">
                    <span class="key accepted">{format!("{} accepted", counted(accepted, "request"))}</span>
                    <span class="key refused">{format!("{refused} refused")}</span>
                </p>
            </figcaption>
        </figure>
        <details class="as-table">
            <summary>"As a table"</summary>
            <table>
                <caption class="visually-hidden">"Requests by day, days without any left out"</caption>
                <thead>
                    <tr><th scope="col">"Day, UTC"</th><th scope="col">"Accepted"</th><th scope="col">"Refused"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
    .into_any()
}

/// A day: accepted below, refused on top. Whatever there is can be seen, however little it is.
fn bar(left: u64, day: DayOfUse, most: u64) -> AnyView {
    let high = |count: u64| match count {
        0 => 0,
        count => (count * (HEIGHT - 4)).div_ceil(most).max(2),
    };
    let (accepted, refused) = (high(day.accepted), high(day.refused));
    let part = |class, top: u64, height: u64| {
        (height > 0).then(|| {
            view! { <rect class=class x=left + 1 y=top width="8" height=height></rect> }.into_any()
        })
    };
    let top = HEIGHT.saturating_sub(accepted);
    view! {
        <rect class="none" x=left + 1 y=HEIGHT - 1 width="8" height="1"></rect>
        {part("accepted", top, accepted)}
        {part("refused", top.saturating_sub(refused), refused)}
    }
    .into_any()
}

fn activity(recent: &[RecentUse], now: Timestamp) -> AnyView {
    let rows = recent.iter().map(|request| {
        let RecentUse { at, action, package, feed, refused, address, client } = request.clone();
        let result = match refused {
            Some(code) => view! { <span class="badge danger">{code}</span> }.into_any(),
            None => view! { <span class="badge ok">"Accepted"</span> }.into_any(),
        };
        // A client may ask for no more than whose token it has.
        let request = match (action, package) {
            (Some(action), Some(package)) => format!("{action} {package}"),
            (Some(action), None) => action,
            (None, _) => "asked whose it is".to_owned(),
        };
        view! {
            <tr role="row">
                <th role="rowheader" scope="row"><Moment at words=at.ago(now)/></th>
                <td role="cell" data-label="Request"><span>{request}</span>{feed.map(|feed| view! { <small>{format!("in {feed}")}</small> })}</td>
                <td role="cell" data-label="Result"><span>{result}</span></td>
                <td role="cell" data-label="From"><span>{client}</span><small>{address}</small></td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="section" aria-labelledby="activity">
            <h2 id="activity">"Recent activity"</h2>
            <div class="list">
                <table role="table">
                    <caption>"The last requests with this token"</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">"When"</th>
                            <th role="columnheader" scope="col">"Request"</th>
                            <th role="columnheader" scope="col">"Result"</th>
                            <th role="columnheader" scope="col">"From"</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
