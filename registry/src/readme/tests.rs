use std::time::{Duration, Instant};

use super::*;

/// What hostile READMEs try. None of it may leave an element, an attribute or an address that does
/// anything but lead to another site.
const HOSTILE: [&str; 44] = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"https://evil.example/a.png\" onload=\"alert(1)\" style=\"position:fixed\">",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](https://evil.example/\"onerror=\"alert(1))",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox)",
    "[x](//evil.example)",
    "[x](/sign-out)",
    "[x](#main)",
    "<javascript:alert(1)>",
    "<a href=\"javascript&colon;alert(1)\">x</a>",
    "<a href=\" javascript:alert(1)\">x</a>",
    "<a href='https://evil.example' onclick='alert(1)' target=_top id=main class=button>x</a>",
    "<a href=https://evil.example/\"onmouseover=alert(1)>x</a>",
    "<svg onload=alert(1)><animate onbegin=alert(1)></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<iframe src=\"https://evil.example\"></iframe>",
    "<iframe srcdoc=\"<script>alert(1)</script>\">",
    "<object data=\"https://evil.example\"></object><embed src=\"https://evil.example\">",
    "<form action=\"https://evil.example\"><input name=password type=password><button>Sign in</button></form>",
    "<button formaction=\"javascript:alert(1)\">x</button>",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<link rel=stylesheet href=\"https://evil.example/x.css\">",
    "<style>body { display: none }</style>",
    "<div style=\"position:fixed;inset:0\" class=\"dialog\" id=\"main\" role=\"alert\">x</div>",
    "<template><script>alert(1)</script></template>",
    "<textarea></textarea><script>alert(1)</script>",
    "<xmp><script>alert(1)</script></xmp>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video>",
    "<x contenteditable onblur=alert(1) tabindex=1 autofocus>x</x>",
    "</div></main><h1>Sign in</h1><p",
];

/// Every tag of sanitised HTML: names with their attributes.
fn tags(html: &str) -> Vec<String> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap().to_owned()).collect()
}

