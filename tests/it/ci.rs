//! What `ci` makes, held against the tools that audit it, and run.
#![expect(clippy::disallowed_methods, reason = "starts tools")]

use crate::support::Project;
use crate::{tools, tree};
use std::path::Path;
use std::process::{Command, Output};

const CI: &str = "
ci {
    github; gitlab
    on push=\"main\" schedule=\"17 3 * * 1\"
    python \"3.12\" requirements=\"requirements.txt\"
    timeout \"90m\"
}
";

/// Specs that are as odd as a spec may be, beside the examples.
const SPECS: &[&str] = &[
    "mlc 1\nci { github; gitlab; install \"pip install 'a b'\\npipx install \\\"c: #d\\\" {x} $(id) `id`;\" }\n",
    "mlc 1\nci { github; gitlab; on pull-request=#false; engine dvc }\nstage a { cmd \"touch a\"; outs \"a\" }\n",
    "mlc 1\nci { github; gitlab; python \"3.12\" }\ntargets { pytest; service }\n\
     stage a { cmd \"touch a\"; outs \"a\"; metrics \"m.json\" }\n\
     thresholds good metrics=\"m.json\" { \"${{ github.token }}\" >=1; size \"a\" <=\"1MB\" }\n\
     service s { model \"a\"; code \"x'y $(id) ${{ secrets.X }}.py\"; url env=WHERE; health \"/up\" }\n",
    "mlc 1\nci { github; gitlab; on push=\"release/1.x\" schedule=\"*/5 0-6 * 1,7 *\"; timeout \"1s\"; python \"3.13.1\" }\n\
     stage a { cmd \"touch a\"; outs \"a\"; metrics \"m.json\" }\n\
     thresholds good metrics=\"m.json\" { x >=1 }\nregistry { model one from=\"a\"; model two from=\"a\" }\n",
    "mlc 1\ntargets { github; gitlab; pytest }\nschema s { columns { \"${{ secrets.X }}\" int { isin 1 } } }\n\
     dataset d \"`id`/$(id)/${{ github.token }}.csv\" schema=s\nstage a { cmd \"touch a\"; deps d; outs \"a\" }\n",
    "mlc 1\nci { github; gitlab; python \"3.12\" requirements=\"a'b\\\"; $(touch hacked) ${{ github.token }} `id` \\u{202e}.txt\" }\n\
     stage a { cmd \"touch a\"; outs \"a\" }\n\
     registry file=\"x'y\\\" $(touch hacked) ${{ secrets.X }}\" { model one from=\"a\" }\n",
];

fn examples() -> Vec<Project> {
    let example = |name: &str| {
        let project = Project::new(&[]);
        project.mlc_ok(&["init", name]);
        project.write("mlc.kdl", &(project.read("mlc.kdl") + CI));
        project
    };
    let odd = SPECS.iter().map(|spec| Project::new(&[("mlc.kdl", spec)]));
    ["churn", "tumor"].into_iter().map(example).chain(odd).collect()
}

#[test]
fn jobs_pass_every_auditor() {
    let name = "jobs_pass_every_auditor";
    let tools = ["actionlint", "zizmor", "check-jsonschema"].map(|it| tools::command(it, name));
    let [Some(actionlint), Some(zizmor), Some(schema)] = tools else { return };
    for project in examples() {
        project.mlc_ok(&["build"]);
        let (github, gitlab) = (".github/workflows/mlc.yml", ".gitlab-ci.yml");
        project.tool_ok(&actionlint, &["-no-color", "-shellcheck=", "-pyflakes=", github]);
        project.tool_ok(&zizmor, &["--offline", "--no-progress", "--persona=auditor", github]);
        for builtin in ["vendor.github-workflows", "custom.github-workflows-require-timeout"] {
            project.tool_ok(&schema, &["--builtin-schema", builtin, github]);
        }
        let gitlab =
            ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", gitlab];
        project.tool_ok(&schema, &gitlab);
    }
}

/// A path with these folders in front: programs of ours, and stubs of what must not be reached.
fn path(project: &Project, python: &Path) -> std::ffi::OsString {
    let binary = Path::new(env!("CARGO_BIN_EXE_mlc"));
    let mut path = vec![project.root().join("stubs")];
    path.extend([python, binary].iter().filter_map(|it| it.parent()).map(Into::into));
    let old = std::env::var_os("PATH").unwrap_or_default();
    path.extend(std::env::split_paths(&old));
    std::env::join_paths(path).expect("no colon in a path")
}

/// Runs jobs of the workflow, with stubs for the forge alone.
fn jobs(project: &Project, python: &Path, jobs: &[&str]) -> Output {
    Command::new(python)
        .arg(tree::root().join("tests/python/run_workflow.py"))
        .arg(".github/workflows/mlc.yml")
        .args(jobs)
        .current_dir(project.root())
        .env("PATH", path(project, python))
        .output()
        .expect("python starts")
}

