//! Words, scraps and values that specs to try are put together from.

use crate::tree;
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;

/// Names that mean something somewhere, and some that nearly do.
const WORDS: &str = "\
    mlc project description owner params include vars schema rows columns extends drop \
    dataset disjoint with stage desc matrix cmd wdir deps outs metrics plots env resources \
    cpus memory gpus retry backoff timeout frozen always meta allow provides thresholds size \
    latency p99 against production rise ratio targets dvc unique isin notin matches mean std \
    quantile length null-share int float? str bool date datetime category service rollout \
    monitor retrain registry ci cdm stgae tru true null inf -inf nan _ - é 日本 a.b x? train a \
    b";

/// Signs and pieces of values, right and wrong, with a blank between them.
const SCRAPS: &str = r##"{ } ( ) [ ] = ; , : \ " ' ` # ## """ #" "# /- // /* */ {{ }} {{m}} ${ ${{ $ @ ~ | & ! ? * - -- + \
    .. ./ / C: > < >= <= == != => =< ≥ “ ” ’ （ ） ＝ >=5 <0.5 <="5%" drop<=0.1 ratio>1 =1 a= 0x 0b1 1e 1e999 1_0 _1 .5 5% 30s \
    99999999999999999999999999999999999999999999 -9223372036854775809 1e-400 \u{0} \u{d800} \u{dfff} \u{110000} \u{ \n \q \ \
    #true #false #null #inf #-inf #nan #tru 😀 e\u{301} ﬃ"##;

/// Blanks, line ends and characters that are not seen.
const UNSEEN: &[&str] = &[
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    "    ",
    "\\\n",
    "\u{feff}",
    "\0",
    "\u{85}",
    "\u{a0}",
    "\u{2028}",
    "\u{202e}",
    "\u{200d}",
    "\u{10ffff}",
    "\u{301}",
    "\u{7f}",
    "\u{1b}[0m",
];

/// A word of the language, or nearly one.
pub(super) fn word() -> impl Strategy<Value = &'static str> + Clone {
    select(WORDS.split(' ').collect::<Vec<_>>())
}

fn scrap() -> impl Strategy<Value = String> + Clone {
    let scraps: Vec<&str> = SCRAPS.split_whitespace().chain(UNSEEN.iter().copied()).collect();
    select(scraps).prop_map(str::to_owned)
}

/// Anything that may be typed somewhere.
pub(super) fn token() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        5 => word().prop_map(|word| format!("{word} ")),
        4 => scrap(),
        2 => string(),
        2 => select(mistakes()),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ]
}

/// What the corpora of mistakes put into specs.
fn mistakes() -> Vec<String> {
    let corpora = tree::texts("specs/mistakes", ".txt");
    let lines = corpora.iter().flat_map(|file| file.text.lines());
    let texts = lines.filter_map(|line| line.strip_prefix("+ "));
    texts.map(|text| text.replace("\\n", "\n").replace("\\t", "\t")).collect()
}

fn inside() -> impl Strategy<Value = String> + Clone {
    let piece = prop_oneof![
        4 => "[a-z0-9/._ -]{0,8}",
        2 => scrap(),
        1 => select(&["data/a.csv", "src/a.py", "out/{{ m }}.txt", "30s", "1h30m", "5%", "4GiB", "parts/*.kdl", "../x", "(?<a>"][..])
            .prop_map(str::to_owned),
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// All kinds of strings; sometimes not closed.
fn string() -> impl Strategy<Value = String> + Clone {
    let escaped =
        |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace(['\n', '\r'], "\\n");
    (inside(), 0..9_u8).prop_map(move |(text, kind)| match kind {
        0..=3 => format!("\"{}\"", escaped(&text)),
        4 => format!("#\"{text}\"#"),
        5 => format!("##\"{text}\"##"),
        6 => format!("\"\"\"\n    {text}\n    \"\"\""),
        7 => format!("#\"\"\"\n  {text}\n\n  \"\"\"#"),
        _ => format!("\"{text}"),
    })
}

/// A value, a bound, or what stands where one should.
fn value() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        4 => string(),
        3 => word().prop_map(str::to_owned),
        2 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:?}")),
        2 => (select(&[">", "<", ">=", "<=", "drop<", "rise>=", "ratio>", "="][..]), any::<i16>())
            .prop_map(|(sign, number)| format!("{sign}{number}")),
        1 => scrap(),
    ]
}

/// What stands behind a node's name.
pub(super) fn entry() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        6 => value(),
        2 => (word(), value()).prop_map(|(key, value)| format!("{key}={value}")),
        1 => value().prop_map(|value| format!("/-{value}")),
        1 => value().prop_map(|value| format!("(t){value}")),
        1 => Just("/* c */".to_owned()),
        1 => Just("\\\n".to_owned()),
    ]
}
