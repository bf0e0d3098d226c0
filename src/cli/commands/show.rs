//! `mlc show`: a stage with everything resolved.

use crate::base::suggest::quoted;
use crate::base::value::Value;
use crate::cli::commands::forecasts::state_of;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::loading::{load_or_report, unknown_stage};
use crate::exec::ledger;
use crate::exec::params::ParamsFiles;
use crate::exec::reason::value_text;
use crate::exec::select::{downstream, find};
use crate::exec::task::duration;
use crate::exec::time::moment;
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::{Step, StepOut, StepOutKind};
use crate::report::paint::{Ink, Paint};
use camino::Utf8Path;
use std::fmt::Write as _;

/// Show a stage as it will run: commands, paths, params with their values, neighbours, last run
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A stage, or one instance of a matrix
    #[arg(value_name = "STAGE")]
    stage: String,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let ready = match load_or_report(context)? {
        Ok(ready) => ready,
        Err(exit) => return Ok(exit),
    };
    let ids = match find(&ready.plan, &args.stage) {
        Ok(ids) => ids,
        Err(unknown) => return Ok(unknown_stage(&unknown)),
    };
    let view = View {
        root: &context.root,
        plan: &ready.plan,
        downstream: downstream(&ready.plan),
        params: ParamsFiles::new(&context.root),
        paint: Paint { color: context.color },
    };
    let mut out = view.heading(&ids);
    for &id in &ids {
        let state = state_of(context, &ready.plan, id)?;
        out.push_str(&view.step(id, &state));
    }
    context::print(&out);
    Ok(Exit::Success)
}

/// What is needed to show any step.
struct View<'a> {
    root: &'a Utf8Path,
    plan: &'a Plan,
    downstream: Vec<Vec<StepId>>,
    params: ParamsFiles,
    paint: Paint,
}

