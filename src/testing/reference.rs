//! What the pages of the book are generated from: codes, the grammar's tables, checks.

use crate::base::code::Code;
use crate::base::page;
use crate::schema::constraint;
use crate::syntax::grammar::core::SPEC;
use crate::syntax::grammar::{Arguments, BlockRule, Bounds, NodeRule, Property};
use crate::{driver, dvcyaml, model, syntax};

/// A kind of diagnostic.
#[derive(Clone, Debug)]
pub struct Kind {
    pub slug: &'static str,
    pub summary: &'static str,
    pub severity: &'static str,
    /// Whether `allow` may silence it.
    pub allowable: bool,
    /// The source of the page.
    pub docs: &'static str,
    /// The page as users see it.
    pub page: String,
    /// The part of the compiler that reports it: `syntax`, `model`, `check` or `dvcyaml`.
    pub layer: &'static str,
}

/// Every kind of diagnostic, sorted by slug.
#[must_use]
pub fn codes() -> Vec<Kind> {
    let kind = |code: &'static Code| Kind {
        slug: code.slug,
        summary: code.summary,
        severity: code.severity.as_str(),
        allowable: code.allowable,
        docs: code.docs,
        page: page::of(code),
        layer: layer(code),
    };
    driver::codes().into_iter().map(kind).collect()
}

fn layer(code: &Code) -> &'static str {
    let of = |codes: &[&Code]| codes.iter().any(|it| it.slug == code.slug);
    match code {
        _ if of(syntax::codes::CODES) => "syntax",
        _ if of(model::codes::CODES) => "model",
        _ if of(dvcyaml::codes::CODES) => "dvcyaml",
        _ => "check",
    }
}

/// A kind of node: how it is written and what it means.
#[derive(Clone, Debug)]
pub struct Shape {
    pub name: &'static str,
    pub summary: &'static str,
    /// What follows the name, in words; empty when nothing does.
    pub takes: String,
    /// Key, value in words, meaning.
    pub properties: Vec<(&'static str, &'static str, &'static str)>,
    /// Whether users choose the names of what stands in the block; then `block` is its one shape.
    pub is_named: bool,
    pub block: Vec<Self>,
}

/// The whole language: the shape of a spec.
#[must_use]
pub fn grammar() -> Shape {
    shape(&SPEC)
}

fn shape(rule: &NodeRule) -> Shape {
    let property = |it: &Property| (it.name, it.kind.said(), it.summary);
    let block = match rule.block {
        BlockRule::Fields(fields) => fields.iter().map(|it| shape(it)).collect(),
        BlockRule::Named(item) => vec![shape(item)],
        BlockRule::None | BlockRule::Free => Vec::new(),
    };
    Shape {
        name: rule.name,
        summary: rule.summary,
        takes: takes(rule),
        properties: rule.properties.iter().map(property).collect(),
        is_named: matches!(rule.block, BlockRule::Named(_)),
        block,
    }
}

fn takes(rule: &NodeRule) -> String {
    let values = match rule.arguments {
        Arguments::None => String::new(),
        Arguments::One(kind) => kind.said().to_owned(),
        Arguments::Optional(kind) => format!("{}, or nothing", kind.said()),
        Arguments::Many(kind) => format!("{}, or several", kind.said()),
        Arguments::Any(kind) => format!("{}, several, or none", kind.said()),
    };
    let bounds = match rule.bounds {
        Bounds::None => String::new(),
        Bounds::Plain => "bounds".to_owned(),
        Bounds::PlainOr(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("bounds, also on {}", names.join(", "))
        }
    };
    let open = if rule.open { "`NAME=\"value\"`, or several" } else { "" };
    let parts = [values, bounds, open.to_owned()];
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The checks of columns: name, what holds, page.
pub fn checks() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    constraint::all().map(|it| (it.name, it.summary, it.docs))
}
