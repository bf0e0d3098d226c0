//! `dvc.yaml` as mlc reads it, against what DVC makes of it.

use crate::corpus;
use crate::scripts;
use crate::support::Project;
use crate::{tools, tree};
use mlc::testing::specs::Tree;
use serde_json::{Value, json};

/// Values that templates name.
const PARAMS: &str = r#"
str: text
blank: a b
quote: it's
int: 3
big: 123456789012345678901234567890
float: 1.0
small: 0.00001
large: 1e20
yes: true
no: false
none: null
odd: {1: x, 2.5: y, named: z}
list: [1, two, 3.5, true, null]
flags: [true, false]
deep: {a: {b: {c: 7}, l: [[1, 2], {x: y}]}}
models:
  logreg: {depth: 1, args: {lr: 1e-3, fast: true, slow: false, names: [a, b c]}}
  forest: {depth: 2, args: {nested: {a: 1, b: [1, 2]}, none: null}}
rows: [{name: x, n: 1}, {name: y, n: 2}]
a.b: dotted
"with blank": 5
word-with-dash: 6
"#;

/// What DVC accepts, one stage or more for each thing that it can say.
const GOOD: &[(&str, &str)] = &[
    ("empty", ""),
    ("nothing", "stages: {}\n"),
    (
        "scalars",
        "stages:\n  s:\n    cmd: x ${str} ${int} ${float} ${small} ${large} ${yes} ${no} ${none} ${big} ${blank}\n\
         \x20   desc: '${float}'\n    meta: {a: '${float}', b: ['${yes}', '${none}', '${int}'], '${str}': '${small}'}\n",
    ),
    ("whole", "stages:\n  s: {cmd: '${str}', meta: ['${int}', '${yes}', 'x${int}']}\n"),
    (
        "paths",
        "stages:\n  s:\n    cmd: 'x ${deep.a.b.c} ${deep[a][b].c} ${ deep . a . b . c } ${list.1} ${list[1]} ${list[-1]} ${deep.a.l[0][1]} ${deep.a.l.1.x} ${with blank} ${word-with-dash} ${odd.named}'\n",
    ),
    (
        "escapes",
        "stages:\n  s:\n    cmd: ['\\${str} ${str}', '\\${str}', 'a\\\\${str}', '$str ${ ', '${str\n  }', '$${str}', \"${str\\n}\"]\n",
    ),
    ("options", "stages:\n  s: {cmd: 'x ${models.logreg.args} ${models.forest}'}\n"),
    ("options-list", "stages:\n  s: {cmd: ['x ${models.logreg.args}', y]}\n"),
    (
        "cmds",
        "stages:\n  one: {cmd: \"a\\nb\\n\"}\n  two:\n    cmd:\n    - |\n      a\n      b\n    - c\n  three: {cmd: ''}\n  four: {cmd: []}\n",
    ),
    (
        "foreach-list",
        "stages:\n  s:\n    foreach: [a, 1, 2.50, 1e-7, true, null, '${str}', '${yes}', 'x-${int}']\n    do: {cmd: 'x ${item}'}\n",
    ),
    ("foreach-hole", "stages:\n  s:\n    foreach: ${list}\n    do: {cmd: 'x ${item}'}\n"),
    (
        "foreach-flags",
        "stages:\n  s:\n    foreach: ${flags}\n    do: {cmd: 'x ${item}', meta: '${item}'}\n",
    ),
    (
        "foreach-rows",
        "stages:\n  s:\n    foreach: ${rows}\n    do: {cmd: 'x ${item.name} ${item.n}'}\n",
    ),
    (
        "foreach-mixed",
        "stages:\n  s:\n    foreach: [a, [1, 2], {k: '${int}'}]\n    do: {cmd: 'x'}\n",
    ),
    (
        "foreach-map",
        "stages:\n  s:\n    foreach: {a: 1, b: {c: 2}, 'x-${str}': '${deep.a.b}', 5: x}\n    do: {cmd: 'x ${key}', meta: '${key}'}\n",
    ),
    (
        "foreach-map-hole",
        "stages:\n  s:\n    foreach: ${models}\n    do: {cmd: 'x ${key} ${item.depth} ${item.args}', params: ['models.${key}']}\n",
    ),
    ("foreach-twice", "stages:\n  s:\n    foreach: [a, b, a]\n    do: {cmd: 'x ${item}'}\n"),
    ("foreach-none", "stages:\n  s: {foreach: [], do: {cmd: x}}\n  t: {cmd: y}\n"),
    (
        "foreach-matrix",
        "stages:\n  s: {foreach: [a], do: {cmd: 'x ${item}', matrix: {k: [1, 2]}}}\n",
    ),
    (
        "foreach-vars",
        "vars: [{top: 1}]\nstages:\n  s:\n    foreach: [a, b]\n    do:\n      vars: [{own: 2}, more.yaml]\n      cmd: 'x ${item} ${own} ${top} ${more}'\n",
    ),
    (
        "hiding",
        "vars: [{item: 1, key: 2}]\nstages:\n  s: {foreach: [a], do: {cmd: 'x ${item} ${key}'}}\n  t: {cmd: 'x ${item}'}\n  u: {matrix: {m: [5]}, cmd: 'x ${item.m} ${key}'}\n",
    ),
    (
        "matrix",
        "stages:\n  s:\n    matrix: {a: [x, 1.0, true], b: ['${int}', '${yes}', {n: 1}, [2]]}\n    cmd: 'x ${item.a} ${key}'\n    meta: {item: '${item.a}'}\n    outs: ['o/${key}']\n",
    ),
    (
        "matrix-hole",
        "stages:\n  s:\n    matrix: {a: '${list}', b: '${models}', c: '${flags}'}\n    cmd: 'x ${item.b} ${key}'\n",
    ),
    (
        "matrix-empty",
        "stages:\n  s: {matrix: {a: []}, cmd: x}\n  t: {matrix: {a: [1], b: []}, cmd: x}\n",
    ),
    ("matrix-index", "stages:\n  s:\n    matrix: {m: '${rows}'}\n    cmd: 'x ${item.m.name}'\n"),
    (
        "vars",
        "vars:\n- more.yaml\n- part.json:a,b\n- {deep: {a: {new: 1}, z: 2}}\n- own.toml\n- params.yaml\n- more.yaml\nstages:\n  s: {cmd: 'x ${more} ${a} ${b.c} ${deep.a.new} ${deep.z} ${deep.a.b.c} ${toml.x}'}\n",
    ),
    ("vars-twice", "vars: ['part.json:a', 'part.json:b']\nstages:\n  s: {cmd: 'x ${a}'}\n"),
    (
        "wdir",
        "vars: [{sub: inner}]\nstages:\n  s:\n    wdir: ${sub}\n    vars: [own.yaml]\n    cmd: 'x ${inner}'\n    deps: [in.csv, ../top.csv, ./a//b/]\n    params: [p, {q.json: [r]}]\n    outs: [out]\n",
    ),
    (
        "params",
        "stages:\n  s:\n    cmd: x\n    params: [int, '${str}', {more.yaml: [more, '${str}']}, {'${str}.yaml': null}, {whole.yaml: []}, {more.yaml: [more, b]}, list]\n",
    ),
    (
        "outs",
        "stages:\n  s:\n    cmd: x\n    outs: [a, {b: {cache: false}}, {c: {persist: true}, d: {push: false, desc: '${str}', type: t, labels: [l], meta: {m: 1}, remote: r, checkpoint: true}}, b]\n    metrics: [m, {n.json: {cache: false}}]\n    plots: [p, {q.csv: {cache: false, x: a, y: b, x_label: c, y_label: d, title: '${str}', template: linear, header: false}}]\n    frozen: true\n    always_changed: false\n",
    ),
    (
        "top",
        "params: [a.yaml]\nmetrics: ['${str}.json']\nplots: [p.csv, {ROC: {x: fpr, y: {a.json: tpr, b.json: [x, y]}, template: simple}, empty: null}]\nartifacts: {m: {path: m.pkl, type: model, desc: d, labels: [l], meta: {k: 1}}}\ndatasets: [{name: d, type: url, url: u}]\nstages: {s: {cmd: x}}\n",
    ),
    ("yaml", "x-ref: &no 1\n"),
    (
        "anchors",
        "stages:\n  a: &a\n    cmd: x\n    deps: &deps [in]\n  b:\n    <<: *a\n    cmd: y ${int}\n  c: {cmd: z, deps: *deps}\n  yes: {cmd: 'on'}\n  'with blank': {cmd: x}\n  ${str}: {cmd: x}\n",
    ),
];

