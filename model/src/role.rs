//! What a member may do in a feed.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::action::{Action, ActionSet};

/// A member's role in a feed. Later ones may do all that earlier ones may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads.
    Reader,
    /// Reads and publishes.
    Contributor,
    /// Also unlists, deletes, and keeps settings and members.
    Owner,
}

/// A word that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role: reader, contributor and owner exist")]
pub struct NotARole;

impl Role {
    /// Every role, weakest first.
    pub const ALL: [Self; 3] = [Self::Reader, Self::Contributor, Self::Owner];

    /// The role's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Owner => "owner",
        }
    }

    /// The role's name at the beginning of a line.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reader => "Reader",
            Self::Contributor => "Contributor",
            Self::Owner => "Owner",
        }
    }

    /// What the role may do, to go after “may”.
    pub const fn abilities(self) -> &'static str {
        match self {
            Self::Reader => "find and install packages",
            Self::Contributor => "find, install and publish packages",
            Self::Owner => {
                "find, install, publish, unlist and delete packages, and keep settings and members"
            }
        }
    }

    /// What the role may do to packages.
    pub const fn actions(self) -> ActionSet {
        match self {
            Self::Reader => ActionSet::READ,
            Self::Contributor => ActionSet::READ.with(ActionSet::WRITE),
            Self::Owner => ActionSet::ALL,
        }
    }

    /// The weakest role that may do `action`.
    pub const fn needed_for(action: Action) -> Self {
        match action {
            Action::Read => Self::Reader,
            Action::PushNew | Action::PushVersion => Self::Contributor,
            Action::Unlist | Action::Delete => Self::Owner,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Role {
    type Err = NotARole;

    fn from_str(name: &str) -> Result<Self, NotARole> {
        Self::ALL.into_iter().find(|role| role.name() == name).ok_or(NotARole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_needed_role_is_the_weakest_that_may() {
        for action in Action::ALL {
            let needed = Role::needed_for(action);
            for role in Role::ALL {
                assert_eq!(role.actions().contains(action), role >= needed, "{role} {action}");
            }
        }
    }
}
