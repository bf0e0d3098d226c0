//! Properties that other tools have where the language has another form.

use super::{Form, Reader};
use crate::base::source::{Span, Spanned};
use crate::syntax::codes;
use crate::syntax::sections::CHECKS;
use crate::syntax::tree::{Literal, Scalar};

impl Reader<'_> {
    /// Reports a property that is plainly meant as something else; true when it was one.
    pub(super) fn foreign<'a>(
        &mut self,
        key: &Spanned<String>,
        value: &'a Literal,
        span: Span,
        form: &mut Form<'a>,
    ) -> bool {
        match (self.rule.name, key.value.as_str(), &value.value) {
            ("column", "nullable" | "optional", Scalar::Bool(flag)) => {
                self.nullable(key, *flag, span, form);
            }
            ("column", name, Scalar::Bool(true)) if CHECKS.contains(&name) => {
                self.flag(key, span, form)
            }
            ("dataset", "path" | "file" | "source", Scalar::Str(_))
                if form.arguments.len() == 1 =>
            {
                self.named_path(key, value, form);
            }
            _ => return false,
        }
        true
    }

    /// `nullable=#true`: a type that ends in `?`.
    fn nullable(&mut self, key: &Spanned<String>, flag: bool, span: Span, form: &Form<'_>) {
        let before = Span { start: span.start.saturating_sub(1), ..span };
        let mut diagnostic = codes::UNKNOWN_PROPERTY
            .at(key.span, format!("`column` has no property `{}`", key.value))
            .label("values may be missing when the type ends in `?`, as in `float?`");
        if let Some(ty) = form.arguments.first() {
            let title = "say it with the type";
            let mark = !flag || ty.as_str().is_some_and(|it| it.ends_with('?'));
            if !mark {
                diagnostic = diagnostic.fix(title, ty.span.after(), "?");
            }
            diagnostic = diagnostic.fix(title, before, "");
        }
        self.sink.report(diagnostic);
    }

    /// `unique=#true`: a check of its own block.
    fn flag(&mut self, key: &Spanned<String>, span: Span, form: &Form<'_>) {
        let check = format!("{{ {} }}", key.value);
        let diagnostic = codes::UNKNOWN_PROPERTY
            .at(key.span, format!("`column` has no property `{}`", key.value))
            .label("a check, which stands in the block of the column");
        self.sink.report(match form.node.block {
            None => diagnostic.fix(format!("write `{check}`"), span, check),
            Some(_) => diagnostic,
        });
    }

    /// `dataset raw path="a.csv"`: the path is the second value.
    fn named_path<'a>(&mut self, key: &Spanned<String>, value: &'a Literal, form: &mut Form<'a>) {
        let name = Span { end: value.span.start, ..key.span };
        self.sink.report(
            codes::UNKNOWN_PROPERTY
                .at(key.span, format!("`dataset` has no property `{}`", key.value))
                .label("the path follows the name directly")
                .fix(format!("remove `{}=`", key.value), name, ""),
        );
        form.arguments.push(value);
    }
}
