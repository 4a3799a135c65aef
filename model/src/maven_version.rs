//! The order of Maven's versions, as its POM reference has it ("Version Order Specification",
//! <https://maven.apache.org/pom.html#version-order-specification>).
//!
//! Any text is a version. It falls into numbers and qualifiers at dots, hyphens and wherever digits
//! meet letters; what says nothing (`0`, `ga`, `final`) counts as absent where a part of it ends.

use std::cmp::Ordering;

/// A version of a Maven artifact, to be compared with another: `1.0` equals `1` and `1-ga`.
#[derive(Debug, Clone)]
pub struct MavenVersion {
    parts: Vec<Part>,
    is_snapshot: bool,
}

/// What stands between two separators, with the one before it.
#[derive(Debug, Clone)]
struct Part {
    after_hyphen: bool,
    token: Token,
}

#[derive(Debug, Clone)]
enum Token {
    /// Digits without leading zeros; none for zero.
    Number(String),
    Qualifier(String),
}

/// How the name of a version in the making ends.
const SNAPSHOT: &str = "-SNAPSHOT";
/// Qualifiers that come before and after a release, in their order. Others come after all of them.
const KNOWN: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

impl MavenVersion {
    /// Takes a version apart.
    pub fn new(text: &str) -> Self {
        let mut parts = split(&text.to_lowercase());
        trim(&mut parts);
        Self { parts, is_snapshot: Self::is_snapshot(text) }
    }

    /// Whether a version by this name is still in the making: its files change until it is released.
    pub fn is_snapshot(text: &str) -> bool {
        text.ends_with(SNAPSHOT)
    }

    /// Whether this one is.
    pub fn is_unreleased(&self) -> bool {
        self.is_snapshot
    }
}

/// The numbers and qualifiers of a version in lower case.
fn split(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut after_hyphen = false;
    let mut rest = text;
    loop {
        let is_digit = rest.starts_with(|c: char| c.is_ascii_digit());
        let end = rest.find(|c: char| matches!(c, '.' | '-') || c.is_ascii_digit() != is_digit);
        let end = end.unwrap_or(rest.len());
        let (token, tail) = rest.split_at(end);
        let number_follows = tail.starts_with(|c: char| c.is_ascii_digit());
        parts.push(Part { after_hyphen, token: Token::of(token, is_digit, number_follows) });
        let Some(separator) = tail.chars().next() else { return parts };
        // Where digits meet letters is a hyphen that nobody wrote.
        after_hyphen = separator != '.';
        rest = tail.strip_prefix(['.', '-']).unwrap_or(tail);
        if rest.is_empty() {
            return parts;
        }
    }
}

/// Takes away what says nothing at the end, and before each hyphen.
fn trim(parts: &mut Vec<Part>) {
    let mut end = parts.len();
    while end > 0 {
        while end > 1 && parts[end - 1].token.is_nothing() {
            parts.remove(end - 1);
            end -= 1;
        }
        // Back to the next hyphen before this place.
        end = parts[..end].iter().rposition(|part| part.after_hyphen).unwrap_or(0);
    }
}

impl Token {
    fn of(text: &str, is_digit: bool, number_follows: bool) -> Self {
        if is_digit || text.is_empty() {
            return Self::Number(text.trim_start_matches('0').to_owned());
        }
        let name = match text {
            "a" if number_follows => "alpha",
            "b" if number_follows => "beta",
            "m" if number_follows => "milestone",
            "cr" => "rc",
            "ga" | "final" | "release" => "",
            other => other,
        };
        Self::Qualifier(name.to_owned())
    }

    const fn is_nothing(&self) -> bool {
        match self {
            Self::Number(text) | Self::Qualifier(text) => text.is_empty(),
        }
    }
}

impl Part {
    /// What stands in the place of a missing part beside this one.
    fn absent(&self) -> Self {
        let token = match (&self.token, self.after_hyphen) {
            (Token::Number(_), false) => Token::Number(String::new()),
            _ => Token::Qualifier(String::new()),
        };
        Self { after_hyphen: self.after_hyphen, token }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.token, &other.token) {
            (Token::Qualifier(a), Token::Qualifier(b)) => rank(a).cmp(&rank(b)),
            (Token::Qualifier(_), Token::Number(_)) => Ordering::Less,
            (Token::Number(_), Token::Qualifier(_)) => Ordering::Greater,
            (Token::Number(a), Token::Number(b)) => {
                let separators = other.after_hyphen.cmp(&self.after_hyphen);
                separators.then_with(|| a.len().cmp(&b.len())).then_with(|| a.cmp(b))
            }
        }
    }
}