#[test]
fn nothing_hostile_is_left() {
    for hostile in HOSTILE {
        for markdown in [
            hostile.to_owned(),
            format!("text {hostile} text"),
            format!("# {hostile}\n\n- {hostile}\n\n> {hostile}\n"),
            format!("| a |\n|---|\n| {hostile} |\n"),
            format!("[{hostile}](https://example.com)"),
            format!("![{hostile}](https://example.com/a.png)"),
            format!("[a]: https://example.com \"{hostile}\"\n\n[a]"),
            format!("<p title='{hostile}'>{hostile}"),
        ] {
            let html = to_html(&markdown);
            for tag in tags(&html) {
                let (name, attributes) = tag.split_once(' ').unwrap_or((&tag, ""));
                let name = name.trim_start_matches('/');
                assert!(ELEMENTS.contains(&name), "{name} of {markdown}: {html}");
                let allowed: &[&str] = match name {
                    "a" => {
                        &["href=\"http", "href=\"mailto:", "title=\"", "rel=\"external nofollow"]
                    }
                    "ol" => &["start=\""],
                    "details" => &["open=\""],
                    "table" => &["tabindex=\"0\""],
                    _ => &[],
                };
                // Attributes are written with double quotes, which are encoded in values.
                for attribute in attributes.split("\" ").filter(|attribute| !attribute.is_empty()) {
                    assert!(
                        allowed.iter().any(|start| format!("{attribute}\"").starts_with(start)),
                        "{attribute} of {markdown}: {html}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_readmes_are_made_of_is_kept() {
    let html = to_html(
        "# Acme\n\nSome *text*, **more** and `code`. [Site](https://example.com \"t\")\n\n\
         ## Use\n\n```js\nlet a = \"<b>\";\n```\n\n- [x] done\n- [ ] open\n\n\
         | a | b |\n|---|:-:|\n| 1 | ~~2~~ |\n\n3. three\n\n<details><summary>More</summary>\n\ntext\n\n</details>\n",
    );
    for part in [
        "<h3>Acme</h3>",
        "<h4>Use</h4>",
        "Some <em>text</em>, <strong>more</strong> and <code>code</code>.",
        "<a href=\"https://example.com\" title=\"t\" rel=\"external nofollow noopener noreferrer\">Site</a>",
        "<pre><code>let a = \"&lt;b&gt;\";\n</code></pre>",
        "☑ done",
        "☐ open",
        "<table tabindex=\"0\">",
        "<td><del>2</del></td>",
        "<ol start=\"3\">",
        "<details><summary>More</summary>",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(to_html(""), "");
    assert_eq!(to_html("<!-- nothing -->\n"), "");
}

#[test]
fn pictures_become_links_with_their_words() {
    let link = |address: &str, words: &str| {
        format!("<a href=\"{address}\" rel=\"external nofollow noopener noreferrer\">{words}</a>")
    };
    for (markdown, html) in [
        ("![Logo](https://example.com/a.png)", link("https://example.com/a.png", "Logo")),
        (
            "<img alt='A \"B\"' src='https://example.com/a.png'>",
            link("https://example.com/a.png", "A \"B\""),
        ),
        ("![](https://example.com/a.png)", link("https://example.com/a.png", "Image")),
        (
            "[![build](https://ci.example/b.svg)](https://ci.example)",
            link("https://ci.example", "build"),
        ),
        ("[![](https://ci.example/b.svg)](https://ci.example)", link("https://ci.example", "Link")),
        ("![Logo](logo.png)", "Logo".to_owned()),
        ("![Logo](data:image/png;base64,AAAA)", "Logo".to_owned()),
    ] {
        let paragraph = to_html(markdown);
        let inner = paragraph.trim_start_matches("<p>").trim_end_matches("</p>");
        assert_eq!(inner, html, "{markdown}");
    }
}

#[test]
fn what_is_written_wrongly_is_mended() {
    for (markdown, html) in [
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<b><i>a</b></i>", "<p><b><i>a</i></b></p>"),
        ("<div align=center><h1>A</h1></div>", "<div><h3>A</h3></div>"),
        ("<center>a</center>", "<div>a</div>"),
        ("a </p></div></main> b", "<p>a </p> b"),
        ("1 < 2", "<p>1 &lt; 2</p>"),
        ("<a href=https://a.example><a href=https://b.example>b", "Link"),
    ] {
        assert!(to_html(markdown).contains(html), "{markdown}: {}", to_html(markdown));
    }
}

/// Each of these makes some parsers quadratic or worse. The bound is generous: the tests are not
/// optimised.
#[test]
fn hostile_size_is_bounded() {
    let fill = |text: &str| text.repeat(LONGEST / text.len() + 1);
    let half = |text: &str| text.repeat(LONGEST / 2 / text.len());
    let formatting: String =
        (0..2000).fold(String::new(), |all, n| all + &format!("<b title={n}>"));
    let cells = format!("{}|\n{}|\n{}", "|a".repeat(9000), "|-".repeat(9000), "|\n".repeat(9000));
    for (name, markdown) in [
        ("quotes", fill(">")),
        ("lists", fill("- ")),
        ("emphasis", fill("*a_")),
        ("brackets", fill("[")),
        ("links", fill("[a](")),
        ("images", fill("![")),
        ("elements", fill("<div>")),
        ("paragraphs", format!("{formatting}{}", half("<p>"))),
        ("cells", cells),
        ("tables", fill("<table><tr><td>")),
        ("comments", fill("<!--")),
        ("tags", fill("<a ")),
        ("scripts", fill("<script></")),
        ("entities", fill("&amp;")),
        ("references", format!("[a]: https://e.example/{}\n\n{}", half("x"), half("[a]"))),
    ] {
        let began = Instant::now();
        let html = to_html(&markdown);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(5), "{name} took {took:?}");
        assert!(html.len() <= 2 * LONGEST_HTML + LONGEST, "{name} is {} bytes", html.len());
    }
}

#[test]
fn a_long_readme_is_cut_at_a_character() {
    let html = to_html(&"ä".repeat(LONGEST));
    assert_eq!(html.matches('ä').count(), LONGEST / 2);
}
