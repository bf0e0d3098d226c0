//! `mlc profile`: a schema drafted from data.

use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::data::profile::{Profile, profile};
use crate::data::source::Trouble;
use crate::data::words::{grouped, shown};
use crate::exec::atomic;
use crate::schema::spelling;
use crate::syntax::format::format;
use camino::{Utf8Path, Utf8PathBuf};
use std::fmt::Write as _;

/// Draft a schema from data
///
/// Reads a CSV, JSON Lines or Parquet file, or a folder of Parquet files, and writes a schema that it
/// passes: types, bounds, small sets, missing values, columns without repeats. A draft says what is;
/// what must be is for you to say.
///
/// Exit codes: 0 drafted, 2 the data cannot be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mlc profile data/raw/customers.csv
  mlc profile data/raw/customers.csv --name customers -o schemas/customers.kdl")]
pub(crate) struct Args {
    /// The file or folder
    #[arg(value_name = "DATA")]
    path: Utf8PathBuf,
    /// The name of the schema; without it that of the file
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Write it here instead of to the terminal
    #[arg(short, long, value_name = "FILE")]
    output: Option<Utf8PathBuf>,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let drafted = profile(&context.here.join(&args.path), &args.path).map_err(Trouble::into_text);
    let profile = match drafted {
        Ok(profile) => profile,
        Err(message) => {
            context::complain(&message);
            return Ok(Exit::Usage);
        }
    };
    let name = args.name.clone().unwrap_or_else(|| name_of(&args.path));
    let text = text(&args.path, &name, &profile);
    let text = format(&text).unwrap_or(text);
    match &args.output {
        Some(file) => atomic::write(&context.here.join(file), text.as_bytes())?,
        None => context::print(&text),
    }
    Ok(Exit::Success)
}

/// The name of the file as a name of the language.
fn name_of(path: &Utf8Path) -> String {
    let stem = path.file_name().unwrap_or_default().split('.').next().unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    let name: String = stem.chars().map(plain).collect();
    match name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        true => name,
        false => format!("_{name}"),
    }
}

fn text(path: &Utf8Path, name: &str, profile: &Profile) -> String {
    let rows = grouped(profile.rows);
    let noun = if profile.rows == 1 { "row" } else { "rows" };
    let mut out = format!("// drafted from the {rows} {noun} of {}\n", shown(path.as_str()));
    for column in &profile.left_out {
        let _ = writeln!(out, "// `{}` is left out: no type holds its values", shown(column));
    }
    let _ = writeln!(out, "schema {name} {{");
    if !profile.schema.rows.is_empty() {
        let _ = writeln!(out, "    rows {}", spelling::bounds(&profile.schema.rows, None));
    }
    out.push_str("    columns {\n");
    for column in &profile.schema.columns {
        let _ = writeln!(out, "        {column}");
    }
    out.push_str("    }\n}\n");
    out
}
