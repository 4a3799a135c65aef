//! Lengths of files in words.

/// A length in bytes, in units of 1000 as disks and downloads are counted: `512 B`, `84 kB`,
/// `3.1 GB`. Below ten of a unit there is one digit after the point.
pub fn in_words(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    // Tenths of the unit, rounded to the nearest; what is rounded to 1000 is one of the next.
    let mut unit = 1000_u64;
    for (index, name) in UNITS.iter().enumerate() {
        let tenths = bytes / (unit / 10) + u64::from(bytes % (unit / 10) >= unit / 20);
        let is_last = index + 1 == UNITS.len();
        if tenths < 100 {
            return format!("{}.{} {name}", tenths / 10, tenths % 10);
        }
        let whole = bytes / unit + u64::from(bytes % unit >= unit / 2);
        if whole < 1000 || is_last {
            return format!("{whole} {name}");
        }
        unit *= 1000;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn lengths_are_rounded_to_what_matters() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (9_949, "9.9 kB"),
            (9_950, "10 kB"),
            (84_499, "84 kB"),
            (84_500, "85 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (3_140_000_000, "3.1 GB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(in_words(bytes), words, "{bytes}");
        }
    }
}
