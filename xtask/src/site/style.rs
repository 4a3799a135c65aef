//! The style sheets in `style/` as one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions, StyleSheet};
use lightningcss::targets::{Browsers, Targets};

/// The oldest browsers served. Everything newer than what they know is kept as written, so nested
/// rules, `light-dark()` and `oklch()` reach the browser untouched.
const BROWSERS: Browsers = Browsers {
    android: None,
    chrome: Some(125 << 16),
    edge: None,
    firefox: Some(128 << 16),
    ie: None,
    ios_saf: None,
    opera: None,
    safari: Some(17 << 16 | 5 << 8),
    samsung: None,
};

/// The files `*.css` directly in `folder`, minified, one after the other in the order of their names.
///
/// # Errors
/// Names file, line and column where a style sheet does not parse: nothing broken is ever shipped.
pub(super) fn bundle(folder: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    files.sort();
    ensure!(!files.is_empty(), "no style sheet in {}", folder.display());

    files.iter().map(|file| minified(file)).collect()
}

/// One style sheet, minified. Each by itself, so that an error names its own line.
fn minified(file: &Path) -> Result<String> {
    let source =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    minify(&source).with_context(|| format!("in {}", file.display()))
}

fn minify(source: &str) -> Result<String> {
    let targets = Targets::from(BROWSERS);
    let mut sheet = StyleSheet::parse(source, ParserOptions::default()).map_err(|error| {
        let place = error.loc.as_ref().map_or_else(String::new, |place| {
            // The library counts lines from nought.
            format!("line {}, column {}: ", place.line + 1, place.column)
        });
        anyhow!("{place}{}", error.kind)
    })?;
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() })?;
    let printed =
        sheet.to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::minify;

    #[test]
    fn comments_and_white_space_go_and_layers_stay_in_order() {
        let source = "/* why */ @layer reset, base;\n@layer base { a { color: #ffffff; } }\n";
        assert_eq!(minify(source).unwrap(), "@layer reset;@layer base{a{color:#fff}}");
    }

    #[test]
    fn modern_syntax_is_kept() {
        let source =
            ".card { color: light-dark(oklch(24% .02 255), #eaedf1); & .title { margin: 0 } }";
        assert_eq!(
            minify(source).unwrap(),
            ".card{color:light-dark(oklch(24% .02 255),#eaedf1);& .title{margin:0}}"
        );
    }

    #[test]
    fn a_mistake_is_an_error_that_names_its_place() {
        let error = minify("a { color: red; }\nb { color red; }\n").unwrap_err().to_string();
        assert!(error.starts_with("line 2, column 10: "), "{error}");
        for mistake in ["a..b { color: red }", "a } b { color: red }", "@media (a { b { c: d } }"] {
            assert!(minify(mistake).is_err(), "{mistake}");
        }
    }
}
