//! Specs that once broke something, or look as if they would. Unaware of what is made of them.

/// Repeated until something gives way.
const PIECES: &[&str] = &[
    "{",
    "}",
    "a {",
    "a {\n",
    "{}",
    "{ }",
    "}{",
    "/-",
    "/- ",
    "/- a ",
    "/-{",
    "/-a{",
    "a /-{ ",
    "/-{}",
    "/* ",
    "*/",
    "/**/",
    "\"",
    "'",
    "#\"",
    "\"#",
    "##\"",
    "\"\"\"",
    "\"\"\"\n",
    "{{",
    "}}",
    "{{ a }}",
    "${",
    "(",
    ")",
    "(a)",
    "(a",
    "=",
    "a=",
    "a=\"",
    "=>",
    ">=",
    ";",
    "\\",
    "\\\n",
    "#",
    "//",
    "//\n",
    "\0",
    "\u{feff}",
    "\r",
    "\r\n",
    ",",
    ":",
    ">",
    "<",
    "a\n",
    "é",
    "😀",
    "mlc 1\n",
    "stage a\n",
    "stage a {\n",
    "stage a { cmd \"x\" }\n",
    "stage ",
    "\"a\" ",
    "[",
    "]",
    "[]",
    "->",
    "- ",
    "\u{2028}",
    "\t",
    " ",
    "“",
    "’",
    "`",
    "\"\n",
    "x \"\\u{d800}\"\n",
    "x \"\\q\"\n",
    "x 9999999999999999999999\n",
    "x #inf\n",
    "x 1e999\n",
    "?",
    "@",
    "1",
    "-",
    "+",
    "true ",
];

/// Repeated within something that is right.
const INNER: &[&str] = &[
    "{", "}", "/-", "/-{ ", "\"", "{{", "(", ")", "#", "a ", "\"x\" ", ">=1 ", "x=1 ", "\\\n", "[",
    "]", ", ", "= ", ": ", "/* ", "a { ", "a {}\n", "'", "“", "; ", "}\n",
];

pub(super) fn hostile() -> Vec<String> {
    let mut texts: Vec<String> = PIECES.iter().flat_map(|text| many(text)).collect();
    texts.extend(INNER.iter().flat_map(|text| within(&text.repeat(2000))));
    texts.extend(nested());
    texts.extend(long());
    texts
}

fn many(text: &str) -> [String; 5] {
    [1, 2, 100, 700, 5000].map(|count| text.repeat(count))
}

fn within(long: &str) -> [String; 5] {
    [
        format!("mlc 1\nstage a {{ cmd {long} }}"),
        format!("mlc 1\nstage a {{ cmd \"{}\"; outs \"x\" }}", long.replace(['"', '\\'], "")),
        format!("mlc 1\nschema s {{ columns {{ c int {long} }} }}"),
        format!("mlc 1\nvars {{ a {long} }}"),
        format!("mlc 1\nstage a {{\n    cmd \"x\"\n    {long}\n}}\n"),
    ]
}

/// Each kind of bracket within itself, closed again.
fn nested() -> Vec<String> {
    let pairs = [
        ("a {", "}"),
        ("a {\n", "}\n"),
        ("{", "}"),
        ("(", ")"),
        ("[", "]"),
        ("/-a {", "}"),
        ("/*", "*/"),
        ("{{", "}}"),
        ("a (", ")"),
        ("a [", "]\n"),
        ("stage a { meta { a ", "}}"),
        ("/-{ a ", "}"),
        ("a /-{", "}"),
        ("\"{{", "}}\""),
    ];
    let depths = [3, 5, 20, 70, 300, 10_000];
    let text = |(open, close): (&str, &str), depth| {
        format!("mlc 1\n{}{}\n", open.repeat(depth), close.repeat(depth))
    };
    pairs.iter().flat_map(|&pair| depths.map(|depth| text(pair, depth))).collect()
}

fn long() -> Vec<String> {
    let stage = |field: &str| {
        format!("mlc 1\nstage a {{ cmd \"x\"; outs \"o\"; {field} }}\ntargets {{ dvc }}\n")
    };
    let digits = "9".repeat(5000);
    vec![
        stage(&format!("meta {{ {}{} }}", "a {".repeat(500), "}".repeat(500))),
        stage(&format!("desc \"{}\"", "x".repeat(1_000_000))),
        stage(&format!("retry {digits}")),
        stage(&format!("timeout \"{digits}h\"")),
        stage(&format!("resources cpus={digits} memory=\"{digits}GiB\"")),
        stage(&format!("meta {{ a {digits}.{digits}e{digits} -{digits} 0x{digits} }}")),
        format!("mlc {digits}\n"),
        format!(
            "mlc 1\nschema s {{ rows >={digits}; columns {{ a int >=-{digits} <={digits} {{ mean >1e{digits} }} }} }}\n"
        ),
        format!("mlc 1\n{}", "a".repeat(100_000)),
        format!("mlc 1\n{} {{ }}\n", "é".repeat(100_000)),
    ]
}
