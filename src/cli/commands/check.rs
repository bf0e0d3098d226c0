//! `mlc check`: every diagnostic at once.
use crate::cli::context::{Context, print};
use crate::cli::disk::DiskFiles;
use crate::cli::exit::Exit;
use crate::driver;

/// Check the spec and say everything that is wrong with it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[arg(long, default_value = "human")]
    format: String,
}

pub(crate) fn run(args: &Args, context: &Context) -> anyhow::Result<Exit> {
    let files = DiskFiles::new(&context.root);
    let loaded = driver::load(&files, &context.spec);
    let text = match args.format.as_str() {
        "short" => crate::report::short::render(&loaded.sources, &loaded.diagnostics),
        "json" => crate::report::json::render(&loaded.sources, &loaded.diagnostics),
        _ => crate::report::human::render(
            &loaded.sources,
            &loaded.diagnostics,
            crate::report::human::Screen {
                paint: crate::report::paint::Paint { color: context.color },
                width: 100,
            },
        ),
    };
    print(&text);
    if loaded.plan.is_none() {
        return Ok(Exit::Failure);
    }
    print(&format!("ok {:?}\n", loaded.counts));
    Ok(Exit::Success)
}
