//! Numbers as people read them.

/// `12,304`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 download`, `12,304 downloads`.
pub(crate) fn counted(number: u64, one: &str) -> String {
    format!("{} {one}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A length in bytes: `84 kB`, `1.2 MB`. The units are powers of ten (ISO/IEC 80000-13).
pub(crate) fn size(bytes: u64) -> String {
    if bytes < 1000 {
        return counted(bytes, "byte");
    }
    let mut tenths = bytes.saturating_add(50) / 100;
    let mut units = ["kB", "MB", "GB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while tenths >= 10_000 {
        let Some(next) = units.next() else { break };
        tenths = tenths.saturating_add(500) / 1000;
        unit = next;
    }
    match tenths {
        0..100 => format!("{}.{} {unit}", tenths / 10, tenths % 10),
        _ => format!("{} {unit}", count(tenths.saturating_add(5) / 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (12_304, "12,304"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(number), text);
        }
        assert_eq!(counted(1, "download"), "1 download");
        assert_eq!(counted(2000, "download"), "2,000 downloads");
    }

    #[test]
    fn sizes_have_two_digits_or_more() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 kB"),
            (1250, "1.3 kB"),
            (84_312, "84 kB"),
            (999_949, "1,000 kB"),
            (1_200_000, "1.2 MB"),
            (3_100_000_000, "3.1 GB"),
            (u64::MAX, "18,446,744,074 GB"),
        ] {
            assert_eq!(size(bytes), text, "{bytes}");
        }
    }
}
