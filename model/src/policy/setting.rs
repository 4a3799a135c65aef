//! The single settings of a policy, by key and as text: what configuration, commands, pages and the
//! database all read and write.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};

use super::{FeedCreation, Policy, Reveal, SignUp, span};

const DAY: Duration = Duration::from_hours(24);

/// A setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Who may create an account.
    SignUp,
    /// The domains whose addresses may have one.
    AllowedDomains,
    /// Who may create a feed.
    FeedCreation,
    /// Which values can be shown again.
    Reveal,
    /// The longest life of a new token.
    LongestTokenLife,
    /// How long an identity counts as confirmed.
    ConfirmationWindow,
    /// The shortest password.
    ShortestPassword,
}

/// Why text is no value of a setting.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}. Allowed: {}.", .why, .setting.allowed())]
pub struct BadValue {
    /// The setting.
    pub setting: Setting,
    /// What is wrong.
    pub why: String,
}

impl Setting {
    /// Every setting, in the order people are told of them.
    pub const ALL: [Self; 7] = [
        Self::SignUp,
        Self::AllowedDomains,
        Self::FeedCreation,
        Self::Reveal,
        Self::LongestTokenLife,
        Self::ConfirmationWindow,
        Self::ShortestPassword,
    ];

    /// Its key, as in `latchkey.toml`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::AllowedDomains => "allowed_domains",
            Self::FeedCreation => "feed_creation",
            Self::Reveal => "reveal",
            Self::LongestTokenLife => "longest_token_life",
            Self::ConfirmationWindow => "confirmation_window",
            Self::ShortestPassword => "shortest_password",
        }
    }

    /// The setting with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.key() == key)
    }

    /// What its values are.
    pub const fn allowed(self) -> &'static str {
        match self {
            Self::SignUp => SignUp::ALLOWED,
            Self::AllowedDomains => "domains such as example.com, separated by commas",
            Self::FeedCreation => FeedCreation::ALLOWED,
            Self::Reveal => Reveal::ALLOWED,
            Self::LongestTokenLife => "a duration of at least 1d, such as 365d, or unlimited",
            Self::ConfirmationWindow => "a duration from 0 to 12h, such as 2h or 90m",
            Self::ShortestPassword => "a number of characters from 8 to 64",
        }
    }
}

impl Policy {
    /// A setting's value as text.
    pub fn text(&self, setting: Setting) -> String {
        match setting {
            Setting::SignUp => self.sign_up.to_string(),
            Setting::AllowedDomains => self.allowed_domains.to_string(),
            Setting::FeedCreation => self.feed_creation.to_string(),
            Setting::Reveal => self.reveal.to_string(),
            Setting::LongestTokenLife => {
                self.longest_token_life.map_or_else(|| "unlimited".to_owned(), span::write)
            }
            Setting::ConfirmationWindow => span::write(self.confirmation_window),
            Setting::ShortestPassword => self.shortest_password.to_string(),
        }
    }

    /// Gives a setting the value that a text says.
    pub fn set(&mut self, setting: Setting, text: &str) -> Result<(), BadValue> {
        let text = text.trim();
        let read = match setting {
            Setting::SignUp => word(text).map(|value| self.sign_up = value),
            Setting::AllowedDomains => text
                .parse()
                .map(|value| self.allowed_domains = value)
                .map_err(|error: super::BadDomain| error.to_string()),
            Setting::FeedCreation => word(text).map(|value| self.feed_creation = value),
            Setting::Reveal => word(text).map(|value| self.reveal = value),
            Setting::LongestTokenLife => life(text).map(|value| self.longest_token_life = value),
            Setting::ConfirmationWindow => {
                window(text).map(|value| self.confirmation_window = value)
            }
            Setting::ShortestPassword => length(text).map(|value| self.shortest_password = value),
        };
        read.map_err(|why| BadValue { setting, why })
    }
}

fn word<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("“{text}” is not one of its values"))
}

fn duration(text: &str) -> Result<Duration, String> {
    span::read(text).ok_or_else(|| format!("“{text}” is not a duration"))
}

fn life(text: &str) -> Result<Option<Duration>, String> {
    if text == "unlimited" {
        return Ok(None);
    }
    let life = duration(text)?;
    if life >= DAY { Ok(Some(life)) } else { Err(format!("{text} is too short")) }
}

