//! The spec and the files that it includes. What an include gets wrong is told by `mlc check`.

use crate::base::diagnostic::Sink;
use crate::base::files::Files;
use crate::base::glob;
use crate::base::source::FileId;
use crate::cli::context::Context;
use crate::cli::disk::DiskFiles;
use crate::syntax;
use camino::{Utf8Path, Utf8PathBuf};
use std::collections::BTreeSet;

/// Paths of the spec and its includes, relative to the root.
pub(super) fn specs(context: &Context) -> anyhow::Result<Vec<Utf8PathBuf>> {
    anyhow::ensure!(
        context.root.join(&context.spec).is_file(),
        "there is no {} here or in a folder above; name the files to format",
        context.spec
    );
    let files = DiskFiles::new(&context.root);
    let mut seen = BTreeSet::from([context.spec.clone()]);
    let mut found = vec![context.spec.clone()];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let folder = path.parent().unwrap_or(Utf8Path::new(""));
        for pattern in patterns(&files.read(&path).unwrap_or_default()) {
            let matches = glob::expand(&files, folder, &pattern).into_iter();
            found.extend(matches.filter(|path| seen.insert(path.clone())));
        }
    }
    Ok(found)
}

/// What the `include` nodes of a text name.
fn patterns(text: &str) -> Vec<String> {
    let cut = syntax::cut(FileId::default(), text, &mut Sink::default());
    let chunks = cut.chunks.iter().filter(|chunk| {
        cut.mended.text.get(chunk.range.clone()).is_some_and(|text| text.contains("include"))
    });
    let specs = chunks.map(|chunk| syntax::read(&cut, chunk, &mut Sink::default()));
    specs.flat_map(|spec| spec.includes).map(|pattern| pattern.value).collect()
}
