//! `mlc dag`, `mlc completions` and `mlc man` as commands; the drawings have their own tests.

use crate::support::{Project, mlc};
use crate::tree;

#[test]
fn the_churn_example_is_drawn() {
    let said = mlc(&tree::root().join("specs/examples/churn"), &["dag"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(tree::root().join("snapshots/dag"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("churn", said.out));
}

#[test]
fn stages_are_drawn_with_what_they_need() {
    let stage = |name: &str, deps: &str| {
        format!("stage {name} {{\n    cmd \"true\"\n    deps {deps}\n    outs \"{name}.txt\"\n}}\n")
    };
    let spec = format!(
        "mlc 1\ndataset d \"d.csv\"\n{}{}{}",
        stage("a", "d"),
        stage("b", "\"a.txt\""),
        stage("c", "\"a.txt\"")
    );
    let project = Project::new(&[("mlc.kdl", &spec), ("d.csv", "x\n")]);
    let said = project.said(&["dag", "b", "--format", "mermaid"]);
    assert_eq!(
        said.out,
        "flowchart TD\n    n0[(\"d\")]\n    n1[\"a\"]\n    n2[\"b\"]\n    n0 --> n1\n    n1 --> n2\n",
        "{said:?}"
    );
    assert_eq!(project.said(&["dag", "bb"]).code, Some(2));
    assert!(project.said(&["dag", "-o", "deep/dag.svg"]).out.is_empty());
    assert!(project.read("deep/dag.svg").starts_with("<svg xmlns="));
    project.said(&["dag", "-o", "dag.gv"]);
    assert!(project.read("dag.gv").starts_with("digraph mlc {\n"));
    let text = project.said(&["dag", "-o", "dag.txt", "--color", "always"]);
    assert!(text.out.is_empty() && !project.read("dag.txt").contains('\x1b'));
}

#[test]
fn shells_and_manual_know_every_command() {
    let project = Project::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = project.said(&["completions", shell]);
        assert!(said.code == Some(0) && said.out.contains("explain"), "{shell}");
    }
    assert_eq!(project.said(&["man", "--dir", "man"]).code, Some(0));
    let index = project.read("man/mlc.1");
    for command in ["check", "run", "dag"] {
        assert!(index.contains(&format!("mlc\\-{command}(1)")), "{command}");
        assert!(project.read(&format!("man/mlc-{command}.1")).contains(".SH SYNOPSIS"));
    }
    assert_eq!(project.said(&["man"]).out, index);
}
