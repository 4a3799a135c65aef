//! Characters that deceive whoever reads a text.

/// Whether a character turns the direction of what follows (UAX #9).
pub const fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// Whether a character has no width, so that two texts with and without it look the same. Some
/// writings and emoji need it: where it is only read, it stays.
pub const fn has_no_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{feff}')
}
