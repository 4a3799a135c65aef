//! Times as text.

use std::fmt;

const DAY: i64 = 86_400_000;

/// A time in milliseconds since 1970-01-01T00:00:00Z, shown as RFC 3339 in UTC with milliseconds, the
/// form JavaScript's `Date.prototype.toISOString` gives: `2026-11-23T17:56:12.119Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rfc3339(pub(crate) i64);

impl fmt::Display for Rfc3339 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.0.div_euclid(DAY));
        let time = self.0.rem_euclid(DAY);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
            time / 3_600_000,
            time / 60_000 % 60,
            time / 1000 % 60,
            time % 1000
        )
    }
}

/// Year, month and day of the proleptic Gregorian calendar, from days since 1970-01-01.
///
/// Years are counted from March, so that the leap day comes last, in eras of 400 years, which all have
/// the same 146 097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times() {
        for (milliseconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_251_199_999, "2024-02-29T23:59:59.999Z"),
            (1_795_456_572_119, "2026-11-23T17:56:12.119Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Rfc3339(milliseconds).to_string(), text);
        }
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut previous = civil(-1);
        for days in 0..146_097 {
            let (year, month, day) = civil(days);
            let (last_year, last_month, last_day) = previous;
            let next_in_month = (year, month, day) == (last_year, last_month, last_day + 1);
            let first_of_month = day == 1
                && last_day >= 28
                && (12 * year + month) == (12 * last_year + last_month + 1);
            assert!(next_in_month || first_of_month, "{previous:?} then {:?}", (year, month, day));
            previous = (year, month, day);
        }
        assert_eq!(previous, (2369, 12, 31));
    }

    #[test]
    fn no_time_is_too_far_away() {
        for milliseconds in [i64::MIN, i64::MAX] {
            assert!(Rfc3339(milliseconds).to_string().ends_with('Z'));
        }
    }
}
