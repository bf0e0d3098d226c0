//! Workflow commands that GitHub Actions turns into annotations on a pull request.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::SourceMap;
use camino::Utf8Path;
use std::fmt::Write as _;

/// `folder` is the project's root seen from the repository's, empty when they are the same:
/// annotations show only on paths of the repository.
pub(crate) fn render(sources: &SourceMap, diagnostics: &[Diagnostic], folder: &Utf8Path) -> String {
    let mut out = String::new();
    for it in diagnostics {
        let span = it.primary.span;
        let file = sources.file(span.file);
        let (start, end) = (file.position(span.start as usize), file.position(span.end as usize));
        let help = it.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let _ = writeln!(
            out,
            "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}",
            it.severity().as_str(),
            property(folder.join(&file.path).as_str()),
            start.line,
            start.column,
            end.line,
            end.column,
            property(it.code.slug),
            data(&format!("{}{help}", it.message)),
        );
    }
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use crate::report::samples;

    #[test]
    fn every_shape_of_diagnostic() {
        let (sources, diagnostics) = samples::many();
        samples::assert("github", &super::render(&sources, &diagnostics, "services/churn".into()));
    }
}
