//! `mlc init`: a project to start from, put into a folder. Overwrites nothing, asks nothing.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::cli::scaffold::embedded::{self, Template};
use crate::cli::scaffold::{self, Repository};
use anyhow::Context as _;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;

/// Start a project: an example to try, or the bare layout
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to start from
    #[arg(value_enum, default_value = "empty")]
    template: Choice,
    /// Put it here; made when missing
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: Utf8PathBuf,
    /// Name of the project [default: that of the example, or of the folder]
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    name: Option<String>,
}

/// The projects that mlc carries with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Choice {
    /// Which customers will leave: generated data, two models, thresholds
    Churn,
    /// Malignant or benign: the breast cancer data of scikit-learn
    Tumor,
    /// The folders of a machine learning project and a spec to fill in
    Empty,
}

impl Choice {
    fn template(self) -> &'static Template {
        match self {
            Self::Churn => &embedded::CHURN,
            Self::Tumor => &embedded::TUMOR,
            Self::Empty => &embedded::EMPTY,
        }
    }
}

pub(crate) fn run(args: &Args, _context: &Context) -> anyhow::Result<Exit> {
    let template = args.template.template();
    let name = args.name.clone().unwrap_or_else(|| default_name(args));
    let files = scaffold::files(template, &name)?;
    let conflicts = scaffold::conflicts(&files, &args.dir);
    if !conflicts.is_empty() {
        context::complain(&refusal(&args.dir, &conflicts));
        return Ok(Exit::Failure);
    }
    std::fs::create_dir_all(&args.dir)
        .with_context(|| format!("cannot make the folder `{}`", args.dir))?;
    let repository = scaffold::enter_repository(&args.dir)?;
    scaffold::write_missing(&files, &args.dir)?;
    scaffold::enter_dvc(&args.dir, repository)?;
    context::print(&welcome(args, &name, files.len(), repository));
    Ok(Exit::Success)
}

/// The name of the example; for the bare layout that of the folder, as far as names allow.
fn default_name(args: &Args) -> String {
    if args.template != Choice::Empty {
        return args.template.template().name.to_owned();
    }
    let folder = args.dir.canonicalize_utf8().unwrap_or_else(|_| args.dir.clone());
    let wanted = folder.file_name().unwrap_or("project");
    let name: String = wanted.chars().map(|char| if is_inner(char) { char } else { '-' }).collect();
    if name.starts_with(is_first) { name } else { format!("project-{name}") }
}

fn parse_name(text: &str) -> Result<String, String> {
    let fits = text.starts_with(is_first) && text.chars().all(is_inner);
    let rule = "a name begins with a letter or `_` and goes on with letters, digits, `_` and `-`";
    if fits { Ok(text.to_owned()) } else { Err(rule.to_owned()) }
}

fn is_first(char: char) -> bool {
    char.is_ascii_alphabetic() || char == '_'
}

fn is_inner(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-')
}

fn refusal(dir: &Utf8Path, conflicts: &[Utf8PathBuf]) -> String {
    let place = if dir == "." { "this folder".to_owned() } else { format!("`{dir}`") };
    let mut text = format!("{place} already holds files of this name; nothing was written\n");
    for path in conflicts {
        let _ = writeln!(text, "    {path}");
    }
    text.push_str("help: move them away, or choose another folder with `--dir`");
    text
}

fn welcome(args: &Args, name: &str, files: usize, repository: Repository) -> String {
    let mut text = format!("made the project `{name}` in `{}`: {files} files\n", args.dir);
    text.push_str(match repository {
        Repository::Own => "made a git repository and a DVC project\n",
        Repository::Outer => "made a DVC project in the git repository around it\n",
        Repository::None => "made a DVC project without git, which is not installed\n",
    });
    text.push_str("\nnext:\n");
    if args.dir != "." {
        let _ = writeln!(text, "    cd {}", args.dir);
    }
    text.push_str(match args.template {
        Choice::Churn | Choice::Tumor => NEXT_IN_EXAMPLE,
        Choice::Empty => NEXT_IN_EMPTY,
    });
    text
}

const NEXT_IN_EXAMPLE: &str = "    python3 -m venv .venv && . .venv/bin/activate
    pip install -r requirements.txt
    mlc check
    mlc build
    mlc run
    mlc gate
";

const NEXT_IN_EMPTY: &str = "    write your first stage in mlc.kdl
    mlc check
";