/// What DVC refuses.
const BAD: &[(&str, &str)] = &[
    ("bad-yaml", "stages: [\n"),
    ("bad-top", "stage: {}\n"),
    ("bad-list", "- a\n"),
    ("bad-stages", "stages: [a]\n"),
    ("bad-stage", "stages: {s: x}\n"),
    ("bad-key", "stages: {s: {cmd: x, dep: [a]}}\n"),
    ("bad-live", "stages: {s: {cmd: x, live: {a: {}}}}\n"),
    ("bad-no-cmd", "stages: {s: {deps: [a]}}\n"),
    ("bad-cmd", "stages: {s: {cmd: 1}}\n"),
    ("bad-deps-null", "stages: {s: {cmd: x, deps: null}}\n"),
    ("bad-deps-map", "stages: {s: {cmd: x, deps: [{a: {}}]}}\n"),
    ("bad-deps-number", "stages: {s: {cmd: x, deps: [1]}}\n"),
    ("bad-frozen", "stages: {s: {cmd: x, frozen: '${yes}'}}\n"),
    ("bad-deps-hole", "stages: {s: {cmd: x, deps: '${list}'}}\n"),
    ("bad-out-option", "stages: {s: {cmd: x, outs: [{a: {cached: true}}]}}\n"),
    ("bad-out-flag", "stages: {s: {cmd: x, outs: [{a: {cache: 'no'}}]}}\n"),
    ("bad-out-null", "stages: {s: {cmd: x, outs: [{a: null}]}}\n"),
    ("bad-header", "stages: {s: {cmd: x, metrics: [{a: {header: true}}]}}\n"),
    ("bad-name", "stages: {1: {cmd: x}}\n"),
    ("bad-do", "stages: {s: {do: {cmd: x}}}\n"),
    ("bad-foreach", "stages: {s: {foreach: [a], cmd: x}}\n"),
    ("bad-foreach-more", "stages: {s: {foreach: [a], do: {cmd: x}, deps: [a]}}\n"),
    ("bad-foreach-scalar", "stages: {s: {foreach: '${int}', do: {cmd: x}}}\n"),
    ("bad-foreach-text", "stages: {s: {foreach: abc, do: {cmd: x}}}\n"),
    ("bad-foreach-nested", "stages: {s: {foreach: [a], do: {foreach: [b], do: {cmd: x}}}}\n"),
    ("bad-foreach-key", "stages: {s: {foreach: {'${str}': 1}, do: {cmd: x}}}\n"),
    ("bad-matrix-empty", "stages: {s: {matrix: {}, cmd: x}}\n"),
    ("bad-matrix", "stages: {s: {matrix: [a], cmd: x}}\n"),
    ("bad-matrix-scalar", "stages: {s: {matrix: {a: 1}, cmd: x}}\n"),
    ("bad-matrix-hole", "stages: {s: {matrix: {a: '${int}'}, cmd: x}}\n"),
    ("bad-vars", "vars: [1]\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-hole", "vars: [{a: '${int}'}]\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-missing", "vars: [gone.yaml]\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-key", "vars: ['more.yaml:gone']\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-part", "vars: ['params.yaml:int']\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-again", "vars: ['more.yaml:more', 'more.yaml']\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-merge", "vars: [{int: 4}]\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-deep", "vars: [{deep: {a: 1}}]\nstages: {s: {cmd: x}}\n"),
    ("bad-vars-date", "vars: [{d: 2024-01-01}]\nstages: {s: {cmd: '${d}'}}\n"),
    ("bad-local-item", "stages: {s: {foreach: [a], do: {vars: [{item: 1}], cmd: x}}}\n"),
    ("bad-local-merge", "stages: {s: {vars: [{int: 1}], cmd: x}}\n"),
    ("bad-unknown", "stages: {s: {cmd: 'x ${gone}'}}\n"),
    ("bad-env", "stages: {s: {cmd: 'x ${PATH}'}}\n"),
    ("bad-deeper", "stages: {s: {cmd: 'x ${int.a}'}}\n"),
    ("bad-index", "stages: {s: {cmd: 'x ${list[9]}'}}\n"),
    ("bad-index-word", "stages: {s: {cmd: 'x ${list.a}'}}\n"),
    ("bad-dotted", "stages: {s: {cmd: 'x ${a.b}'}}\n"),
    ("bad-number-key", "stages: {s: {cmd: 'x ${odd.1}'}}\n"),
    ("bad-parse", "stages: {s: {cmd: 'x ${}'}}\n"),
    ("bad-parse-dots", "stages: {s: {cmd: 'x ${a..b}'}}\n"),
    ("bad-parse-bracket", "stages: {s: {cmd: 'x ${list[0}'}}\n"),
    ("bad-nested-hole", "stages: {s: {cmd: 'x ${a${str}}'}}\n"),
    ("bad-list-in-cmd", "stages: {s: {cmd: 'x ${list}'}}\n"),
    ("bad-list-in-deps", "stages: {s: {cmd: x, deps: ['${list}']}}\n"),
    ("bad-map-in-deps", "stages: {s: {cmd: x, deps: ['${deep}']}}\n"),
    ("bad-nested-options", "stages: {s: {cmd: 'x ${deep.a}'}}\n"),
    ("bad-params-number", "stages: {s: {cmd: x, params: [{more.yaml: 1}]}}\n"),
    ("bad-artifact", "artifacts: {m: {type: model}}\nstages: {s: {cmd: x}}\n"),
    ("bad-duplicate", "stages:\n  s: {cmd: x}\n  s: {cmd: y}\n"),
];

