//! `mlc explain`: the page of a diagnostic, or the list of all.

use crate::base;
use crate::base::code::{Code, Severity};
use crate::base::suggest::nearest;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::driver;
use crate::report::page;
use crate::report::paint::Ink;
use crate::report::table::{Align, Cell, Table};
use crate::report::text::crop;

/// Explain a diagnostic, with an example of the mistake and of the remedy
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name in brackets behind a diagnostic; all are listed without it
    slug: Option<String>,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let codes = driver::codes();
    let Some(slug) = &args.slug else {
        context::print(&list(&codes, context));
        return Ok(Exit::Success);
    };
    // As pasted from a terminal: `error[unknown-field]`.
    let slug = slug.rsplit_once('[').map_or(slug.as_str(), |(_, slug)| slug).trim_end_matches(']');
    let Some(code) = codes.iter().find(|code| code.slug == slug) else {
        let near = nearest(slug, codes.iter().map(|code| code.slug));
        let help = near.map_or_else(
            || "`mlc explain` lists all".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        context::complain(&format!("no diagnostic is called `{slug}`; {help}"));
        return Ok(Exit::Usage);
    };
    context::print(&explain(code, context));
    Ok(Exit::Success)
}

fn explain(code: &Code, context: &Context) -> String {
    if context.stdout_is_terminal || context.color {
        page::render(&base::page::of(code), context.screen())
    } else {
        base::page::of(code)
    }
}

fn list(codes: &[&'static Code], context: &Context) -> String {
    let mut table =
        Table::new(&[("slug", Align::Left), ("severity", Align::Left), ("what", Align::Left)]);
    let screen = context.screen();
    let widest = codes.iter().map(|code| code.slug.len()).max().unwrap_or(0);
    let room = screen.width.saturating_sub(widest + "severity".len() + 4).max(20);
    for code in codes {
        let ink = match code.severity {
            Severity::Error => Ink::Error,
            Severity::Warning => Ink::Warning,
        };
        let summary = match context.stdout_is_terminal {
            true => crop(code.summary, room),
            false => code.summary.to_owned(),
        };
        let severity = Cell::new(code.severity.as_str()).ink(ink);
        table.row([Cell::new(code.slug), severity, Cell::new(summary)]);
    }
    table.render(screen.paint)
}
