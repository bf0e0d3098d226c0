//! Matches a node against its table: everything wrong with it is said here, in one place.
//!
//! What is misspelled but near a known name is taken as that name after it was reported, so that
//! one typo gives one diagnostic. Unaware of what the tables describe.
//!
//! Long because each way in which a node can differ from its table is one short function here.

mod arguments;
mod foreign;
mod values;

use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::base::suggest::{did_you_mean, nearest};
use crate::syntax::codes;
use crate::syntax::grammar::{Arguments, BlockRule, Bounds, Kind, NodeRule, Property};
use crate::syntax::tree::{Entry, Literal, Node, RawBound, Scalar};

/// A node that was matched: only what is valid, under the names of its table.
#[derive(Debug)]
pub(crate) struct Form<'a> {
    pub(crate) node: &'a Node,
    pub(crate) rule: &'static NodeRule,
    pub(crate) arguments: Vec<&'a Literal>,
    properties: Vec<(&'a str, &'a Literal)>,
    pub(crate) bounds: Vec<RawBound>,
    /// Children that match a field of the table, in order.
    pub(crate) fields: Vec<(&'static NodeRule, &'a Node)>,
    /// Children whose names the user chose.
    pub(crate) items: Vec<&'a Node>,
}

impl<'a> Form<'a> {
    /// The value of a property, by whichever way it was written.
    pub(crate) fn property(&self, name: &str) -> Option<&'a Literal> {
        self.properties.iter().find(|(key, _)| *key == name).map(|(_, value)| *value)
    }

    pub(crate) fn properties(&self) -> impl Iterator<Item = (&'a str, &'a Literal)> {
        self.properties.iter().copied()
    }

    /// The text of the argument at `index`.
    pub(crate) fn text(&self, index: usize) -> Option<Spanned<String>> {
        self.arguments.get(index).and_then(|it| text_of(it))
    }

    pub(crate) fn property_text(&self, name: &str) -> Option<Spanned<String>> {
        self.property(name).and_then(text_of)
    }

    pub(crate) fn property_bool(&self, name: &str) -> Option<bool> {
        match self.property(name)?.value {
            Scalar::Bool(value) => Some(value),
            Scalar::Null | Scalar::Int(_) | Scalar::Float(_) | Scalar::Str(_) => None,
        }
    }

    /// All arguments that are strings.
    pub(crate) fn texts(&self) -> Vec<Spanned<String>> {
        self.arguments.iter().filter_map(|it| text_of(it)).collect()
    }
}

/// A literal's text and place, if it is a string.
pub(crate) fn text_of(literal: &Literal) -> Option<Spanned<String>> {
    literal.as_str().map(|text| Spanned::new(text.to_owned(), literal.span))
}

/// Matches `node` against `rule`, reporting all that does not fit.
pub(crate) fn read<'a>(node: &'a Node, rule: &'static NodeRule, sink: &mut Sink) -> Form<'a> {
    let mut form = Form {
        node,
        rule,
        arguments: Vec::new(),
        properties: Vec::new(),
        bounds: Vec::new(),
        fields: Vec::new(),
        items: Vec::new(),
    };
    let mut reader = Reader { rule, sink, surplus: None };
    reader.entries(node, &mut form);
    reader.argument_count(node, &form);
    reader.block(node, &mut form);
    reader.required(node, &form);
    form
}

struct Reader<'s> {
    rule: &'static NodeRule,
    sink: &'s mut Sink,
    /// Where the first value too many ends: those behind it are the same mistake.
    surplus: Option<u32>,
}

