//! `mlc explain`: the page of a diagnostic, a target or a check of columns, or the list of all.

use crate::base;
use crate::base::code::{Code, Severity};
use crate::base::suggest::nearest;
use crate::cli::context::{self, Context};
use crate::cli::exit::Exit;
use crate::driver;
use crate::emit::targets::TARGETS;
use crate::report::page;
use crate::report::paint::Ink;
use crate::report::table::{Align, Cell, Table};
use crate::report::text::crop;
use crate::schema::constraint;

/// Explain a diagnostic, a target, or a check of columns
///
/// A diagnostic's page has an example of the mistake and of the remedy.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mlc explain dependency-cycle    the page behind `error[dependency-cycle]`
  mlc explain dvc                 what the target `dvc` writes
  mlc explain isin                what the check `isin` demands
  mlc explain                     everything there is a page for")]
pub(crate) struct Args {
    /// The name in brackets behind a diagnostic, a target, or a check; all are listed without it
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
    let pages = pages(&codes);
    if let Some(page) = pages.iter().find(|page| page.name == slug) {
        context::print(&shown(&page.text, context));
        return Ok(Exit::Success);
    }
    let near = nearest(slug, pages.iter().map(|page| page.name));
    let help = near.map_or_else(
        || "`mlc explain` lists all".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    context::complain(&format!("there is no page `{slug}`; {help}"));
    Ok(Exit::Usage)
}

/// Something that can be explained.
struct Page {
    name: &'static str,
    text: String,
}

fn pages(codes: &[&'static Code]) -> Vec<Page> {
    let codes = codes.iter().map(|code| Page { name: code.slug, text: base::page::of(code) });
    let targets =
        TARGETS.iter().map(|target| Page { name: target.name, text: target.docs.to_owned() });
    let checks =
        constraint::all().map(|check| Page { name: check.name, text: check.docs.to_owned() });
    codes.chain(targets).chain(checks).collect()
}

fn shown(page: &str, context: &Context) -> String {
    if context.stdout_is_terminal || context.color {
        page::render(page, context.screen())
    } else {
        page.to_owned()
    }
}

fn list(codes: &[&'static Code], context: &Context) -> String {
    let mut table =
        Table::new(&[("name", Align::Left), ("kind", Align::Left), ("what", Align::Left)]);
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
    let targets = TARGETS.iter().map(|it| (it.name, "target", it.summary));
    let checks = constraint::all().map(|it| (it.name, "check", it.summary));
    for (name, kind, summary) in targets.chain(checks) {
        table.row([Cell::new(name), Cell::new(kind), Cell::new(summary)]);
    }
    table.render(screen.paint)
}
