//! Stages.

use crate::base::diagnostic::Sink;
use crate::base::source::Spanned;
use crate::syntax::ast::{Allow, Axis, Dep, Out, OutKind, Params, Retry, Stage, Text};
use crate::syntax::decode::{fields, named};
use crate::syntax::reader::Form;
use crate::syntax::tree::{Literal, Scalar};

/// Properties of `plots` that are ours and not the plot's.
const OUT_PROPERTIES: &[&str] = &["on-fail", "cache", "persist", "push", "desc"];

pub(super) fn stage(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Stage {
    let mut stage = Stage { name: form.text(0), span: form.node.span, ..Stage::default() };
    for (rule, field) in fields(form, sink, allows) {
        set(&mut stage, rule, &field, sink);
    }
    stage
}

fn set(stage: &mut Stage, rule: &str, field: &Form<'_>, sink: &mut Sink) {
    match rule {
        "desc" => stage.desc = field.text(0),
        "matrix" => stage.matrix = matrix(field, sink),
        "cmd" => stage.cmd = field.texts(),
        "wdir" => stage.wdir = field.text(0),
        "deps" => stage.deps.extend(deps(field)),
        "outs" => stage.outs.extend(outs(field, &OutKind::Data)),
        "params" => stage.params.push(params(field, sink)),
        "metrics" => {
            let provides = provides(field, sink);
            stage.outs.extend(outs(field, &OutKind::Metrics { provides }));
        }
        "plots" => stage.outs.extend(outs(field, &plots(field))),
        "env" => stage.env.extend(env(field, sink)),
        "resources" => {
            stage.cpus = field.property("cpus").cloned();
            stage.memory = field.property_text("memory");
            stage.gpus = field.property("gpus").cloned();
        }
        "mutex" => stage.mutex.extend(field.texts()),
        "retry" => {
            stage.retry = field.arguments.first().map(|&times| Retry {
                times: times.clone(),
                backoff: field.property_text("backoff"),
                cap: field.property_text("cap"),
            });
        }
        "timeout" => stage.timeout = field.text(0),
        "frozen" => stage.frozen = flag(field),
        "always" => stage.always = flag(field),
        "meta" => stage.meta = field.items.iter().map(|&item| item.clone()).collect(),
        _ => {}
    }
}

/// A flag is set by its name alone, or by `#true`.
fn flag(field: &Form<'_>) -> bool {
    !field.arguments.first().is_some_and(|it| it.value == Scalar::Bool(false))
}

fn matrix(field: &Form<'_>, sink: &mut Sink) -> Vec<Axis> {
    let axis = |(name, item): (Text, Form<'_>)| Axis {
        name,
        values: item.arguments.iter().map(|&it| it.clone()).collect(),
    };
    named(field, sink).into_iter().map(axis).collect()
}

fn deps(field: &Form<'_>) -> Vec<Dep> {
    let schema = field.property_text("schema");
    let strings = field.arguments.iter().filter(|it| it.as_str().is_some());
    strings.map(|&what| Dep { what: what.clone(), schema: schema.clone() }).collect()
}

fn outs(field: &Form<'_>, kind: &OutKind) -> Vec<Out> {
    let out = |path| Out {
        path,
        kind: kind.clone(),
        cache: field.property_bool("cache"),
        on_fail: field.property_text("on-fail"),
        persist: field.property_bool("persist"),
        push: field.property_bool("push"),
        desc: field.property_text("desc"),
        schema: field.property_text("schema"),
    };
    field.texts().into_iter().map(out).collect()
}

fn provides(field: &Form<'_>, sink: &mut Sink) -> Vec<Text> {
    let children = fields(field, sink, &mut Vec::new());
    children.iter().flat_map(|(_, provides)| provides.texts()).collect()
}

fn plots(field: &Form<'_>) -> OutKind {
    let own = field.properties().filter(|(name, _)| !OUT_PROPERTIES.contains(name));
    OutKind::Plots {
        properties: own.map(|(name, value)| (name.to_owned(), value.clone())).collect(),
    }
}

/// `params a.b c`, `params "other.yaml"`, or `params "other.yaml" { a.b; c }`.
fn params(field: &Form<'_>, sink: &mut Sink) -> Params {
    let mut keys: Vec<Text> = named(field, sink).into_iter().map(|(name, _)| name).collect();
    let mut words = field.arguments.iter().copied().peekable();
    let file = words.next_if(|first| field.node.block.is_some() || is_file(first));
    keys.splice(0..0, words.filter_map(crate::syntax::reader::text_of));
    Params { file: file.and_then(crate::syntax::reader::text_of), keys, span: field.node.span }
}

fn is_file(literal: &Literal) -> bool {
    let name = literal.as_str().unwrap_or_default();
    [".yaml", ".yml", ".json", ".toml"].iter().any(|ending| name.ends_with(ending))
}

fn env(field: &Form<'_>, sink: &mut Sink) -> Vec<(Text, Literal)> {
    let properties = field.node.entries.iter().filter_map(|entry| match entry {
        crate::syntax::tree::Entry::Property { key, value, .. } => {
            Some((key.clone(), value.clone()))
        }
        crate::syntax::tree::Entry::Argument(_) | crate::syntax::tree::Entry::Bound(_) => None,
    });
    let lines = named(field, sink).into_iter().filter_map(|(name, item)| {
        let value = *item.arguments.first()?;
        Some((Spanned::new(name.value, name.span), value.clone()))
    });
    properties.chain(lines).collect()
}
