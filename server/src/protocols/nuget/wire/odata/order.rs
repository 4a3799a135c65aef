//! In which order versions are asked for.

use std::cmp::Ordering;

/// What versions are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    /// As they are found: by name, the lowest version of each first.
    Name,
    Version,
    Published,
    Downloads,
}

/// An order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) key: Key,
    pub(crate) is_descending: bool,
    /// Whether of what is equal the highest version of each package comes first.
    pub(crate) then_newest: bool,
}

/// Fields that clients sort by, as they write them, but for the case.
const FIELDS: [(&str, Key); 11] = [
    ("id", Key::Name),
    ("title", Key::Name),
    ("concat(title,id)", Key::Name),
    ("version", Key::Version),
    ("normalizedversion", Key::Version),
    ("published", Key::Published),
    ("created", Key::Published),
    ("lastupdated", Key::Published),
    ("downloadcount", Key::Downloads),
    ("versiondownloadcount", Key::Downloads),
    ("", Key::Name),
];

impl Order {
    /// By name.
    pub(crate) const NATURAL: Self =
        Self { key: Key::Name, is_descending: false, then_newest: false };

    /// Reads `$orderby`: Visual Studio sends `DownloadCount desc,Id`, Chocolatey `Id,Version desc`. The
    /// first field decides; the others have to be known, and but for the latter they are met by what is
    /// equal staying in the order of names. `None` if one is not known.
    pub(super) fn parse(text: &str) -> Option<Self> {
        // The only function that clients send has a comma of its own.
        let text = text.to_ascii_lowercase().replace(", ", ",").replace("title,id)", "title;id)");
        let mut first: Option<Self> = None;
        for field in text.split(',') {
            let mut words = field.split_whitespace();
            let name = words.next().unwrap_or_default().replace(';', ",");
            let is_descending = match words.next() {
                None | Some("asc") => false,
                Some("desc") => true,
                Some(_) => return None,
            };
            let (_, key) = FIELDS.into_iter().find(|(known, _)| *known == name)?;
            if words.next().is_some() {
                return None;
            }
            match &mut first {
                Some(first) => first.then_newest |= key == Key::Version && is_descending,
                None => first = Some(Self { key, is_descending, then_newest: false }),
            }
        }
        first
    }

    /// Turns an order around, if it has to be.
    pub(crate) fn directed(self, order: Ordering) -> Ordering {
        if self.is_descending { order.reverse() } else { order }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn orders_that_clients_ask_for() {
        for (text, key, is_descending) in [
            ("", Key::Name, false),
            ("Id", Key::Name, false),
            ("Id desc", Key::Name, true),
            ("Version desc", Key::Version, true),
            ("DownloadCount desc,Id", Key::Downloads, true),
            ("Published desc, Id", Key::Published, true),
            ("Id,Version desc", Key::Name, false),
            ("DownloadCount desc,Id,Version desc", Key::Downloads, true),
            ("concat(Title,Id),Id", Key::Name, false),
            ("concat(Title, Id) desc", Key::Name, true),
        ] {
            let order = Order { key, is_descending, then_newest: text.ends_with(",Version desc") };
            assert_eq!(Order::parse(text), Some(order), "{text}");
        }
        for text in ["Rating", "Id down", "Id desc,Rating", "concat(Id,Title)", "Id desc desc"] {
            assert_eq!(Order::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_an_order_or_not(text in "(Id|Title|Version|concat|desc|asc|\\(|\\)|,| |\u{e9}){0,9}") {
            if let Some(order) = Order::parse(&text) {
                // What the text says more than once changes nothing.
                prop_assert_eq!(Order::parse(&format!("{text},Id")), Some(order));
            }
        }
    }
}
