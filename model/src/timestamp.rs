//! Moments in time, and how they are said in words.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Milliseconds in a day.
const DAY: i64 = 86_400_000;

impl Timestamp {
    /// The moment `milliseconds` after the epoch.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The last millisecond of a date, UTC: an expiry date includes its whole day.
    pub fn end_of(date: Date) -> Self {
        Self(days_since_epoch(date) * DAY + DAY - 1)
    }

    /// The first millisecond of a date, UTC.
    pub fn start_of(date: Date) -> Self {
        Self(days_since_epoch(date) * DAY)
    }

    /// This moment's date in UTC; the last representable one for moments beyond the calendar.
    pub fn date(self) -> Date {
        self.date_time().date()
    }

    /// The moment `duration` later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment `duration` earlier.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The time from `earlier` to this moment; zero if it lies ahead.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// `Monday 22 February 2027`.
    pub fn long_date(self) -> String {
        let date = self.date();
        format!("{} {} {} {}", date.weekday(), date.day(), date.month(), date.year())
    }

    /// `22 Feb 2027`.
    pub fn short_date(self) -> String {
        let date = self.date();
        let month = date.month().to_string();
        format!("{} {} {}", date.day(), month.get(..3).unwrap_or(&month), date.year())
    }

    /// `2027-02-22` (ISO 8601).
    pub fn iso_date(self) -> String {
        let date = self.date();
        format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
    }

    /// `22 Feb 2027, 14:05 UTC`.
    pub fn date_and_time(self) -> String {
        let at = self.date_time();
        format!("{}, {:02}:{:02} UTC", self.short_date(), at.hour(), at.minute())
    }

    /// How long ago this was at `now`, roughly, as people say it: `3 minutes ago`, `just now`.
    pub fn ago(self, now: Self) -> String {
        match now.since(self).as_secs() {
            0..45 => "just now".to_owned(),
            seconds => format!("{} ago", rough_span(seconds)),
        }
    }

    /// How far ahead of `now` this lies, roughly: `in 39 days`.
    pub fn ahead(self, now: Self) -> String {
        format!("in {}", rough_span(self.since(now).as_secs()))
    }

    fn date_time(self) -> OffsetDateTime {
        let nanoseconds = i128::from(self.0) * 1_000_000;
        OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
            .unwrap_or_else(|_| Date::MAX.midnight().assume_utc())
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 with milliseconds, UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.date_time();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
            at.year(),
            u8::from(at.month()),
            at.day(),
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }
}

fn days_since_epoch(date: Date) -> i64 {
    i64::from(date.to_julian_day()) - 2_440_588
}

fn rough_span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..60 => (seconds.max(1), "second"),
        60..5_400 => ((seconds + 30) / 60, "minute"),
        5_400..129_600 => ((seconds + 1_800) / 3_600, "hour"),
        _ => ((seconds + 43_200) / 86_400, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_803_297_600_000);

    #[test]
    fn says_dates_in_words() {
        assert_eq!(NOON.long_date(), "Monday 22 February 2027");
        assert_eq!(NOON.short_date(), "22 Feb 2027");
        assert_eq!(NOON.iso_date(), "2027-02-22");
        assert_eq!(NOON.date_and_time(), "22 Feb 2027, 12:00 UTC");
        assert_eq!(NOON.to_string(), "2027-02-22T12:00:00.000Z");
    }

    #[test]
    fn a_date_includes_its_whole_day() {
        assert_eq!(Timestamp::end_of(NOON.date()).to_string(), "2027-02-22T23:59:59.999Z");
        assert_eq!(Timestamp::start_of(NOON.date()).to_string(), "2027-02-22T00:00:00.000Z");
    }

    #[test]
    fn says_spans_roughly() {
        let minutes = |count: u64| NOON.minus(Duration::from_secs(count * 60));
        assert_eq!(minutes(0).ago(NOON), "just now");
        assert_eq!(minutes(3).ago(NOON), "3 minutes ago");
        assert_eq!(minutes(120).ago(NOON), "2 hours ago");
        assert_eq!(minutes(60 * 24 * 94).ago(NOON), "94 days ago");
        assert_eq!(NOON.plus(Duration::from_hours(39 * 24)).ahead(NOON), "in 39 days");
    }

    #[test]
    fn moments_beyond_the_calendar_do_not_panic() {
        assert!(!Timestamp::from_millis(i64::MAX).to_string().is_empty());
        assert!(!Timestamp::from_millis(i64::MIN).long_date().is_empty());
    }
}