fn rank(qualifier: &str) -> (usize, &str) {
    let known = KNOWN.iter().position(|known| *known == qualifier);
    known.map_or((KNOWN.len(), qualifier), |at| (at, ""))
}

impl Ord for MavenVersion {
    fn cmp(&self, other: &Self) -> Ordering {
        let longest = self.parts.len().max(other.parts.len());
        let unequal = (0..longest).map(|at| match (self.parts.get(at), other.parts.get(at)) {
            (Some(a), Some(b)) => a.cmp(b),
            (Some(a), None) => a.cmp(&a.absent()),
            (None, Some(b)) => b.absent().cmp(b),
            (None, None) => Ordering::Equal,
        });
        unequal.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for MavenVersion {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for MavenVersion {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for MavenVersion {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn order(a: &str, b: &str) -> Ordering {
        MavenVersion::new(a).cmp(&MavenVersion::new(b))
    }

    #[test]
    fn the_examples_of_the_documentation() {
        for (less, more) in [
            ("1", "1.1"),
            ("1-snapshot", "1"),
            ("1", "1-sp"),
            ("1-foo2", "1-foo10"),
            ("1-foo", "1-1"),
            ("1-1", "1.1"),
            ("1-ga", "1-sp"),
            ("1-ga.1", "1-sp.1"),
            ("1-sp-1", "1-ga-1"),
            ("1-alpha", "1-beta"),
            ("1-beta", "1-milestone"),
            ("1-milestone", "1-rc"),
            ("1-rc", "1-snapshot"),
            ("1-sp", "1-abc"),
            ("2.0-SNAPSHOT", "2.0"),
            ("1.9", "1.10"),
            ("1.0-alpha-9", "1.0-alpha-10"),
            ("1.0-rc1", "1.0"),
            ("1.0", "1.0.1"),
            ("1.99999999999999999999", "1.100000000000000000000"),
            ("2.0.1-klm", "2.0.1-xyz"),
            ("4.1.0", "4.1.0.1"),
        ] {
            assert_eq!(order(less, more), Ordering::Less, "{less} < {more}");
            assert_eq!(order(more, less), Ordering::Greater, "{more} > {less}");
        }
        for (a, b) in [
            ("1.foo", "1-foo"),
            ("1.ga", "1-ga"),
            ("1-ga", "1-0"),
            ("1-0", "1.0"),
            ("1.0", "1"),
            ("1.", "1"),
            ("1-", "1"),
            ("1.0.0-foo.0.0", "1-foo"),
            ("1.0.0-0.0.0", "1"),
            ("1-ga-1", "1-1"),
            ("1-a1", "1-alpha-1"),
            ("1-b2", "1-beta-2"),
            ("1-m3", "1-milestone-3"),
            ("1-cr1", "1-RC1"),
            ("1.0.final", "1"),
            ("1-1.foo-bar1baz-.1", "1-1.foo-bar-1-baz-0.1"),
            ("01", "1"),
        ] {
            assert_eq!(order(a, b), Ordering::Equal, "{a} = {b}");
        }
    }

    #[test]
    fn what_is_in_the_making_is_known_by_its_name() {
        assert!(MavenVersion::new("3.0-SNAPSHOT").is_unreleased());
        assert!(!MavenVersion::new("1.0-rc1").is_unreleased());
        assert!(
            MavenVersion::is_snapshot("1-SNAPSHOT") && !MavenVersion::is_snapshot("1-snapshot")
        );
    }

    proptest! {
        #[test]
        fn any_two_texts_have_an_order(a in "\\PC{0,20}", b in "[0-9a-z.-]{0,20}") {
            prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
            prop_assert_eq!(order(&a, &a), Ordering::Equal);
        }

        #[test]
        fn numbers_are_compared_as_numbers(a in proptest::collection::vec(0_u32..30, 1..5), b in proptest::collection::vec(0_u32..30, 1..5)) {
            let text = |numbers: &[u32]| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
            let padded = |numbers: &[u32]| { let mut all = numbers.to_vec(); all.resize(5, 0); all };
            prop_assert_eq!(order(&text(&a), &text(&b)), padded(&a).cmp(&padded(&b)));
        }
    }
}
