//! READMEs, as HTML that is safe to show as part of a page.
//!
//! Markdown (`CommonMark` with GitHub's tables, strikethrough and task lists) becomes HTML; `tidy`
//! makes that small, shallow and whole; then `ammonia` lets through what is on its list and nothing
//! else. The last step alone is what makes it safe; the one before it keeps hostile input from
//! costing more time and memory than it is worth, and makes links of images.

mod tidy;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};
use pulldown_cmark::{Event, Options, Parser, html};

/// The most bytes of a README that are looked at.
const LONGEST: usize = 64 << 10;
/// The most bytes of HTML that are made of it.
const LONGEST_HTML: usize = 4 * LONGEST;

/// The elements that may be left.
const ELEMENTS: [&str; 40] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "small",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
];

/// Lets through only [`ELEMENTS`], without ids, classes, styles and handlers, with links to other
/// sites alone.
static LIST: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut list = Builder::empty();
    list.tags(HashSet::from(ELEMENTS))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("details", HashSet::from(["open"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        // What is wider than the page is scrolled, also with the keyboard.
        .set_tag_attribute_value("table", "tabindex", "0")
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        // `external` keeps the router of hydrated pages away from links to this very server.
        .link_rel(Some("external nofollow noopener noreferrer"));
    list
});

/// The HTML of a README; empty if there is nothing to show. Its headings begin at the third level:
/// they stand below a heading of the page.
pub(crate) fn to_html(markdown: &str) -> String {
    let markdown = &markdown[..markdown.floor_char_boundary(LONGEST)];
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(markdown, options).map(|event| match event {
        Event::TaskListMarker(true) => Event::Text("☑ ".into()),
        Event::TaskListMarker(false) => Event::Text("☐ ".into()),
        event => event,
    });
    let mut html = Bounded(String::with_capacity(2 * markdown.len()));
    // What is more than the bound is left out.
    let _ = html::write_html_fmt(&mut html, events);
    LIST.clean(&tidy::tidy(&html.0, LONGEST_HTML)).to_string().trim().to_owned()
}

/// Text that does not grow beyond [`LONGEST_HTML`].
struct Bounded(String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.0.len() + text.len() > LONGEST_HTML {
            return Err(fmt::Error);
        }
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
