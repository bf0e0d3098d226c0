//! `mlc import`: a spec out of a `dvc.yaml`, and a word on everything that a spec cannot say.

use crate::base::code::Severity;
use crate::base::files::{Entry, Files};
use crate::cli::context::{self, Context, complain, note};
use crate::cli::disk::DiskFiles;
use crate::cli::exit::Exit;
use crate::driver;
use crate::dvcyaml;
use crate::dvcyaml::import::{Imported, import};
use crate::exec::atomic;
use crate::exec::lock::Cmd;
use crate::plan::Plan;
use crate::plan::step::{PathRef, Step};
use crate::report::text::counted;
use crate::report::{human, short};
use crate::syntax::format;
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::sync::Arc;

/// Make a spec out of a dvc.yaml
///
/// The spec makes the same stages, under the same names, so that dvc.lock and the cache stay good:
/// `foreach` and `matrix` become a matrix, `${…}` of params and vars becomes `{{ … }}`. What a spec
/// cannot say stands in it as a comment that begins with `// import:`, and on standard error.
///
/// Exit codes: 0 all was carried over, 1 something was not or the dvc.yaml has errors, 2 usage.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mlc import                          write mlc.kdl beside dvc.yaml
  mlc import --stdout                 only show it
  mlc import && mlc build --force     from now on dvc.yaml is written from mlc.kdl")]
pub(crate) struct Args {
    /// The file to read
    #[arg(value_name = "DVC_YAML", default_value = "dvc.yaml")]
    from: Utf8PathBuf,
    /// Write to this file instead of mlc.kdl beside the dvc.yaml
    #[arg(long, value_name = "FILE")]
    out: Option<Utf8PathBuf>,
    /// Print the spec and write nothing
    #[arg(long, conflicts_with = "out")]
    stdout: bool,
    /// Overwrite a file that is there
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let source = Source::find(&context.here.join(&args.from))?;
    let target = match &args.out {
        Some(out) => context.here.join(out),
        None => source.folder.join("mlc.kdl"),
    };
    if !args.stdout && !args.force && target.exists() {
        complain(&format!("{target} is there already; nothing was written"));
        note("help: write elsewhere with `--out`, or replace it with `--force`");
        return Ok(Exit::Failure);
    }
    let files = DiskFiles::new(&source.folder);
    let mut imported = import(&files, &source.folder, &source.name, &project_name(&source.folder));
    if imported.diagnostics.iter().any(|it| it.severity() == Severity::Error) {
        let told = human::render(&imported.sources, &imported.diagnostics, context.screen());
        note(told.trim_end());
        return Ok(Exit::Failure);
    }
    let text = format::format(&imported.text).unwrap_or_else(|_| imported.text.clone());
    source.look_around(&mut imported);
    let problems = compare(&files, &source, &text, &mut imported);
    if args.stdout {
        context::print(&text);
    } else {
        atomic::write(&target, text.as_bytes())?;
        note(&format!("wrote {target}"));
    }
    Ok(report(&imported, &problems))
}

/// The file that is read.
struct Source {
    /// Absolute, and the root of the project that the spec will make.
    folder: Utf8PathBuf,
    name: Utf8PathBuf,
}

impl Source {
    fn find(path: &Utf8Path) -> anyhow::Result<Self> {
        let path = if path.is_dir() { path.join("dvc.yaml") } else { path.to_owned() };
        anyhow::ensure!(path.is_file(), "there is no {path}");
        let path = path.canonicalize_utf8().with_context(|| format!("{path} cannot be found"))?;
        let folder = path.parent().unwrap_or(Utf8Path::new("/")).to_owned();
        let name = Utf8PathBuf::from(path.file_name().unwrap_or("dvc.yaml"));
        Ok(Self { folder, name })
    }

    /// Notes what lies outside of the file and matters to it.
    fn look_around(&self, imported: &mut Imported) {
        let root = self.folder.ancestors().find(|it| it.join(".dvc").is_dir());
        if let Some(root) = root.filter(|root| *root != self.folder) {
            let what = format!(
                "DVC's root is {root}, and a spec works from its own folder: move it there by hand"
            );
            imported.losses.push((String::new(), what));
        }
    }
}

/// The folder's name, as far as names allow.
fn project_name(folder: &Utf8Path) -> String {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let wanted = folder.file_name().unwrap_or("project");
    let name: String = wanted.chars().map(|c| if is_inner(c) { c } else { '-' }).collect();
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if begins { name } else { format!("project-{name}") }
}

