//! `mlc import`: what comes out of a `dvc.yaml`, and that nothing runs again because of it.

use crate::support::{Project, snapshots};
use crate::tools;
use std::path::Path;

/// Everything that a spec can say, too.
const WHOLE: &str = r#"# Trains and compares.
vars:
- paths: {raw: data, model: models/m}
stages:
  # Comes first.
  prepare:
    desc: Sorts
    cmd: sort ${paths.raw}/in.csv > clean.csv; echo ${seed} ${rate} "\${USER:-x}" '\' >> clean.csv
    deps: [data/in.csv]
    params: [seed, deep.rate, {more.json: [a.b]}, {whole.yaml: null}]
    outs: [clean.csv]

  train:
    foreach: [logreg, "1.0"]
    do:
      cmd: mkdir -p models; cp clean.csv ${paths.model}-${item}.bin
      deps: [clean.csv]
      outs:
      - ${paths.model}-${item}.bin: {persist: true, push: false}
  named:
    foreach: ${models}
    do:
      cmd: echo ${key} > named-${key}.txt
      outs: ["named-${key}.txt"]
  score:
    matrix: {model: [logreg, "1.0"], fold: [1, 2]}
    cmd:
    - cat models/m-${item.model}.bin > score-${key}.json
    - |-
      for i in 1 2; do
          echo "$i ${seed}" >> plot-${item.model}-${item.fold}.csv
      done
    deps: ["models/m-${item.model}.bin"]
    metrics:
    - score-${key}.json: {cache: false}
    plots:
    - plot-${key}.csv: {x: a, y: b, x_label: c, title: "it's"}
    meta: {owner: me, tags: [a, b], deep: {level: 2}}
  inside:
    wdir: sub
    cmd: cat ../clean.csv > out.txt
    deps: [../clean.csv]
    params: [own]
    outs: [out.txt]
  still:
    cmd: cp clean.csv still.csv
    deps: [clean.csv]
    outs: [still.csv]
    frozen: true
"#;

const FILES: &[(&str, &str)] = &[
    ("params.yaml", "seed: 7\nrate: 1e-5\ndeep: {rate: 0.5}\nmodels: {x: {d: 1}, y: {d: 2}}\n"),
    ("more.json", r#"{"a": {"b": 1}}"#),
    ("whole.yaml", "k: 1\n"),
    ("data/in.csv", "b\na\n"),
    ("sub/params.yaml", "own: 1\n"),
    ("still.csv", "still\n"),
];

#[test]
fn nothing_runs_again_after_an_import() {
    let Some(dvc) = tools::dvc("nothing_runs_again_after_an_import") else { return };
    let project = Project::new(FILES);
    project.write("dvc.yaml", WHOLE);
    project.tool_ok(Path::new("git"), &["init", "-q"]);
    project.tool_ok(&dvc, &["init", "-q"]);
    project.tool_ok(&dvc, &["repro"]);
    let lock = project.read("dvc.lock");
    let said = project.said(&["import"]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), ""), "{}", said.err);
    let spec = project.read("mlc.kdl").replace(project_name(&project).as_str(), "[name]");
    snapshots("").bind(|| insta::assert_snapshot!("import", spec));
    project.mlc_ok(&["check"]);
    project.mlc_ok(&["fmt", "--check"]);
    let ran = project.mlc_ok(&["run"]);
    assert!(ran.contains("11 stages: 11 up to date"), "{ran}");
    project.mlc_ok(&["build", "--force"]);
    let status = project.tool_ok(&dvc, &["status"]);
    assert!(status.contains("up to date"), "{status}");
    assert_eq!(project.read("dvc.lock"), lock);
}

fn project_name(project: &Project) -> String {
    let spec = project.read("mlc.kdl");
    let line = spec.lines().find_map(|line| line.strip_prefix("project "));
    line.expect("the spec has a name").to_owned()
}

/// What a spec cannot say, or says otherwise.
const LOSSY: &str = r#"
artifacts: {m: {path: m.pkl}}
stages:
  lines:
    cmd: |
      echo a
      echo b > lines.txt
    outs: [lines.txt]
  over:
    foreach: {a: {n: 1}, b: {n: 2}}
    do:
      cmd: echo ${item.n} > over-${key}.txt
      outs: ["over-${key}.txt"]
  options:
    cmd: echo ${deep} > options.txt
    outs:
    - options.txt: {type: text, remote: far}
  out:
    cmd: echo x > ../out.txt
    outs:
    - ../out.txt: {cache: false}
"#;

#[test]
fn what_a_spec_cannot_say_is_told() {
    let files = [("p/dvc.yaml", LOSSY), ("p/params.yaml", "deep: {rate: 0.5, fast: true}\n")];
    let project = Project::new(&files);
    let said = project.said(&["import", "p/dvc.yaml", "--stdout"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(!project.root().join("p/mlc.kdl").exists());
    let told = format!("{}\n{}", said.out, said.err);
    snapshots("").bind(|| insta::assert_snapshot!("import-lossy", told));
}

#[test]
fn a_spec_is_never_overwritten_unasked() {
    let project = Project::new(&[("dvc.yaml", "stages: {s: {cmd: x}}\n"), ("mlc.kdl", "mine")]);
    let said = project.said(&["import"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(project.read("mlc.kdl"), "mine");
    project.mlc_ok(&["import", "--out", "other.kdl"]);
    assert!(project.read("other.kdl").contains("stage s {"));
    project.mlc_ok(&["import", "--force"]);
    assert!(project.read("mlc.kdl").contains("stage s {"));
    let said = project.said(&["import", "gone/dvc.yaml"]);
    assert!(said.code == Some(1) && said.err.contains("there is no"), "{said:?}");
}

#[test]
fn mistakes_are_told_with_their_place() {
    let yaml = "stages:\n  s:\n    cmd: x ${gone}\n    dep: [a]\n";
    let project = Project::new(&[("dvc.yaml", yaml)]);
    for arguments in [&["import"][..], &["run", "--dvc", "dvc.yaml"]] {
        let said = project.said(arguments);
        assert_eq!(said.code, Some(1), "{said:?}");
        assert!(said.err.contains("dvc.yaml:4:5"), "{said:?}");
        assert!(said.err.contains("did you mean `deps`?"), "{said:?}");
    }
    let said = project.said(&["build", "--dvc", "dvc.yaml"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    let said = project.said(&["run"]);
    assert!(said.err.contains("--dvc dvc.yaml"), "{said:?}");
}
