//! HTML made small: only known elements, each closed where it belongs, none deeper than a bound.
//!
//! A parser that keeps to the HTML standard has to mend what is written wrongly, and some of that
//! costs time or memory out of all proportion to the input (formatting elements that are opened
//! anew in every paragraph, trees thousands of elements deep). What comes out of here needs no
//! mending. Nothing is trusted because it went through here.

/// The deepest that elements are nested.
const DEEPEST: usize = 48;

/// What an element is to its surroundings.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Part of a line.
    Inline,
    /// Ends the paragraph it stands in.
    Block,
    /// Has no content.
    Void,
    /// Becomes a link.
    Image,
}

/// Elements whose content is no text of the README.
const LEFT_OUT: [&str; 16] = [
    "head",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "xmp",
];

/// The element as it is written from now on. Headings begin at the third level.
fn known(name: &str) -> Option<(&'static str, Kind)> {
    use Kind::{Block, Image, Inline, Void};
    Some(match name {
        "a" => ("a", Inline),
        "b" => ("b", Inline),
        "blockquote" => ("blockquote", Block),
        "br" => ("br", Void),
        "code" | "tt" => ("code", Inline),
        "dd" => ("dd", Block),
        "del" => ("del", Inline),
        "details" => ("details", Block),
        "div" | "center" | "section" | "article" | "figure" => ("div", Block),
        "dl" => ("dl", Block),
        "dt" => ("dt", Block),
        "em" => ("em", Inline),
        "h1" => ("h3", Block),
        "h2" => ("h4", Block),
        "h3" => ("h5", Block),
        "h4" | "h5" | "h6" => ("h6", Block),
        "hr" => ("hr", Void),
        "i" => ("i", Inline),
        "img" => ("img", Image),
        "ins" => ("ins", Inline),
        "kbd" => ("kbd", Inline),
        "li" => ("li", Block),
        "mark" => ("mark", Inline),
        "ol" => ("ol", Block),
        "p" => ("p", Block),
        "pre" => ("pre", Block),
        "q" => ("q", Inline),
        "s" | "strike" => ("s", Inline),
        "samp" => ("samp", Inline),
        "small" => ("small", Inline),
        "strong" => ("strong", Inline),
        "sub" => ("sub", Inline),
        "summary" => ("summary", Block),
        "sup" => ("sup", Inline),
        "table" => ("table", Block),
        "tbody" => ("tbody", Block),
        "td" => ("td", Block),
        "th" => ("th", Block),
        "thead" => ("thead", Block),
        "tr" => ("tr", Block),
        "ul" => ("ul", Block),
        _ => return None,
    })
}

/// The elements that end where `name` begins, and those that they do not reach out of.
fn ended_by(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "a" => (&["a"], &[]),
        "li" => (&["li"], &["ul", "ol"]),
        "dt" | "dd" => (&["dt", "dd"], &["dl"]),
        "td" | "th" => (&["td", "th"], &["table"]),
        "tr" => (&["tr"], &["table"]),
        "thead" | "tbody" => (&["thead", "tbody"], &["table"]),
        _ => (&[], &[]),
    }
}

/// Makes HTML small. What is longer than `longest` bytes is cut off.
pub(super) fn tidy(html: &str, longest: usize) -> String {
    let mut tidied = Tidied { html: String::with_capacity(html.len()), ..Tidied::default() };
    let mut rest = html;
    while tidied.html.len() < longest {
        let Some(at) = rest.find('<') else {
            tidied.text(rest);
            break;
        };
        tidied.text(&rest[..at]);
        rest = tidied.markup(&rest[at..]);
    }
    tidied.close_to(0);
    tidied.html
}

#[derive(Default)]
struct Tidied {
    html: String,
    open: Vec<&'static str>,
    /// Whether the link that is open has nothing to click on yet.
    is_blank_link: bool,
}

impl Tidied {
    fn text(&mut self, text: &str) {
        self.is_blank_link &= text.trim().is_empty();
        self.html.push_str(text);
    }