impl View<'_> {
    /// The stage that a matrix makes several of.
    fn heading(&self, ids: &[StepId]) -> String {
        let Some((stage, _)) = ids.first().map(|&id| self.plan.project.step(id)) else {
            return String::new();
        };
        if stage.matrix.is_empty() {
            return String::new();
        }
        let mut out = format!("{}\n", self.paint.text(Ink::Strong, &stage.name.value));
        for axis in &stage.matrix {
            let values: Vec<&str> = axis.values.iter().map(|it| it.value.as_str()).collect();
            self.line(&mut out, "matrix", &format!("{} = {}", axis.key.value, values.join(", ")));
        }
        let instances: Vec<&str> = stage.instances.iter().map(|it| it.name.as_str()).collect();
        self.line(&mut out, "instances", &instances.join(", "));
        out.push('\n');
        out
    }

    fn step(&self, id: StepId, state: &str) -> String {
        let step = self.plan.step(id);
        let mut out = format!("{}\n", self.paint.text(Ink::Strong, &step.name));
        let (stage, _) = self.plan.project.step(id);
        self.lines(&mut out, "about", stage.desc.iter().cloned());
        self.lines(
            &mut out,
            "cmd",
            step.cmd.scripts().iter().flat_map(|it| it.lines()).map(str::to_owned),
        );
        let wdir = Some(step.wdir.as_str()).filter(|wdir| !wdir.is_empty());
        self.lines(&mut out, "wdir", wdir.into_iter().map(str::to_owned));
        self.lines(&mut out, "deps", step.deps.iter().map(|dep| self.dep(step, &dep.path)));
        self.lines(&mut out, "params", self.params(step));
        for (name, kind) in [
            ("outs", StepOutKind::Data),
            ("metrics", StepOutKind::Metrics),
            ("plots", StepOutKind::Plots),
        ] {
            self.lines(
                &mut out,
                name,
                step.outs.iter().filter(|it| it.kind == kind).map(shown_out),
            );
        }
        self.lines(&mut out, "needs", self.names(&step.upstream));
        let dependents = self.downstream.get(id.index()).map_or(&[][..], Vec::as_slice);
        self.lines(&mut out, "needed by", self.names(dependents));
        self.lines(&mut out, "runs", conditions(step));
        self.line(&mut out, "state", state);
        self.line(&mut out, "last run", &self.last_run(step));
        out.push('\n');
        out
    }

    fn dep(&self, step: &Step, path: &Utf8Path) -> String {
        let made_by = step.upstream.iter().map(|&id| self.plan.step(id)).find(|other| {
            other
                .outs
                .iter()
                .any(|out| path.starts_with(&out.path.path) || out.path.path.starts_with(path))
        });
        match made_by {
            Some(other) => format!("{path}  (from {})", other.name),
            None => path.to_string(),
        }
    }

    fn params(&self, step: &Step) -> Vec<String> {
        let mut lines = Vec::new();
        for wanted in &step.params {
            match self.params.look(wanted) {
                Ok(values) => lines.extend(values.iter().map(|(key, value)| {
                    format!("{key} = {}  ({})", shown_value(value.as_ref()), wanted.file.path)
                })),
                Err(error) => lines.push(format!("{error:#}")),
            }
        }
        lines
    }

    fn names(&self, ids: &[StepId]) -> Vec<String> {
        let names: Vec<&str> = ids.iter().map(|&id| self.plan.step(id).name.as_str()).collect();
        if names.is_empty() { Vec::new() } else { vec![names.join(", ")] }
    }

    fn last_run(&self, step: &Step) -> String {
        match ledger::last(self.root, &step.name) {
            Some(done) => {
                let took = duration(done.took());
                format!("{} at {}, {took}", done.status, moment(done.start))
            }
            None => "not here".to_owned(),
        }
    }

    /// Several lines under one label; nothing when there are none.
    fn lines(&self, out: &mut String, label: &str, lines: impl IntoIterator<Item = String>) {
        for (at, line) in lines.into_iter().enumerate() {
            self.line(out, if at == 0 { label } else { "" }, &line);
        }
    }

    fn line(&self, out: &mut String, label: &str, text: &str) {
        let label = self.paint.text(Ink::Faint, &format!("{label:<10}"));
        let _ = writeln!(out, "  {label} {text}");
    }
}

fn shown_out(out: &StepOut) -> String {
    let mut notes = Vec::new();
    if !out.cache {
        notes.push("not cached");
    }
    if out.persist {
        notes.push("kept between runs");
    }
    if !out.push {
        notes.push("not pushed");
    }
    if notes.is_empty() {
        out.path.path.to_string()
    } else {
        format!("{}  ({})", out.path.path, notes.join(", "))
    }
}

fn shown_value(value: Option<&Value>) -> String {
    value.map_or_else(|| "missing".to_owned(), value_text)
}

/// When and how a step runs, as far as it is not the default.
fn conditions(step: &Step) -> Vec<String> {
    let mut lines = Vec::new();
    if step.frozen {
        lines.push("never: frozen".to_owned());
    }
    if step.always {
        lines.push("every time".to_owned());
    }
    if let Some(retry) = step.retry {
        let (pause, cap) = (duration(retry.backoff), duration(retry.cap));
        lines.push(format!(
            "again up to {} times, after {pause}, then twice as long each time up to {cap}",
            retry.times
        ));
    }
    if let Some(limit) = step.timeout {
        lines.push(format!("for at most {}", duration(limit)));
    }
    let resources = step.resources;
    if let Some(cpus) = resources.cpus {
        lines.push(format!("with cpus = {cpus}"));
    }
    if let Some(memory) = resources.memory {
        lines.push(format!("with memory = {}", crate::exec::gate::bytes(memory as f64)));
    }
    if let Some(gpus) = resources.gpus {
        lines.push(format!("with gpus = {gpus}"));
    }
    if !step.mutex.is_empty() {
        let names: Vec<&str> = step.mutex.iter().map(String::as_str).collect();
        lines.push(format!("never beside another with mutex {}", quoted(&names)));
    }
    lines
}