/// Churn with jobs for both forges, in a repository. What the stages need is there.
fn churn() -> Project {
    let project = Project::new(&[]);
    project.mlc_ok(&["init", "churn"]);
    let spec =
        project.read("mlc.kdl").replace("targets { dvc }", "targets { dvc; pytest; service }");
    // What the slowest answers take tells of the machine.
    project.write("mlc.kdl", &(spec.replace("latency p99", "latency p50") + CI));
    project.mlc_ok(&["build"]);
    project.write("stubs/pip", "#!/bin/sh\n");
    project.tool_ok(Path::new("chmod"), &["+x", "stubs/pip"]);
    let ignored = "/stubs\n/reports\n/mlc-reports\n/body.md\n";
    project.write(".gitignore", &(project.read(".gitignore") + ignored));
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &["commit", "-qm", "all"],
        &["remote", "add", "origin", "https://example.com/shop/churn.git"],
    ] {
        project.tool_ok(Path::new("git"), arguments);
    }
    project
}

/// The jobs of churn, green on the good model and red on a worse one.
#[test]
fn scripts_do_what_they_say() {
    let Some(python) = tools::python("scripts_do_what_they_say") else { return };
    let project = churn();
    // What is pushed goes nowhere, and comments are kept beside it.
    project.write(
        "stubs/git",
        "#!/bin/sh\ncase \"$1\" in push) echo \"pushed $2 $3\" ;; *) PATH=${PATH#*:} exec git \"$@\" ;; esac\n",
    );
    project.write(
        "stubs/gh",
        "#!/bin/sh\ncase \"$*\" in\n*--jq*) [ ! -e stubs/comment ] || echo 7 ;;\n\
         *PATCH*comments/7*) cp body.md stubs/comment; echo comment changed ;;\n\
         *comments*body=@body.md) cp body.md stubs/comment; echo comment written ;;\nesac\n",
    );
    project.tool_ok(Path::new("chmod"), &["+x", "stubs/git", "stubs/gh"]);
    let good = jobs(&project, &python, &["check", "train", "register", "promote"]);
    let text = String::from_utf8_lossy(&good.stdout) + String::from_utf8_lossy(&good.stderr);
    assert!(good.status.success(), "{text}");
    for said in [
        "## Thresholds: `quality` holds",
        "locked churn 1.0.0",
        "pushed",
        "`production` of churn is 1.0.0 now",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(project.read("reports/gate.xml").contains("failures=\"0\""));
    for report in ["reports/pytest.xml", "reports/pytest-model.xml"] {
        assert!(project.read(report).contains("failures=\"0\""), "{report}");
    }
    // What the forge keeps between jobs.
    project.tool_ok(Path::new("sh"), &["-c", "mkdir mlc-reports && cp -r reports mlc-reports"]);
    for said in ["comment written", "comment changed"] {
        let comment = jobs(&project, &python, &["comment"]);
        let text = String::from_utf8_lossy(&comment.stdout);
        assert!(comment.status.success() && text.contains(said), "{text}");
    }
    let comment = project.read("stubs/comment");
    assert!(comment.starts_with("<!-- mlc report -->\n## `churn`: passed"), "{comment}");
    assert!(project.read("reports/report.html").contains("<h2>Plots</h2>"));
    let params = project.read("params.yaml");
    project.write("params.yaml", &params.replace("max_depth: ", "max_depth: 1 # "));
    let bad = jobs(&project, &python, &["train"]);
    let text = String::from_utf8_lossy(&bad.stdout) + String::from_utf8_lossy(&bad.stderr);
    assert_eq!(bad.status.code(), Some(3), "{text}");
    assert!(text.contains("train: Hold the model against its thresholds: 3"), "{text}");
    assert!(text.contains("## Thresholds: `quality` does not hold"), "{text}");
}

/// The pipeline of churn as a runner of GitLab runs it: green on the good model, red on a worse.
#[test]
fn gitlab_runs_to_the_gate() {
    let test = "gitlab_runs_to_the_gate";
    let (Some(python), Some(runner)) = (tools::python(test), tools::gitlab_ci_local(test)) else {
        return;
    };
    let project = churn();
    let pipeline = || {
        Command::new(&runner)
            .args(["--force-shell-executor", "check", "train"])
            .current_dir(project.root())
            .env("PATH", path(&project, &python))
            .env("HOME", project.root())
            .output()
            .expect("the runner starts")
    };
    let said = pipeline();
    let text = String::from_utf8_lossy(&said.stdout) + String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{text}");
    assert!(text.contains("passed: all 6 thresholds hold"), "{text}");
    assert!(project.read("reports/report.md").starts_with("## `churn`: passed"));
    let params = project.read("params.yaml");
    project.write("params.yaml", &params.replace("max_depth: ", "max_depth: 1 # "));
    let said = pipeline();
    let text = String::from_utf8_lossy(&said.stdout) + String::from_utf8_lossy(&said.stderr);
    assert!(!said.status.success() && text.contains("thresholds do not hold"), "{text}");
    assert!(project.read("reports/report.md").starts_with("## `churn`: **rejected**"));
}