/// Reads the new spec and notes every stage that is not what it was. Returns the errors it has.
fn compare(files: &DiskFiles, source: &Source, text: &str, imported: &mut Imported) -> Vec<String> {
    let wanted = dvcyaml::read(files, &source.folder, &source.name);
    let draft = Draft { files, text: Arc::from(text) };
    let loaded = driver::load(&draft, Utf8Path::new(DRAFT));
    let errors: Vec<_> =
        loaded.diagnostics.into_iter().filter(|it| it.severity() == Severity::Error).collect();
    let problems = short::render(&loaded.sources, &errors);
    if let (Some(wanted), Some(made)) = (&wanted.plan, &loaded.plan) {
        wanted.steps.iter().for_each(|step| compare_step(step, made, imported));
    }
    problems.lines().map(str::to_owned).collect()
}

fn compare_step(step: &Step, made: &Plan, imported: &mut Imported) {
    let group = step.name.split('@').next().unwrap_or_default();
    // What was told of a stage need not be told again.
    let is_told = |name: &str| imported.losses.iter().any(|(known, _)| known == name);
    if is_told(&step.name) || is_told(group) {
        return;
    }
    let what = match made.steps.iter().find(|it| it.name == step.name) {
        None => Some("the spec does not make this stage".to_owned()),
        Some(other) => difference(step, other).map(|field| format!("its `{field}` would differ")),
    };
    imported.losses.extend(what.map(|what| (step.name.clone(), what)));
}

/// The first field in which two steps differ, as DVC compares them.
fn difference(one: &Step, other: &Step) -> Option<&'static str> {
    let paths = |paths: &[PathRef]| {
        let mut paths: Vec<String> = paths.iter().map(|it| it.local.clone()).collect();
        paths.sort();
        paths
    };
    let outs = |step: &Step| {
        let outs = step.outs.iter();
        let out = outs.map(|it| (it.path.local.clone(), it.kind, it.cache, it.persist, it.push));
        let mut outs: Vec<_> = out.collect();
        outs.sort_by(|a, b| a.0.cmp(&b.0));
        outs
    };
    let params = |step: &Step| {
        let params = step.params.iter().map(|it| (it.file.local.clone(), it.keys.clone()));
        let mut params: Vec<_> = params.collect();
        params.sort();
        params
    };
    let same = [
        ("cmd", Cmd::from(&one.cmd) == Cmd::from(&other.cmd)),
        ("wdir", one.wdir == other.wdir),
        ("deps", paths(&one.deps) == paths(&other.deps)),
        ("params", params(one) == params(other)),
        ("outs", outs(one) == outs(other)),
        ("frozen", one.frozen == other.frozen),
        ("always_changed", one.always == other.always),
    ];
    same.into_iter().find(|(_, same)| !same).map(|(field, _)| field)
}

/// Tells what is missing; says how to exit.
fn report(imported: &Imported, problems: &[String]) -> Exit {
    for (stage, what) in &imported.losses {
        match stage.as_str() {
            "" => note(&format!("not carried over: {what}")),
            stage => note(&format!("not carried over: stage `{stage}`: {what}")),
        }
    }
    for problem in problems {
        note(&problem.replace(DRAFT, "mlc.kdl"));
    }
    if !problems.is_empty() {
        note(&format!(
            "the spec has {}; `mlc check` shows more",
            counted(problems.len(), "problem")
        ));
    }
    let is_whole = imported.losses.is_empty() && problems.is_empty();
    if is_whole { Exit::Success } else { Exit::Failure }
}

/// The name of the new spec while it is only in memory.
const DRAFT: &str = "mlc-import.kdl";

/// The project with the new spec in it. Data that is not there is not the spec's fault.
struct Draft<'a> {
    files: &'a DiskFiles,
    text: Arc<str>,
}

impl Files for Draft<'_> {
    fn read(&self, path: &Utf8Path) -> Option<Arc<str>> {
        if path == DRAFT { Some(Arc::clone(&self.text)) } else { self.files.read(path) }
    }

    fn entry(&self, path: &Utf8Path) -> Entry {
        let found = self.files.entry(path);
        if found == Entry::Missing { Entry::File } else { found }
    }

    fn list(&self, path: &Utf8Path) -> Vec<String> {
        self.files.list(path)
    }

    fn tracked_by_git(&self, path: &Utf8Path) -> bool {
        self.files.tracked_by_git(path)
    }

    fn dvc_ignored(&self, path: &Utf8Path) -> bool {
        self.files.dvc_ignored(path)
    }
}
