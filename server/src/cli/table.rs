//! Tables for people.

/// Lays rows out under their heads, each column as wide as its widest cell. The cells hold what
/// people typed elsewhere, so characters that steer a terminal become spaces.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: Vec<[String; N]>) -> String {
    let heads = heads.map(str::to_uppercase);
    let lines: Vec<[String; N]> = std::iter::once(heads)
        .chain(rows.into_iter().map(|row| row.map(|cell| plain(&cell))))
        .collect();
    let widths: [usize; N] = std::array::from_fn(|column| {
        lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
    });
    let lines: Vec<String> = lines
        .iter()
        .map(|line| {
            let cells: Vec<String> =
                line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            cells.join("  ").trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}

fn plain(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_heads() {
        let rows = vec![
            ["ana".to_owned(), "ana@example.com".to_owned(), "yes".to_owned()],
            ["wilhelmine".to_owned(), "w@example.com".to_owned(), String::new()],
        ];
        assert_eq!(
            table(["name", "e-mail", "admin"], rows),
            "NAME        E-MAIL           ADMIN\n\
             ana         ana@example.com  yes\n\
             wilhelmine  w@example.com"
        );
    }

    #[test]
    fn a_cell_cannot_steer_the_terminal() {
        let rows = vec![["a\u{1b}[31m\nb".to_owned()]];
        assert_eq!(table(["x"], rows), "X\na [31m b");
    }
}
