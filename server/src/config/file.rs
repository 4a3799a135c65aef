//! `latchkey.toml`.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use toml::{Table, Value};

use super::{ConfigError, KEYS, providers::ProviderSettings};

/// The name looked for when no file was named.
const NAME: &str = "latchkey.toml";

/// The settings of a file, each as the texts a flag would have been given.
#[derive(Debug)]
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    values: BTreeMap<&'static str, Vec<String>>,
    /// The providers, in the order of their names.
    pub(super) providers: Vec<ProviderSettings>,
}

impl ConfigFile {
    /// Reads the file the operator named; without one, the first `latchkey.toml` in `folders`, if
    /// there is any.
    pub(super) fn find(
        named: Option<PathBuf>,
        folders: &[PathBuf],
    ) -> Result<Option<Self>, ConfigError> {
        if let Some(path) = named {
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            return Self::parse(path, &text).map(Some);
        }
        for path in folders.iter().map(|folder| folder.join(NAME)) {
            match fs::read_to_string(&path) {
                Ok(text) => return Self::parse(path, &text).map(Some),
                Err(error) if absent(&error) => {}
                Err(error) => return Err(unreadable(&path, &error)),
            }
        }
        Ok(None)
    }

    /// The texts given for a key.
    pub(super) fn texts(&self, key: &str) -> Option<&[String]> {
        self.values.get(key).map(Vec::as_slice)
    }

    fn parse(path: PathBuf, text: &str) -> Result<Self, ConfigError> {
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                let error: toml::de::Error = error;
                // Only the message: the error's own text repeats the line, which may hold a password.
                let line =
                    error.span().map_or(1, |span| 1 + text[..span.start].matches('\n').count());
                return Err(ConfigError::File {
                    path,
                    why: format!("line {line}: {}", error.message()),
                });
            }
        };
        let (mut values, mut providers) = (BTreeMap::new(), Vec::new());
        for (key, value) in table {
            if key == "provider" {
                providers = ProviderSettings::read_all(&path, value)?;
                continue;
            }
            let Some(known) = KEYS.into_iter().find(|known| *known == key) else {
                let allowed = [&KEYS[..], &["[provider.NAME]"]].concat();
                return Err(ConfigError::UnknownKey { path, key, allowed });
            };
            let Some(texts) = texts(&value) else {
                let why =
                    format!("{known} must be a text, a number, true or false, or a list of texts");
                return Err(ConfigError::File { path, why });
            };
            values.insert(known, texts);
        }
        Ok(Self { path, values, providers })
    }
}

/// Whether there is simply no such file (or no such folder).
fn absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
    ConfigError::File { path: path.to_owned(), why: format!("it cannot be read: {error}") }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => text(value).map(|text| vec![text]),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(switch) => Some(switch.to_string()),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<ConfigFile, String> {
        ConfigFile::parse("latchkey.toml".into(), text).map_err(|error| error.to_string())
    }

    #[test]
    fn values_become_what_a_flag_would_say() {
        let file = parsed(
            "listen = \"127.0.0.1:1\"\nshortest_password = 20\ninsecure_http = true\n\
             trusted_proxy = [\"10.0.0.1\", \"10.0.0.2\"]\n",
        )
        .unwrap();
        assert_eq!(file.texts("listen").unwrap(), ["127.0.0.1:1"]);
        assert_eq!(file.texts("shortest_password").unwrap(), ["20"]);
        assert_eq!(file.texts("insecure_http").unwrap(), ["true"]);
        assert_eq!(file.texts("trusted_proxy").unwrap(), ["10.0.0.1", "10.0.0.2"]);
        assert!(file.texts("data").is_none());
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_known_ones() {
        let refusal = parsed("listn = \"127.0.0.1:1\"").unwrap_err();
        assert!(refusal.contains("`listn`") && refusal.contains("listen, "), "{refusal}");
        assert!(parsed("[server]\nlisten = \"x\"").unwrap_err().contains("`server`"));
    }

    #[test]
    fn what_is_no_toml_is_refused_by_line_and_without_repeating_it() {
        let refusal = parsed("data = \"x\"\ndatabase = \"postgres://u:secret@h/d\n").unwrap_err();
        assert!(refusal.contains("line 2") && !refusal.contains("secret"), "{refusal}");
        assert!(
            parsed("shortest_password = 1.5").unwrap_err().contains("shortest_password must be")
        );
    }
}
