//! Values behind a node's name: whether they belong there, and what else they were meant as.

use super::{Form, Reader, argument_of, values};
use crate::base::bound::Op;
use crate::base::source::Span;
use crate::syntax::codes;
use crate::syntax::grammar::{Arguments, Bounds, Kind};
use crate::syntax::tree::{Literal, Node, RawBound, Scalar};

impl Reader<'_> {
    pub(super) fn argument<'a>(&mut self, node: &Node, literal: &'a Literal, form: &mut Form<'a>) {
        if self.rule.bounds != Bounds::None
            && let Some(bound) = values::quoted_bound(literal)
        {
            return self.bound(bound, form);
        }
        if let Some(bound) = self.number_without_comparison(literal, form) {
            form.bounds.push(bound);
            return;
        }
        let (kind, most) = match self.rule.arguments {
            Arguments::None => (None, 0),
            Arguments::One(kind) | Arguments::Optional(kind) => (Some(kind), 1),
            Arguments::Many(kind) | Arguments::Any(kind) => (Some(kind), usize::MAX),
        };
        match kind {
            Some(kind) if form.arguments.len() < most => {
                if values::check(literal, kind, &self.place(node), self.sink) {
                    form.arguments.push(literal);
                } else {
                    // Counts as given: a second complaint that it is missing would be an echo.
                    form.arguments.push(&values::NOTHING);
                }
            }
            _ if self.without_key(literal, form) => {}
            _ if self.no_bound(node, literal, form) => {}
            _ => self.too_many(node, literal, most),
        }
    }

    /// `title "ROC"`: a property and its value without `=` between them.
    pub(super) fn without_equals<'a>(
        &mut self,
        word: &Literal,
        next: Option<&'a Literal>,
        form: &Form<'a>,
    ) -> Option<(&'static str, &'a Literal)> {
        let property = self.rule.property(word.word()?)?;
        let value = next?;
        let kept = form.arguments.is_empty() && !matches!(self.rule.arguments, Arguments::None);
        if kept || form.property(property.name).is_some() {
            return None;
        }
        let between = Span { start: word.span.end, ..value.span.before() };
        self.sink.report(
            codes::MISSING_PROPERTY_VALUE
                .at(word.span, format!("`{}` is set with `=`", property.name))
                .label("reads as a value of its own")
                .fix("write `=`", between, "="),
        );
        let place = format!("`{}`", property.name);
        values::check(value, property.kind, &place, self.sink).then_some((property.name, value))
    }

    /// `thresholds quality "metrics/eval.json"`: the value of the one property that takes a path.
    pub(super) fn without_key<'a>(&mut self, literal: &'a Literal, form: &mut Form<'a>) -> bool {
        let mut takes = self.rule.properties.iter().filter(|it| it.kind == Kind::Path);
        let property = takes.next().filter(|it| form.property(it.name).is_none());
        let (Some(property), Some(_)) = (property, literal.quoted()) else { return false };
        let name = property.name;
        self.sink.report(
            codes::UNEXPECTED_VALUE
                .at(literal.span, format!("this needs its name, `{name}=`"))
                .label(property.summary)
                .fix(format!("write `{name}=`"), literal.span.before(), format!("{name}=")),
        );
        form.properties.push((name, literal));
        true
    }

    /// `accuracy 0.85`: a number where a bound belongs. The first is taken as a lower bound, the
    /// second as an upper one.
    pub(super) fn number_without_comparison(
        &mut self,
        literal: &Literal,
        form: &Form<'_>,
    ) -> Option<RawBound> {
        let number = match &literal.value {
            Scalar::Int(_) | Scalar::Float(_) => true,
            Scalar::Str(text) => !literal.bare && text.parse().is_ok_and(f64::is_finite),
            Scalar::Bool(_) | Scalar::Null => false,
        };
        let expected = match self.rule.arguments {
            Arguments::None => 0,
            Arguments::One(_) => 1,
            Arguments::Optional(_) | Arguments::Many(_) | Arguments::Any(_) => return None,
        };
        let takes_bounds = self.rule.bounds != Bounds::None;
        if !number || !takes_bounds || form.arguments.len() < expected {
            return None;
        }
        let op = if form.bounds.is_empty() { Op::Ge } else { Op::Le };
        self.sink.report(
            codes::MISSING_BOUND
                .at(literal.span, "a bound says which way it goes")
                .label(format!("a number without a comparison; perhaps `{}`", op.as_str()))
                .fix(format!("write `{}`", op.as_str()), literal.span.before(), op.as_str()),
        );
        Some(RawBound { name: None, op, value: literal.clone(), span: literal.span })
    }

    /// `accuracy ~0.85`: a word where only a bound can stand. True when it was reported as that.
    fn no_bound(&mut self, node: &Node, literal: &Literal, form: &Form<'_>) -> bool {
        let only = matches!(self.rule.arguments, Arguments::None)
            && matches!(self.rule.bounds, Bounds::PlainOr(_))
            && node.entries.iter().all(|it| argument_of(it).is_some())
            && form.bounds.is_empty();
        if only && self.surplus.replace(literal.span.end).is_none() {
            self.sink.report(
                codes::MISSING_BOUND
                    .at(literal.span, format!("`{}` needs a bound", node.name.value))
                    .label("this is no bound")
                    .help(format!("for example `{} >=0.85`", node.name.value)),
            );
        }
        only
    }

    pub(super) fn too_many(&mut self, node: &Node, literal: &Literal, most: usize) {
        let name = &node.name.value;
        let message = match most {
            0 => format!("`{name}` takes no value"),
            _ => format!("`{name}` takes one value"),
        };
        let start = Span { start: literal.span.start.saturating_sub(1), ..literal.span };
        if self.surplus.replace(start.end).is_some() {
            return;
        }
        let last = node.entries.iter().filter_map(argument_of).next_back();
        let start = Span { end: last.map_or(start.end, |it| it.span.end), ..start };
        self.sink.report(
            codes::UNEXPECTED_VALUE.at(literal.span, message).label("not expected here").fix(
                "remove it",
                start,
                "",
            ),
        );
    }
}