fn window(text: &str) -> Result<Duration, String> {
    let window = duration(text)?;
    if window <= DAY / 2 { Ok(window) } else { Err(format!("{text} is too long")) }
}

fn length(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(length @ 8..=64) => Ok(length),
        Ok(length) => Err(format!("{length} is out of bounds")),
        Err(_) => Err(format!("“{text}” is not a whole number")),
    }
}

/// Settings that the configuration fixes, with the place each was given at. Whatever else is set,
/// these win.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FixedSettings(Vec<(Setting, String, String)>);

impl FixedSettings {
    /// Fixes a setting; `place` says where, as in `--sign-up`.
    pub fn fix(&mut self, setting: Setting, text: &str, place: String) -> Result<(), BadValue> {
        Policy::default().set(setting, text)?;
        self.0.retain(|(known, ..)| *known != setting);
        self.0.push((setting, text.to_owned(), place));
        Ok(())
    }

    /// Where a setting is fixed, if it is.
    pub fn place(&self, setting: Setting) -> Option<&str> {
        self.0.iter().find(|(known, ..)| *known == setting).map(|(.., place)| place.as_str())
    }

    /// The policy in which these win over what is `kept`, and that over what is so by itself.
    pub fn over<'a>(
        &self,
        kept: impl IntoIterator<Item = (Setting, &'a str)>,
    ) -> Result<Policy, BadValue> {
        let mut policy = Policy::default();
        for (setting, text) in kept {
            policy.set(setting, text)?;
        }
        for (setting, text, _) in &self.0 {
            policy.set(*setting, text)?;
        }
        Ok(policy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_written_as_it_is_read() {
        let mut policy = Policy::default();
        for (setting, text) in [
            (Setting::SignUp, "domains"),
            (Setting::AllowedDomains, "a.example, b.example"),
            (Setting::FeedCreation, "admins"),
            (Setting::Reveal, "primary"),
            (Setting::LongestTokenLife, "90d"),
            (Setting::ConfirmationWindow, "90m"),
            (Setting::ShortestPassword, "20"),
        ] {
            assert_ne!(policy.text(setting), text);
            policy.set(setting, text).unwrap();
            assert_eq!(policy.text(setting), text);
            assert_eq!(Setting::from_key(setting.key()), Some(setting));
        }
        for setting in Setting::ALL {
            let text = Policy::default().text(setting);
            policy.set(setting, &text).unwrap();
        }
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn what_is_no_value_is_refused_and_changes_nothing() {
        let mut policy = Policy::default();
        for (setting, text) in [
            (Setting::SignUp, "maybe"),
            (Setting::AllowedDomains, "example"),
            (Setting::FeedCreation, ""),
            (Setting::Reveal, "All"),
            (Setting::LongestTokenLife, "12h"),
            (Setting::LongestTokenLife, "forever"),
            (Setting::ConfirmationWindow, "13h"),
            (Setting::ConfirmationWindow, "2"),
            (Setting::ShortestPassword, "7"),
            (Setting::ShortestPassword, "65"),
            (Setting::ShortestPassword, "many"),
        ] {
            let refusal = policy.set(setting, text).unwrap_err().to_string();
            assert!(refusal.ends_with(&format!("Allowed: {}.", setting.allowed())), "{refusal}");
        }
        assert_eq!(policy, Policy::default());
    }

    #[test]
    fn what_the_configuration_fixes_wins() {
        let mut fixed = FixedSettings::default();
        fixed.fix(Setting::Reveal, "never", "--reveal".to_owned()).unwrap();
        assert!(fixed.fix(Setting::SignUp, "maybe", "--sign-up".to_owned()).is_err());
        let kept = [(Setting::Reveal, "all"), (Setting::SignUp, "open")];
        let policy = fixed.over(kept).unwrap();
        assert_eq!((policy.reveal, policy.sign_up), (Reveal::Never, SignUp::Open));
        assert_eq!(fixed.place(Setting::Reveal), Some("--reveal"));
        assert_eq!(fixed.place(Setting::SignUp), None);
        assert!(fixed.over([(Setting::SignUp, "maybe")]).is_err());
    }
}