impl Reader<'_> {
    fn entries<'a>(&mut self, node: &'a Node, form: &mut Form<'a>) {
        let mut entries = node.entries.iter().peekable();
        while let Some(entry) = entries.next() {
            match entry {
                Entry::Argument(literal) => {
                    let next = entries.peek().and_then(|it| argument_of(it));
                    match self.without_equals(literal, next, form) {
                        Some((name, value)) => {
                            form.properties.push((name, value));
                            entries.next();
                        }
                        None => self.argument(node, literal, form),
                    }
                }
                Entry::Property { key, value, span } => self.property(key, value, *span, form),
                Entry::Bound(bound) => self.bound(bound.clone(), form),
            }
        }
    }

    fn property<'a>(
        &mut self,
        key: &'a Spanned<String>,
        value: &'a Literal,
        span: Span,
        form: &mut Form<'a>,
    ) {
        if self.rule.open {
            form.properties.push((&key.value, value));
            return;
        }
        if self.rule.property(&key.value).is_none() && self.foreign(key, value, span, form) {
            return;
        }
        let names: Vec<&str> = self.rule.properties.iter().map(|it| it.name).collect();
        let known = self.rule.property(&key.value);
        let property = known.or_else(|| {
            let near = codes::property_synonym(self.rule.name, &key.value);
            let near = near.or_else(|| nearest(&key.value, names.iter().copied()));
            let said = format!("`{}` has no property `{}`", self.rule.name, key.value);
            let mut diagnostic = codes::UNKNOWN_PROPERTY
                .at(key.span, said)
                .label("not known here")
                .maybe_help(did_you_mean(&key.value, names.iter().copied()));
            match near {
                Some(near) => {
                    diagnostic = diagnostic.fix(format!("write `{near}`"), key.span, near);
                }
                None if self.rule.field(&key.value).is_some() => {
                    diagnostic = diagnostic.help(format!("`{}` is a line of the block", key.value));
                }
                None => {}
            }
            self.sink.report(diagnostic);
            self.rule.property(near?)
        });
        let Some(property) = property else { return };
        self.set(property, span, value, form);
    }

    /// Takes a property in, written either way.
    fn set<'a>(
        &mut self,
        property: &'static Property,
        span: Span,
        value: &'a Literal,
        form: &mut Form<'a>,
    ) {
        if let Some((_, first)) = form.properties.iter().find(|(name, _)| *name == property.name) {
            let first = first.span;
            self.sink.report(
                codes::DUPLICATE_FIELD
                    .at(span, format!("`{}` is given twice", property.name))
                    .label("given again here")
                    .also(first, "first given here"),
            );
        } else if values::check(value, property.kind, &format!("`{}`", property.name), self.sink) {
            form.properties.push((property.name, value));
        }
    }

    fn bound(&mut self, bound: RawBound, form: &mut Form<'_>) {
        let names = match self.rule.bounds {
            Bounds::None => return self.unexpected_bound(&bound),
            Bounds::Plain => &[][..],
            Bounds::PlainOr(names) => names,
        };
        let bound = match &bound.name {
            Some(name) if !names.contains(&name.value.as_str()) => {
                match self.unknown_quantity(name, names) {
                    Some(near) => {
                        let name = Spanned::new(near.to_owned(), name.span);
                        RawBound { name: Some(name), ..bound }
                    }
                    None => return,
                }
            }
            _ => bound,
        };
        form.bounds.push(bound);
    }

    fn unexpected_bound(&mut self, bound: &RawBound) {
        let mut diagnostic = codes::UNEXPECTED_BOUND
            .at(bound.span, format!("`{}` takes no bound", self.rule.name))
            .label("not expected here");
        let setting = bound.name.as_ref().filter(|it| self.rule.property(&it.value).is_some());
        if let Some(name) = setting {
            let operator = Span { start: name.span.end, ..bound.value.span.before() };
            diagnostic = diagnostic.help(format!("`{}` is set to one value", name.value)).fix(
                "write `=`",
                operator,
                "=",
            );
        }
        self.sink.report(diagnostic);
    }

    fn unknown_quantity<'n>(
        &mut self,
        name: &Spanned<String>,
        names: &'n [&'n str],
    ) -> Option<&'n str> {
        let near = nearest(&name.value, names.iter().copied());
        let mut diagnostic = codes::UNEXPECTED_BOUND
            .at(name.span, format!("`{}` cannot be bounded here", name.value))
            .label("not known here")
            .maybe_help(did_you_mean(&name.value, names.iter().copied()));
        if let Some(near) = near {
            diagnostic = diagnostic.fix(format!("write `{near}`"), name.span, near);
        } else if names.is_empty() {
            diagnostic = diagnostic.help("a bound here has no name: `>=18`");
        }
        self.sink.report(diagnostic);
        near
    }

    fn argument_count(&mut self, node: &Node, form: &Form<'_>) {
        let kind = match self.rule.arguments {
            Arguments::One(kind) | Arguments::Many(kind) => kind,
            Arguments::None | Arguments::Optional(_) | Arguments::Any(_) => return,
        };
        // A block where there can be none holds what should stand here.
        let misplaced = node.block.is_some()
            && matches!(self.rule.block, BlockRule::None)
            && self.rule.properties.is_empty();
        if form.arguments.is_empty() && !misplaced {
            let name = &node.name.value;
            let mut diagnostic = codes::MISSING_VALUE
                .at(node.name.span, format!("`{name}` needs {}", kind.said()))
                .label(format!("{} is expected after this", kind.said()));
            if self.rule.name == "mlc" {
                diagnostic = diagnostic.fix("write `mlc 1`", node.name.span.after(), " 1");
            }
            if matches!(kind, Kind::PathOrName | Kind::Path) && node.block.is_none() {
                diagnostic = diagnostic.help(format!("leave `{name}` out when there is none"));
            }
            self.sink.report(diagnostic);
        }
    }

    fn block<'a>(&mut self, node: &'a Node, form: &mut Form<'a>) {
        let Some(block) = &node.block else { return };
        match self.rule.block {
            BlockRule::Free => form.items.extend(&block.nodes),
            BlockRule::Named(_) => form.items.extend(&block.nodes),
            BlockRule::Fields(_) => self.fields(&block.nodes, form),
            BlockRule::None if self.rule.properties.is_empty() => {
                self.sink.report(
                    codes::UNEXPECTED_BLOCK
                        .at(block.span, format!("`{}` has no block", node.name.value))
                        .label("not expected here"),
                );
            }
            BlockRule::None => self.fields(&block.nodes, form),
        }
    }

    fn fields<'a>(&mut self, nodes: &'a [Node], form: &mut Form<'a>) {
        for node in nodes {
            let name = node.name.value.as_str();
            let known = self.rule.field(name).is_some() || self.rule.property(name).is_some();
            let name = if known { Some(name) } else { self.unknown_field(node) };
            let Some(name) = name else { continue };
            match (self.rule.field(name), self.rule.property(name)) {
                (Some(field), _) => self.field(field, node, form),
                (None, Some(property)) => self.property_line(property, node, form),
                (None, None) => {}
            }
        }
    }

    /// A property written as a line of the block.
    fn property_line<'a>(
        &mut self,
        property: &'static Property,
        node: &'a Node,
        form: &mut Form<'a>,
    ) {
        let value = node.entries.iter().find_map(|entry| match entry {
            Entry::Argument(literal) => Some(literal),
            Entry::Property { .. } | Entry::Bound(_) => None,
        });
        let flag = property.kind == Kind::Bool;
        let (name, said) = (property.name, property.kind.said());
        match value.or(flag.then_some(&values::TRUE)) {
            Some(value) => self.set(property, node.span, value, form),
            None => self.sink.report(
                codes::MISSING_VALUE
                    .at(node.name.span, format!("`{name}` needs {said}"))
                    .label(format!("{said} is expected after this")),
            ),
        }
    }

    fn field<'a>(&mut self, field: &'static NodeRule, node: &'a Node, form: &mut Form<'a>) {
        let first = form.fields.iter().find(|(rule, _)| rule.name == field.name);
        if let Some((_, first)) = first.filter(|_| !field.repeats) {
            let first = first.name.span;
            self.sink.report(
                codes::DUPLICATE_FIELD
                    .at(node.name.span, format!("`{}` is given twice", field.name))
                    .label("given again here")
                    .also(first, "first given here"),
            );
            return;
        }
        form.fields.push((field, node));
    }

    /// Reports a child that is not known, and says which one was meant if that is plain.
    fn unknown_field(&mut self, node: &Node) -> Option<&'static str> {
        let name = node.name.value.as_str();
        let names = self.rule.field_names();
        let near = codes::synonym(self.rule.name, name);
        if near.is_none()
            && let Some(diagnostic) = codes::not_built_yet(node)
        {
            self.sink.report(diagnostic);
            return None;
        }
        let near = near.or_else(|| self.nearest_field(node, &names));
        let (code, message) = match self.rule.name {
            "spec" => (&codes::UNKNOWN_SECTION, format!("there is no section `{name}`")),
            rule => (&codes::UNKNOWN_FIELD, format!("`{rule}` has no field `{name}`")),
        };
        let mut diagnostic = code
            .at(node.name.span, message)
            .label("not known here")
            .maybe_help(codes::belongs_elsewhere(self.rule.name, name))
            .maybe_help(near.map(|near| format!("did you mean `{near}`?")));
        if let Some(near) = near {
            diagnostic = diagnostic.fix(format!("write `{near}`"), node.name.span, near);
        } else if name == "-" {
            diagnostic = diagnostic.help("values stand behind the name, on its line");
        } else if diagnostic.help.is_none() {
            let known = crate::base::suggest::quoted(&names);
            diagnostic = diagnostic.help(format!("known here: {known}"));
        }
        self.sink.report(diagnostic);
        near
    }

    /// The field whose name is nearest; one that takes as many values as stand here comes first.
    fn nearest_field(&self, node: &Node, names: &[&'static str]) -> Option<&'static str> {
        let name = node.name.value.as_str();
        let count = node.entries.iter().filter_map(argument_of).count();
        let near = nearest(name, names.iter().copied())?;
        let takes = |it: &&'static str| match self.rule.field(it).map(|it| it.arguments) {
            Some(Arguments::None) => count == 0,
            Some(Arguments::One(_) | Arguments::Optional(_)) => count < 2,
            Some(Arguments::Many(_) | Arguments::Any(_)) | None => true,
        };
        let fitting = nearest(name, names.iter().copied().filter(takes));
        let as_near = |it: &str| {
            let long = name.chars().count().abs_diff(it.chars().count());
            long <= name.chars().count().abs_diff(near.chars().count())
        };
        fitting.filter(|it| as_near(it)).or(Some(near))
    }

    fn required(&mut self, node: &Node, form: &Form<'_>) {
        let BlockRule::Fields(fields) = self.rule.block else { return };
        if self.rule.name == "spec" {
            return;
        }
        for field in fields.iter().filter(|field| field.required) {
            if !form.fields.iter().any(|(rule, _)| rule.name == field.name) {
                self.sink.report(
                    codes::MISSING_FIELD
                        .at(
                            node.name.span.to(form.text(0).map_or(node.name.span, |it| it.span)),
                            format!("this {} has no `{}`", self.rule.name, field.name),
                        )
                        .label(format!(
                            "`{}` is needed: {}",
                            field.name,
                            first_clause(field.summary)
                        )),
                );
            }
        }
    }

    fn place(&self, node: &Node) -> String {
        match self.rule.name {
            "column" | "check" | "variable" | "axis" => format!("`{}`", node.name.value),
            name => format!("`{name}`"),
        }
    }
}

fn argument_of(entry: &Entry) -> Option<&Literal> {
    match entry {
        Entry::Argument(literal) => Some(literal),
        Entry::Property { .. } | Entry::Bound(_) => None,
    }
}

fn first_clause(summary: &str) -> &str {
    summary.split(';').next().unwrap_or(summary)
}
