//! The plan of the spec, or its mistakes on the screen.

use crate::base::code::Severity;
use crate::base::files::Files as _;
use crate::base::source::SourceMap;
use crate::cli::context::{Context, complain, note};
use crate::cli::disk::DiskFiles;
use crate::cli::exit::Exit;
use crate::driver::{self, Loaded};
use crate::exec::select::UnknownStage;
use crate::plan::Plan;
use crate::report::human;

/// A spec without errors.
pub(crate) struct Ready {
    pub(crate) plan: Plan,
    pub(crate) sources: SourceMap,
}

/// Loads the spec; when it has errors, shows them and says how to exit.
///
/// Warnings are left to `mlc check`.
pub(crate) fn load_or_report(context: &Context) -> anyhow::Result<Result<Ready, Exit>> {
    load_from(context, &DiskFiles::new(&context.root))
}

/// As [`load_or_report`], looking at the disk through `files`.
pub(crate) fn load_from(
    context: &Context,
    files: &DiskFiles,
) -> anyhow::Result<Result<Ready, Exit>> {
    let loaded = read(context, files)?;
    match loaded.plan {
        Some(plan) => Ok(Ok(Ready { plan, sources: loaded.sources })),
        None => {
            let errors: Vec<_> = loaded
                .diagnostics
                .into_iter()
                .filter(|it| it.severity() == Severity::Error)
                .collect();
            note(human::render(&loaded.sources, &errors, context.screen()).trim_end());
            Ok(Err(Exit::Failure))
        }
    }
}

/// Loads and checks the spec. An error says that there is none, or that it cannot be read.
pub(crate) fn load(context: &Context) -> anyhow::Result<Loaded> {
    read(context, &DiskFiles::new(&context.root))
}

fn read(context: &Context, files: &DiskFiles) -> anyhow::Result<Loaded> {
    let path = context.root.join(&context.spec);
    if !path.exists() {
        anyhow::ensure!(!context.is_dvc, "there is no {path}");
        let way_out = if context.here.join("dvc.yaml").is_file() {
            "run the dvc.yaml here with `--dvc dvc.yaml`, or make a spec of it with `mlc import`"
        } else {
            "start one with `mlc init`"
        };
        anyhow::bail!("there is no {} here or in a folder above; {way_out}", context.spec);
    }
    if files.read(&context.spec).is_none() {
        anyhow::bail!("{path} cannot be read as UTF-8 text");
    }
    if context.is_dvc {
        return Ok(driver::load_pipeline(files, &context.root, &context.spec));
    }
    Ok(driver::load(files, &context.spec))
}

/// Tells of a name that no stage has.
pub(crate) fn unknown_stage(unknown: &UnknownStage) -> Exit {
    let help = unknown.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    complain(&format!("no stage is called `{}`{help}", unknown.name));
    Exit::Usage
}