    /// Takes what begins with `<` and gives what comes after it.
    fn markup<'a>(&mut self, from: &'a str) -> &'a str {
        let inner = &from[1..];
        if let Some(comment) = inner.strip_prefix("!--") {
            return after(comment, "-->");
        }
        if inner.starts_with(['!', '?']) {
            return after(inner, ">");
        }
        let (is_end, named) = inner.strip_prefix('/').map_or((false, inner), |end| (true, end));
        if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
            self.text("&lt;");
            return inner;
        }
        let end = named.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(named.len());
        let name = named[..end].to_ascii_lowercase();
        let Some((attributes, rest)) = attributes(&named[end..]) else { return "" };
        match known(&name) {
            Some((name, _)) if is_end => self.close(name),
            Some((name, kind)) => self.begin(name, kind, &attributes),
            None if !is_end && LEFT_OUT.contains(&name.as_str()) => {
                return after_element(rest, &name);
            }
            None => {}
        }
        rest
    }

    fn begin(&mut self, name: &'static str, kind: Kind, attributes: &[(String, &str)]) {
        let value = |wanted: &str| {
            let found = attributes.iter().find(|(name, _)| name == wanted);
            found.map(|(_, value)| encoded(value))
        };
        if kind == Kind::Image {
            return self
                .image(&value("src").unwrap_or_default(), &value("alt").unwrap_or_default());
        }
        if kind != Kind::Inline && name != "br" {
            self.close("p");
        }
        let (ended, boundary) = ended_by(name);
        let last =
            self.open.iter().rposition(|open| ended.contains(open) || boundary.contains(open));
        if let Some(last) = last.filter(|last| ended.contains(&self.open[*last])) {
            self.close_to(last);
        }
        if self.open.len() >= DEEPEST {
            return;
        }
        self.html.push('<');
        self.html.push_str(name);
        for wanted in ["href", "title", "start", "open"] {
            if let Some(value) = value(wanted) {
                self.html.extend([" ", wanted, "=\"", &value, "\""]);
            }
        }
        self.html.push('>');
        if kind != Kind::Void {
            self.open.push(name);
        }
        if name == "a" {
            self.is_blank_link = true;
        }
    }

    /// A picture elsewhere is not loaded: whoever keeps it would learn who reads this.
    fn image(&mut self, source: &str, alternative: &str) {
        let is_elsewhere = source.starts_with("https://") || source.starts_with("http://");
        if self.open.contains(&"a") || !is_elsewhere {
            return self.text(alternative);
        }
        let words = if alternative.trim().is_empty() { "Image" } else { alternative };
        self.html.extend(["<a href=\"", source, "\">", words, "</a>"]);
    }

    /// Closes the innermost element of this name, with all that is open in it.
    fn close(&mut self, name: &str) {
        if let Some(at) = self.open.iter().rposition(|open| *open == name) {
            self.close_to(at);
        }
    }

    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(name) = self.open.pop() else { return };
            if name == "a" && std::mem::take(&mut self.is_blank_link) {
                self.html.push_str("Link");
            }
            self.html.extend(["</", name, ">"]);
        }
    }
}

/// An attribute's value, as it may stand between double quotes or as text.
fn encoded(value: &str) -> String {
    value.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What comes after `end`; nothing if it does not come.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, rest)| rest)
}

/// What comes after the end of an element whose content is left out.
fn after_element<'a>(content: &'a str, name: &str) -> &'a str {
    let mut rest = content;
    while let Some((_, tail)) = rest.split_once("</") {
        let is_its = tail.get(..name.len()).is_some_and(|end| end.eq_ignore_ascii_case(name));
        if is_its && !tail[name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return after(tail, ">");
        }
        rest = tail;
    }
    ""
}

/// Reads attributes up to the `>` of their tag: names in lower case and values as written, and what
/// comes after the tag. `None` for a tag that does not end.
fn attributes(text: &str) -> Option<(Vec<(String, &str)>, &str)> {
    let mut found = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(rest) = rest.strip_prefix('>') {
            return Some((found, rest));
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '='))?;
        // A stray `=` begins a name, as the standard has it.
        let end = if end == 0 { 1 } else { end };
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(assigned) = rest.strip_prefix('=') {
            let assigned = assigned.trim_start();
            let quote = assigned.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = if let Some(quote) = quote {
                assigned[1..].split_once(quote)?
            } else {
                let end = assigned.find(|c: char| c.is_ascii_whitespace() || c == '>')?;
                assigned.split_at(end)
            };
        }
        found.push((name, value));
    }
}
