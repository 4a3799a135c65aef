//! The policy as administrators see it.

use serde::{Deserialize, Serialize};

use crate::policy::Setting;

/// Where a setting's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingOrigin {
    /// Nobody has set it.
    Default,
    /// It was changed here.
    Kept,
    /// The configuration fixes it; the place, as in `--sign-up`.
    Fixed(String),
}

/// A setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingView {
    /// Which.
    pub setting: Setting,
    /// Its value as text.
    pub text: String,
    /// Where it comes from.
    pub origin: SettingOrigin,
}

/// How many values of tokens can be shown again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCopies {
    /// Of primary tokens.
    pub primary: u64,
    /// Of all others.
    pub others: u64,
}

/// The page of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyPage {
    /// Every setting.
    pub settings: Vec<SettingView>,
    /// What a lower reveal policy destroys.
    pub copies: KeptCopies,
}

impl PolicyPage {
    /// A setting.
    pub fn setting(&self, setting: Setting) -> Option<&SettingView> {
        self.settings.iter().find(|view| view.setting == setting)
    }
}

/// What became of a change of the policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyChange {
    /// It is made, and so many copies of values were destroyed.
    Made(u64),
    /// It would destroy so many copies of values, and nobody has agreed to that. Nothing is changed.
    Destroys(u64),
    /// These cannot be set so; the sentences say why. Nothing is changed.
    Wrong(Vec<(Setting, String)>),
}
