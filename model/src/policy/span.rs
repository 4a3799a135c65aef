//! Durations as settings write them: `90m`, `2h`, `365d`.

use std::time::Duration;

/// Units in seconds, the largest first.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// Reads a whole number and a unit; `0` needs no unit.
pub(super) fn read(text: &str) -> Option<Duration> {
    let text = text.trim().to_ascii_lowercase();
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let worth = UNITS.iter().find(|(name, _)| *name == unit.trim_start())?.1;
    number.parse::<u64>().ok()?.checked_mul(worth).map(Duration::from_secs)
}

/// Writes a duration in the largest unit in which it is a whole number.
pub(super) fn write(span: Duration) -> String {
    let seconds = span.as_secs();
    let unit = UNITS.iter().find(|(_, worth)| seconds > 0 && seconds.is_multiple_of(*worth));
    unit.map_or_else(|| "0".to_owned(), |(name, worth)| format!("{}{name}", seconds / worth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written() {
        for (text, seconds) in
            [("0", 0), ("90s", 90), ("15m", 900), ("2h", 7_200), ("7d", 604_800), ("25h", 90_000)]
        {
            assert_eq!(read(text), Some(Duration::from_secs(seconds)), "{text}");
            assert_eq!(write(Duration::from_secs(seconds)), text);
        }
        assert_eq!(write(Duration::from_hours(2)), "2h");
        assert_eq!(read(" 24 H "), Some(Duration::from_hours(24)));
        for text in ["", "2", "h", "1h30m", "-2h", "1w", "99999999999999999d"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
