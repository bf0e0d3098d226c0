//! The plan of the spec, or its mistakes on the screen.

use crate::base::source::SourceMap;
use crate::cli::context::{self, Context};
use crate::cli::disk::DiskFiles;
use crate::cli::exit::Exit;
use crate::driver;
use crate::exec::select::UnknownStage;
use crate::plan::Plan;
use crate::report::human::{self, Screen};
use crate::report::paint::Paint;

/// A spec without errors.
pub(crate) struct Ready {
    pub(crate) plan: Plan,
    pub(crate) sources: SourceMap,
}

/// Loads the spec; reports its mistakes, and says how to exit when there is no plan.
///
/// Warnings are left to `mlc check`: they would drown what the command has to say.
pub(crate) fn load_or_report(context: &Context) -> anyhow::Result<Result<Ready, Exit>> {
    let files = DiskFiles::new(&context.root);
    let loaded = driver::load(&files, &context.spec);
    if let Some(plan) = loaded.plan {
        return Ok(Ok(Ready { plan, sources: loaded.sources }));
    }
    let paint = Paint { color: context.color };
    let screen = Screen { paint, width: 100 };
    context::note(human::render(&loaded.sources, &loaded.diagnostics, screen).trim_end());
    Ok(Err(Exit::Failure))
}

/// Tells of a name that no stage has.
pub(crate) fn unknown_stage(unknown: &UnknownStage) -> Exit {
    let help = unknown.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    context::complain(&format!("no stage is called `{}`{help}", unknown.name));
    Exit::Usage
}
