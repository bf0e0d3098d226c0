//! What can be typed. Each command lives in a file of its own under `commands/`.

use crate::cli::commands;
use crate::cli::context::{Context, complain};
use crate::cli::exit::Exit;
use camino::Utf8PathBuf;

/// One spec for your ML project: checked, compiled to the tools you use, and run.
#[derive(Debug, clap::Parser)]
#[command(name = "mlc", version, about, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Use this spec instead of the nearest mlc.kdl
    #[arg(short, long, global = true, value_name = "SPEC")]
    pub(crate) file: Option<Utf8PathBuf>,
    /// Read the stages of this dvc.yaml instead of a spec
    #[arg(long, global = true, value_name = "DVC_YAML", conflicts_with = "file")]
    pub(crate) dvc: Option<Utf8PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

/// The verbs. To add one: a file in `commands/`, a variant here, an arm below.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Build(commands::build::Args),
    Check(commands::check::Args),
    Fmt(commands::fmt::Args),
    Run(commands::run::Args),
    Status(commands::status::Args),
    Show(commands::show::Args),
    Dag(commands::dag::Args),
    Logs(commands::logs::Args),
    Report(commands::report::Args),
    Runs(commands::runs::Args),
    Lineage(commands::lineage::Args),
    Gate(commands::gate::Args),
    Model(commands::model::Args),
    Validate(commands::validate::Args),
    Profile(commands::profile::Args),
    Explain(commands::explain::Args),
    Completions(commands::completions::Args),
    Man(commands::man::Args),
    Demo(commands::demo::Args),
    Init(commands::init::Args),
    Import(commands::import::Args),
}

impl Command {
    pub(crate) fn run(&self, context: &Context) -> anyhow::Result<Exit> {
        if context.is_dvc
            && matches!(self, Self::Build(_) | Self::Fmt(_) | Self::Gate(_) | Self::Model(_))
        {
            complain("this needs a spec, not a dvc.yaml: `mlc import` makes one of it");
            return Ok(Exit::Usage);
        }
        match self {
            Self::Build(args) => commands::build::run(args, context),
            Self::Check(args) => commands::check::run(args, context),
            Self::Fmt(args) => commands::fmt::run(args, context),
            Self::Run(args) => commands::run::run(args, context),
            Self::Status(args) => commands::status::run(args, context),
            Self::Show(args) => commands::show::run(args, context),
            Self::Dag(args) => commands::dag::run(args, context),
            Self::Logs(args) => commands::logs::run(args, context),
            Self::Report(args) => commands::report::run(args, context),
            Self::Runs(args) => commands::runs::run(args, context),
            Self::Lineage(args) => commands::lineage::run(args, context),
            Self::Model(args) => commands::model::run(args, context),
            Self::Gate(args) => commands::gate::run(args, context),
            Self::Validate(args) => commands::validate::run(args, context),
            Self::Profile(args) => commands::profile::run(args, context),
            Self::Explain(args) => commands::explain::run(args, context),
            Self::Completions(args) => commands::completions::run(args),
            Self::Man(args) => commands::man::run(args, context),
            Self::Demo(args) => commands::demo::run(args, context),
            Self::Init(args) => commands::init::run(args, context),
            Self::Import(args) => commands::import::run(args, context),
        }
    }
}
