//! The places settings come from, and which of them wins: flag, then variable, then file.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use model::policy::{BadValue, FixedSettings, Setting};

use super::{
    ConfigError,
    file::ConfigFile,
    origin::{Origin, Place, variable},
    providers::ProviderSettings,
};

/// Looks up an environment variable by its name.
pub type Variables = Box<dyn Fn(&str) -> Option<OsString> + Send + Sync>;

/// What surrounds the program: its variables and the folder it was started in.
pub struct Environment {
    /// Looks up an environment variable.
    pub variable: Variables,
    /// The current folder.
    pub folder: PathBuf,
}

impl Environment {
    /// This process's.
    pub fn of_process() -> Self {
        Self { variable: Box::new(|name| std::env::var_os(name)), folder: PathBuf::from(".") }
    }

    /// A variable's text; one that is set to nothing counts as not set. Bytes that are no Unicode
    /// become marks, which no setting allows.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = (self.variable)(name)?.to_string_lossy().into_owned();
        (!value.is_empty()).then_some(value)
    }
}

/// The texts given by flags, by key.
pub(super) type Flags = Vec<(&'static str, Vec<String>)>;

/// All places, in their order.
pub(super) struct Sources<'a> {
    pub(super) flags: &'a Flags,
    pub(super) environment: &'a Environment,
    pub(super) file: Option<ConfigFile>,
}

impl Sources<'_> {
    /// Reads a setting with one value.
    pub(super) fn one<T>(
        &self,
        key: &'static str,
        allowed: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some((texts, place)) = self.given(key) else { return Ok(None) };
        let value = match texts.as_slice() {
            [text] => read(text),
            _ => Err("it takes one value".to_owned()),
        };
        value.map(Some).map_err(|why| ConfigError::Value { place, why, allowed })
    }

    /// Reads a setting with any number of values; in a flag or a variable, commas separate them.
    pub(super) fn many<T>(
        &self,
        key: &'static str,
        allowed: &'static str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<T>, ConfigError> {
        let Some((texts, place)) = self.given(key) else { return Ok(Vec::new()) };
        texts
            .iter()
            .flat_map(|text| text.split(','))
            .map(|text| read(text.trim()))
            .collect::<Result<_, _>>()
            .map_err(|why| ConfigError::Value { place, why, allowed })
    }

    /// Fixes a setting of the policy, if it is given. Only a list may have several texts.
    pub(super) fn fix(
        &self,
        setting: Setting,
        fixed: &mut FixedSettings,
    ) -> Result<(), ConfigError> {
        let Some((texts, place)) = self.given(setting.key()) else { return Ok(()) };
        let result = if texts.len() == 1 || setting == Setting::AllowedDomains {
            let fixed = fixed.fix(setting, &texts.join(","), place.to_string());
            fixed.map_err(|BadValue { why, .. }| why)
        } else {
            Err("it takes one value".to_owned())
        };
        result.map_err(|why| ConfigError::Value { place, why, allowed: setting.allowed() })
    }

    /// Reads a path. One that stands in the file is relative to the file's folder, so that it means
    /// the same wherever the program is started.
    pub(super) fn path(&self, key: &'static str) -> Result<Option<PathBuf>, ConfigError> {
        let base = match self.given(key) {
            Some((_, Place { origin: Origin::File(file), .. })) => {
                file.parent().map(Path::to_owned).unwrap_or_default()
            }
            _ => PathBuf::new(),
        };
        self.one(key, "a path", |text| {
            if text.is_empty() { Err("it is empty".to_owned()) } else { Ok(base.join(text)) }
        })
    }

    /// The file's providers; a secret that a variable holds counts before the file's.
    pub(super) fn providers(&self) -> Vec<ProviderSettings> {
        let providers = self.file.iter().flat_map(|file| file.providers.iter().cloned());
        let secret =
            |settings: &ProviderSettings| self.environment.text(&settings.secret_variable());
        providers
            .map(|settings| match secret(&settings) {
                Some(secret) => settings.with_secret(secret),
                None => settings,
            })
            .collect()
    }

    /// Reads two paths that mean something only together.
    pub(super) fn both_paths(
        &self,
        keys: [&'static str; 2],
    ) -> Result<Option<[PathBuf; 2]>, ConfigError> {
        let half = |given: &'static str, other| match self.given(given) {
            Some((_, place)) => Err(ConfigError::Half { place, other }),
            None => Ok(None),
        };
        match (self.path(keys[0])?, self.path(keys[1])?) {
            (Some(first), Some(second)) => Ok(Some([first, second])),
            (Some(_), None) => half(keys[0], keys[1]),
            (None, Some(_)) => half(keys[1], keys[0]),
            (None, None) => Ok(None),
        }
    }

    fn given(&self, key: &'static str) -> Option<(Vec<String>, Place)> {
        let place = |origin| Place { key, origin };
        if let Some((_, texts)) = self.flags.iter().find(|(name, _)| *name == key) {
            return Some((texts.clone(), place(Origin::Flag)));
        }
        if let Some(text) = self.environment.text(&variable(key)) {
            return Some((vec![text], place(Origin::Variable)));
        }
        let file = self.file.as_ref()?;
        let texts = file.texts(key)?.to_vec();
        Some((texts, place(Origin::File(file.path.clone()))))
    }
}

/// The path a flag or a variable gives, before there is a file to look into.
pub(super) fn path_before_file(
    key: &str,
    flags: &Flags,
    environment: &Environment,
) -> Option<PathBuf> {
    let flag = flags.iter().find(|(name, _)| *name == key).and_then(|(_, texts)| texts.first());
    flag.cloned().or_else(|| environment.text(&variable(key))).map(PathBuf::from)
}
