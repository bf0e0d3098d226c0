//! Real projects, with commands that stand for their own, run by mlc and by DVC in turns through
//! their `dvc.yaml`: each finds nothing to do after the other, and what is recorded in the end is
//! what DVC alone would have recorded.

use crate::rules::on_threads;
use crate::support::{Project, Said};
use crate::{corpus, scripts, tools, tree};
use std::path::Path;

#[test]
fn real_projects_change_hands_between_mlc_and_dvc() {
    let test = "real_projects_change_hands_between_mlc_and_dvc";
    let (Some(dvc), Some(python)) = (tools::dvc(test), scripts::python_with_dvc(test)) else {
        return;
    };
    let Some(projects) = corpus::projects(test) else { return };
    let wrong = on_threads(&projects, |real| {
        let tools = Tools { dvc: &dvc, python: &python };
        take_turns(&real.name, tools).err().map(|why| format!("{}: {why}", real.name))
    });
    assert!(wrong.is_empty(), "{}\n({} projects)", wrong.join("\n"), wrong.len());
}

#[derive(Clone, Copy)]
struct Tools<'a> {
    dvc: &'a Path,
    python: &'a Path,
}

fn take_turns(name: &str, tools: Tools<'_>) -> Result<(), String> {
    let mixed = Both::new(name, tools)?;
    let twin = Both::new(name, tools)?;
    mixed.mlc()?;
    twin.dvc()?;
    nothing("dvc repro after mlc run", &mixed.dvc()?)?;
    for both in [&mixed, &twin] {
        both.change(0)?;
    }
    something("dvc repro after a change", &mixed.dvc()?)?;
    nothing("mlc run after dvc repro", &mixed.mlc()?)?;
    for both in [&mixed, &twin] {
        both.change(1)?;
    }
    something("mlc run after a change", &mixed.mlc()?)?;
    nothing("dvc repro in the end", &mixed.dvc()?)?;
    twin.dvc()?;
    for file in &mixed.files {
        let lock = file.replace("dvc.yaml", "dvc.lock");
        let (mut ours, mut theirs) = (mixed.project.read(&lock), twin.project.read(&lock));
        // Of one file among several, DVC goes through a set, in no order that lasts.
        if mixed.files.len() > 1 {
            (ours, theirs) = (sorted(&ours), sorted(&theirs));
        }
        if ours != theirs {
            let differs = ours.lines().zip(theirs.lines()).find(|(a, b)| a != b);
            return Err(format!("{lock} differs from that of DVC alone: {differs:?}"));
        }
    }
    Ok(())
}

/// A lock with its stages sorted by name.
fn sorted(lock: &str) -> String {
    let mut stages: Vec<String> = Vec::new();
    for line in lock.lines() {
        let begins = line.starts_with("  ") && !line.starts_with("   ");
        match stages.last_mut() {
            Some(stage) if !begins => stage.push_str(&format!("\n{line}")),
            _ => stages.push(line.to_owned()),
        }
    }
    stages.sort();
    stages.join("\n")
}

/// Stages that ran although nothing tells them to.
fn nothing(what: &str, ran: &[String]) -> Result<(), String> {
    if ran.is_empty() { Ok(()) } else { Err(format!("{what}: ran {}", ran.join(", "))) }
}

fn something(what: &str, ran: &[String]) -> Result<(), String> {
    if ran.is_empty() { Err(format!("{what}: ran nothing")) } else { Ok(()) }
}

/// A project and the tools that work on it.
struct Both<'a> {
    project: Project,
    tools: Tools<'a>,
    /// Its `dvc.yaml` files, those that others need first.
    files: Vec<String>,
    /// Files that stages read and none writes.
    sources: Vec<String>,
    /// Stages that run every time.
    always: Vec<String>,
}

impl<'a> Both<'a> {
    fn new(name: &str, tools: Tools<'a>) -> Result<Self, String> {
        let project = Project::new(&[]);
        let source = tree::root().join("../shared/corpus").join(name);
        let (source, target) = (text(&source), text(&project.root()));
        let output = scripts::run(tools.python, "stub_project.py", &[&source, &target], "");
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let made: serde_json::Value =
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
        let list = |key: &str| -> Vec<String> {
            let items = made[key].as_array().expect("a list").iter();
            items.map(|it| it.as_str().expect("a path").to_owned()).collect()
        };
        let (files, sources) = (list("files"), list("sources"));
        project.tool_ok(Path::new("git"), &["init", "-q"]);
        project.tool_ok(tools.dvc, &["init", "-q"]);
        let always = files.iter().flat_map(|file| always(&project.read(file))).collect();
        Ok(Self { project, tools, files, sources, always })
    }

    /// Brings everything up to date with DVC; returns what ran and need not run every time.
    fn dvc(&self) -> Result<Vec<String>, String> {
        let mut ran = Vec::new();
        for file in &self.files {
            let said = Said::of(self.command(self.tools.dvc).args(["repro", file]));
            if said.code != Some(0) {
                return Err(format!("dvc repro {file}: {}{}", said.out, said.err));
            }
            let stages = said.out.lines().filter_map(|line| {
                let name = line.strip_prefix("Running stage '")?.strip_suffix("':")?;
                Some(name.rsplit(':').next().unwrap_or(name).to_owned())
            });
            ran.extend(stages);
        }
        Ok(self.without_always(ran))
    }

    /// The same with mlc.
    fn mlc(&self) -> Result<Vec<String>, String> {
        let mut ran = Vec::new();
        for file in &self.files {
            // One at a time, so that stages are recorded in the order of DVC.
            let said = self.project.said(&["run", "--dvc", file, "--json", "-j1"]);
            if said.code != Some(0) {
                return Err(format!("mlc run --dvc {file}: {}{}", said.out, said.err));
            }
            for line in said.out.lines() {
                let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
                if event["event"] == "start" {
                    ran.push(event["stage"].as_str().expect("a name").to_owned());
                }
            }
        }
        Ok(self.without_always(ran))
    }

    fn without_always(&self, ran: Vec<String>) -> Vec<String> {
        ran.into_iter().filter(|name| !self.always.contains(name)).collect()
    }

    /// Changes one thing that a stage reads and none writes: the first, or the last.
    fn change(&self, number: usize) -> Result<(), String> {
        let at = [0, self.sources.len().saturating_sub(1)][number % 2];
        let path = self.sources.get(at).ok_or("there is nothing to change")?;
        self.project.write(path, &format!("{}# changed {number}\n", self.project.read(path)));
        Ok(())
    }

    fn command(&self, program: &Path) -> std::process::Command {
        let mut command = std::process::Command::new(program);
        let root = self.project.root();
        command.current_dir(&root).env("HOME", &root).env("SHELL", "/bin/sh");
        command.env_remove("DVC_ROOT").env_remove("DVC_STAGE");
        command
    }
}

/// Names of the stages that say `always_changed`.
fn always(yaml: &str) -> Vec<String> {
    let mut name = String::new();
    let mut found = Vec::new();
    for line in yaml.lines() {
        if let Some(stage) = line.strip_prefix("  ").filter(|it| !it.starts_with([' ', '-', '#'])) {
            name = stage.trim_end_matches(':').to_owned();
        }
        if line.trim() == "always_changed: true" {
            found.push(name.clone());
        }
    }
    found
}

fn text(path: &Path) -> String {
    path.to_str().expect("UTF-8").to_owned()
}
