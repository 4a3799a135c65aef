//! Which of the two packument forms an `Accept` header asks for.

use crate::protocols::encoding::thousandths;

/// The two forms of a packument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    /// Everything known about the package.
    Full,
    /// What an installation needs.
    Abbreviated,
}

impl Form {
    /// The media type of the form.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Full => "application/json",
            Self::Abbreviated => "application/vnd.npm.install-v1+json",
        }
    }

    /// Chooses the form by the weights of RFC 9110 §12.4.2 and §12.5.1: the most specific range that
    /// matches a form gives its weight, and the heavier form wins.
    ///
    /// Equal weights mean the abbreviated form for a client that names it, the full form for all others;
    /// a header that allows neither is disregarded, as the RFC permits. Several header lines are joined
    /// by commas before the call.
    pub(crate) fn negotiate(accept: &str) -> Self {
        let abbreviated = Preference::of(accept, Self::Abbreviated);
        let full = Preference::of(accept, Self::Full);
        let named = abbreviated.specificity == EXACT;
        if abbreviated.weight > full.weight
            || (named && abbreviated.weight > 0 && abbreviated.weight == full.weight)
        {
            Self::Abbreviated
        } else {
            Self::Full
        }
    }
}

const EXACT: u8 = 3;

/// What an `Accept` header says of one form.
#[derive(Default)]
struct Preference {
    /// 0 no range matches, 1 `*/*`, 2 `application/*`, 3 the type itself.
    specificity: u8,
    /// In thousandths.
    weight: u16,
}

impl Preference {
    fn of(accept: &str, form: Form) -> Self {
        let mut best = Self::default();
        for item in accept.split(',') {
            let mut parts = item.split(';').map(str::trim);
            let range = parts.next().unwrap_or_default().to_ascii_lowercase();
            let specificity = match range.as_str() {
                "*/*" => 1,
                "application/*" => 2,
                exact if exact == form.content_type() => EXACT,
                _ => continue,
            };
            let mut weights = parts.filter_map(|parameter| {
                let (key, value) = parameter.split_once('=')?;
                key.eq_ignore_ascii_case("q").then_some(value)
            });
            let Some(weight) = weights.next().map_or(Some(1000), thousandths) else {
                continue;
            };
            if specificity > best.specificity
                || (specificity == best.specificity && weight > best.weight)
            {
                best = Self { specificity, weight };
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn real_clients_and_edge_cases() {
        use Form::{Abbreviated, Full};
        for (accept, form) in [
            ("", Full),
            ("*/*", Full),
            ("application/json", Full),
            ("application/*", Full),
            ("text/html", Full),
            (
                "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*",
                Abbreviated,
            ),
            ("application/vnd.npm.install-v1+json", Abbreviated),
            ("Application/Vnd.NPM.install-v1+JSON;Q=0.5", Abbreviated),
            ("application/json, application/vnd.npm.install-v1+json", Abbreviated),
            ("application/vnd.npm.install-v1+json;q=0.5, */*", Full),
            ("application/vnd.npm.install-v1+json;q=0.5, application/json;q=0.9", Full),
            ("application/vnd.npm.install-v1+json;q=0", Full),
            ("application/json;q=0, */*;q=0.1", Abbreviated),
            ("application/vnd.npm.install-v1+json;q=0, */*", Full),
            ("application/json;q=0.2, application/*;q=0.4", Abbreviated),
            ("application/vnd.npm.install-v1+json;q=2", Full),
            ("application/vnd.npm.install-v1+json;q=abc, application/json", Full),
            ("application/vnd.npm.install-v1+json;q=0.001", Abbreviated),
            (",,;;q=,=", Full),
        ] {
            assert_eq!(Form::negotiate(accept), form, "{accept}");
        }
    }

    proptest! {
        #[test]
        fn any_header_gets_an_answer(accept in any::<String>()) {
            Form::negotiate(&accept);
        }
    }
}
