//! When a token ends, as people write it.

use std::{str::FromStr, time::Duration};

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use crate::timestamp::Timestamp;

/// An expiry as given on the command line or in a form: `90d`, `2027-02-22` or `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expiry {
    /// At the end of the day, UTC, so many days from now.
    Days(u16),
    /// At the end of this day, UTC; days since 1970-01-01.
    On(Timestamp),
    /// Not at all.
    Never,
}

/// Why an expiry is refused. The sentences are shown beside the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadExpiry {
    /// The text has none of the three forms.
    #[error("Write an expiry as a number of days (90d), a date (2027-02-22) or “never”.")]
    Unreadable,
    /// The moment lies in the past.
    #[error("This date has passed. Choose one from today on.")]
    Past,
    /// Beyond what a calendar of token lives holds.
    #[error("An expiry lies at most ten years ahead. Choose a nearer one, or “never”.")]
    TooFar,
    /// The operator limits how long tokens live.
    #[error("On this server a token lives at most {0} days. Choose a nearer date.")]
    OverPolicy(u64),
}

/// An expiry that the form offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryOffer {
    /// What the form sends: `90d` or `never`.
    pub value: String,
    /// Its name: `90 days`.
    pub label: String,
    /// The last day in words; `None` for never.
    pub last_day: Option<String>,
}

/// The expiries that the form offers at `now`, as far as `longest` allows.
pub fn offers(now: Timestamp, longest: Option<Duration>) -> Vec<ExpiryOffer> {
    let days = [7, 30, 90, 180, 365]
        .map(|days| (format!("{days}d"), format!("{days} days"), Expiry::Days(days)));
    let never = ("never".to_owned(), "Never".to_owned(), Expiry::Never);
    days.into_iter()
        .chain([never])
        .filter_map(|(value, label, expiry)| {
            let at = expiry.at(now, longest).ok()?;
            Some(ExpiryOffer { value, label, last_day: at.map(Timestamp::long_date) })
        })
        .collect()
}

/// Ten years and their leap days.
const FARTHEST: Duration = Duration::from_hours(24 * 3_653);

impl Expiry {
    /// The moment it stands for at `now`; `None` for never. `longest` is the operator's limit.
    pub fn at(
        self,
        now: Timestamp,
        longest: Option<Duration>,
    ) -> Result<Option<Timestamp>, BadExpiry> {
        let at = match self {
            Self::Never => None,
            Self::On(at) => Some(at),
            Self::Days(days) => {
                let later = now.plus(Duration::from_hours(24 * u64::from(days)));
                Some(Timestamp::end_of(later.date()))
            }
        };
        let days = |span: Duration| span.as_secs() / 86_400;
        match (at, longest) {
            (None, Some(limit)) => Err(BadExpiry::OverPolicy(days(limit))),
            (Some(at), _) if at <= now => Err(BadExpiry::Past),
            // The day counts whole: a limit of 90 days allows the end of the ninetieth.
            (Some(at), Some(limit)) if days(at.since(now)) > days(limit) => {
                Err(BadExpiry::OverPolicy(days(limit)))
            }
            (Some(at), _) if at.since(now) > FARTHEST => Err(BadExpiry::TooFar),
            _ => Ok(at),
        }
    }
}

/// A date written `YYYY-MM-DD` (ISO 8601).
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.trim().splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (year.len(), month.len(), day.len()) != (4, 2, 2)
        || ![year, month, day].map(digits).iter().all(|ok| *ok)
    {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

impl FromStr for Expiry {
    type Err = BadExpiry;

    fn from_str(text: &str) -> Result<Self, BadExpiry> {
        let text = text.trim();
        if text == "never" {
            return Ok(Self::Never);
        }
        if let Some(date) = parse_date(text) {
            return Ok(Self::On(Timestamp::end_of(date)));
        }
        let days = text.strip_suffix('d').ok_or(BadExpiry::Unreadable)?;
        match days.parse::<u16>() {
            Ok(0) | Err(_) => Err(BadExpiry::Unreadable),
            Ok(days) => Ok(Self::Days(days)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_521_600_000); // 24 Nov 2026, 12:00 UTC

    fn at(text: &str) -> Result<Option<Timestamp>, BadExpiry> {
        text.parse::<Expiry>()?.at(NOW, None)
    }

    #[test]
    fn reads_the_three_forms() {
        assert_eq!(at("never"), Ok(None));
        assert_eq!(at("90d").unwrap().unwrap().to_string(), "2027-02-22T23:59:59.999Z");
        assert_eq!(at("2027-02-22").unwrap().unwrap().to_string(), "2027-02-22T23:59:59.999Z");
        assert_eq!(at("2026-11-24").unwrap().unwrap().to_string(), "2026-11-24T23:59:59.999Z");
    }

    #[test]
    fn refuses_the_rest_with_its_reason() {
        for text in
            ["", "0d", "90", "-3d", "2027-2-22", "2027-02-30", "70000d", "soon", "+027-02-22"]
        {
            assert_eq!(at(text), Err(BadExpiry::Unreadable), "{text}");
        }
        assert_eq!(at("2026-11-23"), Err(BadExpiry::Past));
        assert_eq!(at("2099-01-01"), Err(BadExpiry::TooFar));
    }

    #[test]
    fn the_form_offers_what_is_allowed() {
        let offers = |longest| offers(NOW, longest);
        let (first, last) = (&offers(None)[0], &offers(None)[5]);
        assert_eq!((first.value.as_str(), first.label.as_str()), ("7d", "7 days"));
        assert_eq!(first.last_day.as_deref(), Some("Tuesday 1 December 2026"));
        assert_eq!((last.value.as_str(), &last.last_day), ("never", &None));
        let values = |days: u64| -> Vec<String> {
            offers(Some(Duration::from_hours(24 * days)))
                .into_iter()
                .map(|offer| offer.value)
                .collect()
        };
        assert_eq!(values(90), ["7d", "30d", "90d"]);
        assert!(values(3).is_empty());
    }

    #[test]
    fn the_operator_limits_lives() {
        let limit = Some(Duration::from_hours(24 * 90));
        assert_eq!(Expiry::Never.at(NOW, limit), Err(BadExpiry::OverPolicy(90)));
        assert_eq!(Expiry::Days(91).at(NOW, limit), Err(BadExpiry::OverPolicy(90)));
        assert!(Expiry::Days(90).at(NOW, limit).is_ok());
    }
}
