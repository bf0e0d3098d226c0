//! What DVC reads in `dvc.yaml`, against what mlc would run.

use crate::scripts;
use crate::support::Project;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// What is written in commands, descriptions, names and options, and hard to carry over.
const NASTY: &str = r##"
mlc 1
project nasty { params "params.yaml"; description "${not} DVC's\n\n# twice" }
vars { who "O'Neil \"x\" \\ ${y}" }
dataset spaced "data/a b & c #1.csv"
stage kinds {
    matrix {
        model-name logreg "naïve-bayes" "forêt.2"
        rate 0.10 1e-3 1.0 7 -3 +5 0x10 1_000 9223372036854775808
        flag #true yes "null" "~" "2024-01-01" "0o17" "=" "!x" "%y" "[z]" "a,b" "-" "😀"
    }
    cmd "train {{ model-name }} --rate={{rate}} -f'{{ flag }}' ${HOME} $PATH $(pwd) $((1+1))"
    outs "out/{{ model-name }}/{{ rate }}/{{ flag }}.bin"
}
stage numbers {
    matrix { depth 1 2; wide 3 }
    cmd "{{ depth }}"
    deps "{{ depth }}"
    outs "{{ depth }}1" "{{ wide }}{{ depth }}"
    metrics "m{{ depth }}-{{ wide }}" cache=#false
}
stage only-value { matrix { depth 5 6 }; cmd "{{ depth }}" "a {{ depth }}"; outs "{{ depth }}" cache=#false }
stage variables {
    cmd "echo ${VAR} ${VAR:-x} ${#VAR} ${a.b[0]:-} $VAR $$ \\${x} \\\\${x} \\$x $\\{x} \"${VAR}\" '${VAR}' ${ {{ env.HOME }} $ {{ who }} \\{{ env.X }}"
    outs "variables"
}
stage backslashes {
    matrix { m a b }
    cmd "echo \\{{ m }} \\\\{{ m }} ${{{ m }}" "grep '\\{{ m }}\\{{ m }}' x"
    outs "backslashes-{{ m }}"
}
stage blanks { cmd "  echo lead and trail  "; outs "blanks" }
stage tabs { cmd "\techo\ta\t"; outs "tabs" }
stage colons { cmd "echo a: b # c - d"; outs "colons" }
stage dash { cmd "- echo"; outs "dash" }
stage quotes { cmd "'single'" "\"double\"" "\"" "'" "`x`" "!tag" "&a" "*b" "%c" "@d" "?" ": " "|" ">" "{" "[" "null" "true" "1" "1.5" "~"; outs "quotes" }
stage lines { cmd "for i in 1 2; do\n    echo $i\ndone\n"; outs "lines" }
stage leading-line { cmd "\n\necho x\n\n\necho y"; outs "leading-line" }
stage line-ends { cmd "echo a\recho b"; outs "line-ends" }
stage carriage { cmd "echo a\r\necho b\r\n"; outs "carriage" }
stage vertical { cmd "echo a\u{b}b"; outs "vertical" }
stage form-feed { cmd "echo a\u{c}b"; outs "form-feed" }
stage separators { cmd "echo a\u{1c}b\u{1d}c\u{1e}d"; outs "separators" }
stage next-line { cmd "echo a\u{85}b"; outs "next-line" }
stage paragraph { cmd "echo a\u{2028}b\u{2029}c"; outs "paragraph" }
stage unicode { cmd "echo ñ 日本 😀 \u{feff}\u{200d}\u{a0}x \u{7f}"; outs "unicode" }
stage long { cmd "echo aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbb   cccccccccccccccccccccccc: dddddddddddddddddddd # eeeeeeeeeeeeeeeee  "; outs "long" }
stage several { cmd "one" "two\nthree" "four\n"; outs "several" }
stage environment {
    matrix { m a b }
    cmd "echo $A" "a\nb"
    env A="with blank" B="it's" C="\"q\"" D="{{ m }}" E="x{{ m }}" F="{{ env.HOME }}/{{ m }} \"`\\" G="" H="${HOME}" I=1.50 J=#true K="a\nb"
    outs "environment-{{ m }}"
}
stage described {
    desc "a ${b} c\\${d}: # e\n  'f' \"g\" "
    cmd "true"
    outs "described/out" desc="${x}: 'y' #z" persist=#true push=#false
    metrics "described/m.json" cache=#false desc="" { provides a }
    plots "described/p.csv" x="${a}" y="b: c" title="#t ${u}" x-label="" y-label="'" template=linear header=#false cache=#false
    meta {
        note "${a}" "\\${b}"
        "odd ${key}: #" 1 2.50 #null #true "yes" "1"
        deep { "a.b" x=1 y="z ${w}"; flag }
        huge 123456789012345678901234567890
        small 1e-300
    }
}
stage parameters {
    cmd "true"
    params train.lr "we ird" "list.0"
    params "params.yaml" { "${dollar}" }
    params "other.json" { a.b; c }
    params "other.json" { d }
    params "conf/x y.toml"
    params "whole.yaml" { a }
    params "whole.yaml"
    outs "parameters"
}
stage inside {
    wdir "work dir/${1}"
    cmd "true"
    deps spaced "work dir/${1}/in.csv" "data/top.csv" numbers
    params train.lr
    params "work dir/${1}/params.yaml" { own }
    outs "work dir/${1}/out.csv" "side.csv"
}
stage crossing {
    wdir "forest"
    matrix { model forest other }
    cmd "true"
    deps "{{ model }}/in.csv"
    outs "{{ model }}/out.csv" "forest/{{ model }}.csv" "{{ model }}:1" "ab:{{ model }}" "forest/b:{{ model }}"
}
stage listed-twice {
    matrix { depth 1 2 }
    cmd "echo {{ depth }}"
    deps numbers "{{ depth }}1"
    outs "listed-twice-{{ depth }}"
}
stage paths {
    cmd "true"
    deps "data/a b.csv" "data/a&b.csv" "data/a#b.csv" "data/data:x.csv" "s3:x.csv" "remote:x.csv" "data/file:y" "other:z" "-x.csv" "data/ñ日本😀.csv" "data/it's \"q\".csv" "data/a${1}b.csv" "data/{x}.csv" "data/%41.csv" "data/ lead.csv" "data/=.csv" "data/a,b.csv" "data/n\u{303}.csv" "null" "true" "1" "1.5" "data/~x" "data/$x.csv"
    outs "o ut" "a&b" "out#1" "out:1" "-out" "日本" "it's" "\"q\"" "a${1}b" "{x}" "%41" "=" "a,b" "yes" "2" "2.50" "2024-01-01" "!x" "@x" "'" "out${2}" cache=#false persist=#true
}
stage frozen-one { cmd "true"; outs "frozen-out"; frozen }
stage always-one { cmd "true"; always }
targets { dvc }
"##;

const NASTY_FILES: &[(&str, &str)] = &[
    (
        "params.yaml",
        "train: {lr: 1e-4}\nwe ird: 1\nlist: [1]\n${dollar}: 1\nitem: 3\nHOME: wrong\nVAR: wrong\nx: wrong\n",
    ),
    ("other.json", r#"{"a": {"b": 1}, "c": 2, "d": 3}"#),
    ("conf/x y.toml", "a = 1\n"),
    ("whole.yaml", "a: 1\n"),
    ("data/a b & c #1.csv", ""),
    ("data/top.csv", ""),
    ("work dir/${1}/in.csv", ""),
    ("work dir/${1}/params.yaml", "own: 1\n"),
    ("forest/in.csv", ""),
    ("other/in.csv", ""),
    ("1", ""),
    ("2", ""),
];

#[test]
fn dvc_resolves_what_mlc_shows() {
    let Some(python) = scripts::python_with_dvc("dvc_resolves_what_mlc_shows") else { return };
    let mut files = NASTY_FILES.to_vec();
    files.push(("mlc.kdl", NASTY));
    let paths: Vec<String> = mentioned_paths();
    files.extend(paths.iter().map(|path| (path.as_str(), "")));
    assert_same_stages(&python, &files);
}

/// The `deps` of the stage `paths`, which must exist.
fn mentioned_paths() -> Vec<String> {
    let stage = NASTY.split_once("stage paths {").expect("it is there").1;
    let line = stage.lines().find_map(|line| line.trim().strip_prefix("deps ")).expect("a line");
    let read = line.replace("\\u{303}", "\u{303}").replace("\\\"", "\u{1}");
    let quoted = read.split('"').skip(1).step_by(2);
    quoted.map(|path| path.replace('\u{1}', "\"")).collect()
}

/// Builds a project and compares what DVC reads with what mlc would run, step by step.
fn assert_same_stages(python: &std::path::Path, files: &[(&str, &str)]) {
    let tree = mlc::testing::specs::Tree::new(files);
    let ours = tree.steps().unwrap_or_else(|errors| panic!("{errors}"));
    let project = Project::new(files);
    project.shell("git init -q && mkdir .dvc && touch .dvc/config");
    for (path, text) in tree.build().expect("it has steps") {
        project.write(&path, &text);
    }
    let root = project.root();
    let output = scripts::run(python, "dvc_stages.py", &[root.to_str().expect("text")], "");
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}\n{}", project.read("dvc.yaml"));
    let theirs: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ours: serde_json::Value = serde_json::from_str(&ours).expect("JSON");
    let (ours, theirs) = (ours.as_object().expect("a map"), theirs.as_object().expect("a map"));
    let mut wrong = Vec::new();
    for (name, step) in ours {
        let other = theirs.get(name).unwrap_or(&serde_json::Value::Null);
        for (field, value) in step.as_object().expect("a map") {
            if other.get(field) != Some(value) {
                let other = other.get(field).unwrap_or(&serde_json::Value::Null);
                wrong.push(format!("{name}.{field}\n  mlc {value}\n  DVC {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.join("\n"), project.read("dvc.yaml"));
    assert_eq!(ours.len(), theirs.len());
}

/// Strings of what DVC, YAML and shells read as more than text.
fn nasty_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => Just("${".to_owned()),
        2 => Just("}".to_owned()),
        3 => Just("\\".to_owned()),
        2 => Just("{{ m }}".to_owned()),
        1 => Just("{{ env.X }}".to_owned()),
        1 => Just("$".to_owned()),
        4 => proptest::sample::select(vec![
            "'", "\"", " ", "  ", "\n", ": ", " #", "- ", "item.m", "a", "x.y", "\t", "é", "😀",
            "{", "[", "]", "%", "\r", "\u{2028}", "0", "1.5", "null", "~", "|", ">", "\u{1b}",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 1..9).prop_map(|pieces| pieces.concat())
}

#[test]
fn dvc_resolves_random_text_as_mlc_does() {
    let test = "dvc_resolves_random_text_as_mlc_does";
    let Some(python) = scripts::python_with_dvc(test) else { return };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut text = || nasty_text().new_tree(&mut runner).expect("a string").current();
    let mut spec = String::from("mlc 1\ntargets { dvc }\n");
    let mut count = 0;
    while count < 250 {
        let (cmd, desc, value) = (text(), text(), text());
        let stage = format!(
            "stage s{count} {{\n    matrix {{ m a 1 }}\n    cmd {}\n    desc {}\n    env E={}\n    meta {{ {} {} }}\n    outs \"s{count}-{{{{ m }}}}\"\n}}\n",
            kdl(&cmd),
            kdl(&desc.replace("{{", "{ {")),
            kdl(&value),
            kdl(&desc),
            kdl(&value),
        );
        let alone = format!("mlc 1\n{stage}");
        if mlc::testing::specs::Tree::new(&[("mlc.kdl", &alone)]).steps().is_ok() {
            spec.push_str(&stage);
            count += 1;
        }
    }
    assert_same_stages(&python, &[("mlc.kdl", &spec)]);
}

/// A string as KDL writes it.
fn kdl(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            ' '..='~' => out.push(c),
            _ => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out + "\""
}
