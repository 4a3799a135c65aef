//! When the old value of a token stops after it got a new one.

use serde::{Deserialize, Serialize};

/// The choices of the form, the safest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OldStops {
    /// At once.
    #[default]
    Now,
    /// An hour after the new value is first used, at the latest in thirty days.
    FirstUse,
    /// In 24 hours.
    Day,
    /// In seven days.
    Week,
}

impl OldStops {
    /// Every choice, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Now, Self::FirstUse, Self::Day, Self::Week];

    /// The choice's name in a form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::FirstUse => "first-use",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The choice with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }

    /// The choice in words, to go after “The old value stops”.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::FirstUse => "1 hour after the new one is first used",
            Self::Day => "in 24 hours",
            Self::Week => "in 7 days",
        }
    }

    /// What it means for whoever uses the old value.
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Now => "Whoever uses it is refused from the next request on.",
            Self::FirstUse => "At the latest in 30 days. Good where one client takes over at once.",
            Self::Day => "Time to change a handful of machines.",
            Self::Week => "Time to change many.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_choice_has_one_name() {
        for choice in OldStops::ALL {
            assert_eq!(OldStops::from_name(choice.name()), Some(choice));
        }
        assert_eq!(OldStops::from_name("later"), None);
        assert_eq!(OldStops::default(), OldStops::Now);
    }
}
