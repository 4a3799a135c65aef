//! What can be done to a package.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An action on a package. The discriminant is the action's bit in an [`ActionSet`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Action {
    /// Install, list, search, look at.
    Read = 1,
    /// Publish the first version of an id that the feed does not have.
    PushNew = 2,
    /// Publish a further version of an id that the feed has.
    PushVersion = 4,
    /// Unlist, yank, deprecate, move a dist-tag: any change to an existing version's metadata.
    Unlist = 8,
    /// Delete a version or a package.
    Delete = 16,
}

impl Action {
    /// Every action, in the order of their bits.
    pub const ALL: [Self; 5] =
        [Self::Read, Self::PushNew, Self::PushVersion, Self::Unlist, Self::Delete];

    /// The name used in rules, the audit log and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::PushNew => "push-new",
            Self::PushVersion => "push-version",
            Self::Unlist => "unlist",
            Self::Delete => "delete",
        }
    }

    /// The verb used in sentences for people.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::PushNew | Self::PushVersion => "push",
            Self::Unlist => "unlist",
            Self::Delete => "delete",
        }
    }

    /// The action with this [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of actions, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActionSet(u8);

impl ActionSet {
    /// No action.
    pub const NONE: Self = Self(0);
    /// Reading.
    pub const READ: Self = Self::of(&[Action::Read]);
    /// Publishing new packages and new versions; no reading.
    pub const WRITE: Self = Self::of(&[Action::PushNew, Action::PushVersion]);
    /// Everything.
    pub const ALL: Self = Self::of(&Action::ALL);

    /// The set of the given actions.
    pub const fn of(actions: &[Action]) -> Self {
        let mut bits = 0;
        let mut index = 0;
        while index < actions.len() {
            bits |= actions[index] as u8;
            index += 1;
        }
        Self(bits)
    }

    /// Whether `action` is in the set.
    pub const fn contains(self, action: Action) -> bool {
        self.0 & action as u8 != 0
    }

    /// Whether every action of `other` is in this set.
    pub const fn contains_all(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without what is in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The actions in the set, in the order of their bits.
    pub fn iter(self) -> impl Iterator<Item = Action> {
        Action::ALL.into_iter().filter(move |action| self.contains(*action))
    }

    /// The bits as stored.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The set with these bits; `None` if a bit stands for no action.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits & !Self::ALL.0 == 0 { Some(Self(bits)) } else { None }
    }
}