/// Files that stand beside each of these.
const BESIDE: &[(&str, &str)] = &[
    ("params.yaml", PARAMS),
    ("more.yaml", "more: 8\n"),
    ("part.json", r#"{"a": 9, "b": {"c": 10}, "str": "never"}"#),
    ("own.toml", "[toml]\nx = 11\n"),
    ("inner/own.yaml", "inner: 12\n"),
    ("text.yaml", "{}\n"),
    ("whole.yaml", "{}\n"),
];

#[test]
fn templates_are_filled_in_as_dvc_fills_them_in() {
    let test = "templates_are_filled_in_as_dvc_fills_them_in";
    let Some(python) = scripts::python_with_dvc(test) else { return };
    let cases: Vec<&(&str, &str)> = GOOD.iter().chain(BAD).collect();
    let project = Project::new(&[]);
    project.shell("git init -q && mkdir .dvc && touch .dvc/config");
    for (name, text) in &cases {
        project.write(&format!("{name}/dvc.yaml"), text);
        BESIDE.iter().for_each(|(path, text)| project.write(&format!("{name}/{path}"), text));
    }
    let root = project.root();
    let output = scripts::run(&python, "dvc_resolved.py", &[root.to_str().expect("text")], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut wrong = Vec::new();
    for (name, text) in &cases {
        let ours = resolved(name, text);
        let theirs = &theirs[name];
        match (&ours, theirs.get("stages")) {
            (Ok(ours), Some(theirs)) if ours == theirs => {}
            (Err(_), None) => {}
            _ => wrong.push(format!("{name}\n  mlc {ours:?}\n  DVC {theirs}")),
        }
        let is_bad = name.starts_with("bad-") || *name == "yaml";
        if is_bad != theirs.get("stages").is_none() {
            wrong.push(format!("{name}: DVC thinks otherwise: {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{}\n({} of {})", wrong.join("\n"), wrong.len(), cases.len());
}

/// The stages of a case as mlc resolves them; loading the plan tells of the rest.
fn resolved(name: &str, text: &str) -> Result<Value, String> {
    let path = format!("{name}/dvc.yaml");
    let beside = BESIDE.iter().map(|(path, text)| (format!("{name}/{path}"), *text));
    let files: Vec<(String, &str)> = beside.chain([(path.clone(), text)]).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let tree = Tree::new(&files);
    tree.pipeline(&path)?;
    let stages = tree.resolved(&path)?;
    Ok(serde_json::from_str(&stages).expect("JSON"))
}

/// A pipeline in which every field of a stage occurs, in a folder of its own.
const FIELDS: &str = "
stages:
  plain:
    cmd: cp in out
    deps: [in, ../top, ./a//b/]
    params: [x, {../other.json: [b, a]}, {whole.yaml: null}]
    outs: [out, {kept/: {persist: true}}, {open: {cache: false, push: false}}]
    metrics: [{m.json: {cache: false}}]
    plots: [p.csv]
  inside:
    cmd: |
      one
      two
    wdir: ../w
    deps: [../sub/out]
    params: [y]
    outs: [out]
    frozen: true
  list:
    cmd: [one, \"two\\nthree\"]
    always_changed: true
  many:
    matrix: {a: [1, b]}
    cmd: x ${item.a}
    deps: ['plain-${item.a}']
    outs: ['many/${key}']
";

#[test]
fn steps_are_the_stages_of_dvc() {
    let Some(python) = scripts::python_with_dvc("steps_are_the_stages_of_dvc") else { return };
    let files =
        [("sub/dvc.yaml", FIELDS), ("w/params.yaml", "y: 1\n"), ("sub/params.yaml", "x: 1\n")];
    let project = Project::new(&files);
    project.shell("git init -q && mkdir .dvc && touch .dvc/config");
    let root = project.root();
    let output = scripts::run(&python, "dvc_stages.py", &[root.to_str().expect("text")], "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let ours = Tree::new(&files).pipeline("sub/dvc.yaml").expect("no errors");
    let ours: Value = serde_json::from_str(&ours).expect("JSON");
    let (ours, theirs) = (ours.as_object().expect("a map"), theirs.as_object().expect("a map"));
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, step) in ours {
        let mut other = theirs[name].clone();
        for out in other["outs"].as_object_mut().expect("a map").values_mut() {
            let out = out.as_object_mut().expect("a map");
            // What plots and descriptions say runs nothing.
            out.retain(|key, _| !matches!(key.as_str(), "desc" | "plot"));
        }
        for field in ["cmd", "wdir", "deps", "params", "outs", "frozen", "always"] {
            assert_eq!(step[field], other[field], "{name}.{field}");
        }
    }
}

#[test]
fn every_option_of_dvc_repro_is_on_the_page() {
    let Some(dvc) = tools::dvc("every_option_of_dvc_repro_is_on_the_page") else { return };
    let help = Project::new(&[]).tool_ok(&dvc, &["repro", "--help"]);
    let page = tree::read("book/src/from-dvc.md");
    let options = help.lines().filter(|line| line.trim_start().starts_with('-'));
    let words =
        options.flat_map(|line| line.trim_start().split("  ").next().unwrap_or("").split(", "));
    let words: Vec<&str> = words.filter(|word| word.starts_with('-')).collect();
    assert!(words.len() > 20, "{help}");
    let missing: Vec<&&str> = words
        .iter()
        .filter(|word| {
            !page.contains(&format!("| `{word}`")) && !page.contains(&format!(", `{word}` |"))
        })
        .collect();
    assert!(missing.is_empty(), "not in book/src/from-dvc.md: {missing:?}");
}

#[test]
fn real_projects_resolve_as_dvc_resolved_them() {
    let test = "real_projects_resolve_as_dvc_resolved_them";
    let Some(projects) = corpus::projects(test) else { return };
    let mut stages = 0;
    for project in &projects {
        let files: Vec<(&str, &str)> =
            project.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let tree = Tree::new(&files);
        for path in project.pipelines() {
            let golden =
                project.file(&path.replace("dvc.yaml", "resolved.json")).expect("it is there");
            let golden: Value = serde_json::from_str(golden).expect("JSON");
            let ours = tree.resolved(&path).unwrap_or_else(|wrong| panic!("{path}: {wrong}"));
            let ours: Value = serde_json::from_str(&ours).expect("JSON");
            let pairs = golden["stages"].as_object().expect("a map").iter();
            let wanted: Value = pairs.map(|(name, fields)| json!([name, fields])).collect();
            assert_eq!(ours, wanted, "{}/{path}", project.name);
            stages += wanted.as_array().map_or(0, Vec::len);
            tree.pipeline(&path).unwrap_or_else(|wrong| panic!("{path}: {wrong}"));
        }
    }
    assert!(stages > 100, "{stages} stages are too few");
}
