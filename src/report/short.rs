//! One line a diagnostic, for editors and `grep`: `path:line:col: error[slug]: message`.

use crate::base::diagnostic::Diagnostic;
use crate::base::source::SourceMap;
use crate::report::text::printable;
use std::fmt::Write as _;

/// Columns count characters from one.
pub(crate) fn render(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for it in diagnostics {
        let file = sources.file(it.primary.span.file);
        let place = file.position(it.primary.span.start as usize);
        let _ = writeln!(
            out,
            "{}:{}:{}: {}[{}]: {}",
            file.path,
            place.line,
            place.column,
            it.severity().as_str(),
            it.code.slug,
            it.message.chars().map(printable).collect::<String>(),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::report::samples;

    #[test]
    fn every_shape_of_diagnostic() {
        let (sources, diagnostics) = samples::many();
        samples::assert("short", &super::render(&sources, &diagnostics));
    }
}
