//! The parameters of a request. One that is there and cannot be read is an error: a client that is
//! answered something else than it asked for does not notice.

use url::form_urlencoded;

use super::{super::filter::unquoted, ODataError, Order};

/// System query options (those with a dollar sign) that are understood. `$select` is met by saying
/// more than was selected.
const OPTIONS: [&str; 5] = ["$filter", "$orderby", "$skip", "$top", "$select"];

/// The parameters of a request.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the part of a URL after `?`.
    pub(super) fn parse(query: &str) -> Result<Self, ODataError> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let is_known = |name: &str| OPTIONS.iter().any(|known| known.eq_ignore_ascii_case(name));
        if pairs.iter().any(|(name, _)| name.starts_with('$') && !is_known(name)) {
            return Err(ODataError::Option);
        }
        Ok(Self(pairs))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut all = self.0.iter();
        all.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A text, which stands in quotes; nothing if it is not there.
    pub(super) fn quoted(&self, name: &'static str) -> Result<Option<String>, ODataError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        Ok(Some(unquoted(text.trim()).ok_or(ODataError::Parameter(name))?))
    }

    /// Texts in quotes with bars between them; none if there is nothing in the quotes.
    pub(super) fn list(&self, name: &'static str) -> Result<Vec<String>, ODataError> {
        let text = self.quoted(name)?.unwrap_or_default();
        if text.is_empty() {
            return Ok(Vec::new());
        }
        Ok(text.split('|').map(|part| part.trim().to_owned()).collect())
    }

    /// Whether it is true; if it is not there it is not.
    pub(super) fn is_true(&self, name: &'static str) -> Result<bool, ODataError> {
        let text = self.get(name).unwrap_or_default().trim().trim_matches('\'');
        match text.to_ascii_lowercase().as_str() {
            "true" => Ok(true),
            "false" | "" => Ok(false),
            _ => Err(ODataError::Parameter(name)),
        }
    }

    pub(super) fn number(&self, name: &'static str) -> Result<Option<usize>, ODataError> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number);
        Ok(Some(number.ok_or(ODataError::Parameter(name))?))
    }

    pub(super) fn order(&self) -> Result<Order, ODataError> {
        Order::parse(self.get("$orderby").unwrap_or_default())
            .ok_or(ODataError::Parameter("$orderby"))
    }
}
