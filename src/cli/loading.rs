//! The plan of the spec, or its mistakes on the screen.

use crate::base::code::Severity;
use crate::base::source::SourceMap;
use crate::cli::context::Context;
use crate::cli::exit::Exit;
use crate::driver;
use crate::exec::select::UnknownStage;
use crate::plan::Plan;

/// A spec without errors.
pub(crate) struct Ready {
    pub(crate) plan: Plan,
    pub(crate) sources: SourceMap,
}

/// Loads the spec; reports its mistakes and says how to exit when there is no plan.
pub(crate) fn load_or_report(context: &Context) -> anyhow::Result<Result<Ready, Exit>> {
    let loaded = driver::load(&crate::base::files::MemoryFiles::default(), &context.spec);
    let has_errors = loaded.diagnostics.iter().any(|it| it.severity() == Severity::Error);
    match loaded.plan {
        Some(plan) if !has_errors => Ok(Ok(Ready { plan, sources: loaded.sources })),
        _ => Ok(Err(Exit::Failure)),
    }
}

/// Tells of a name that no stage has.
pub(crate) fn unknown_stage(unknown: &UnknownStage) -> Exit {
    let help = unknown.help.as_deref().map(|help| format!("; {help}")).unwrap_or_default();
    crate::cli::context::complain(&format!("no stage is called `{}`{help}", unknown.name));
    Exit::Usage
}
