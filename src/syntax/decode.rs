//! From a top-level node to its section of the AST.

mod ci;
mod data;
mod registry;
mod service;
mod stage;
mod thresholds;

use crate::base::diagnostic::Sink;
use crate::base::source::{Span, Spanned};
use crate::syntax::ast::{Allow, Project, Spec, Var};
use crate::syntax::codes;
use crate::syntax::grammar::BlockRule;
use crate::syntax::grammar::core::SPEC;
use crate::syntax::reader::{self, Form};
use crate::syntax::tree::{Block, Node};

/// Decodes one top-level node.
pub(crate) fn section(node: Node, sink: &mut Sink) -> Spec {
    let span = node.span;
    let root = Node {
        name: Spanned::new(String::new(), span.before()),
        entries: Vec::new(),
        block: Some(Block { nodes: vec![node], span }),
        span,
    };
    let form = reader::read(&root, &SPEC, sink);
    let mut spec = Spec { lost: form.fields.is_empty(), ..Spec::default() };
    for (rule, node) in &form.fields {
        let form = reader::read(node, rule, sink);
        match rule.name {
            "mlc" => version(&form, sink),
            "project" => spec.projects.push(project(&form, sink, &mut spec.allows)),
            "include" => spec.includes.extend(form.texts()),
            "vars" => {
                spec.vars.extend(vars(&form, sink));
                spec.lost |= spec.vars.len() < form.items.len();
            }
            "schema" => {
                spec.schemas.extend(data::schema(&form, sink, &mut spec.allows));
                spec.lost |= spec.schemas.is_empty();
            }
            "dataset" => {
                spec.datasets.extend(data::dataset(&form, sink, &mut spec.allows));
                spec.lost |= spec.datasets.is_empty();
            }
            "stage" => {
                let stage = stage::stage(&form, sink, &mut spec.allows);
                let axes = form.fields.iter().find(|(rule, _)| rule.name == "matrix");
                if let Some((_, matrix)) = axes.filter(|_| stage.matrix.is_empty()) {
                    spec.lost = true;
                    empty_matrix(matrix, sink);
                }
                spec.lost |= stage.name.is_none();
                spec.stages.push(stage);
            }
            "thresholds" => spec.gates.extend(thresholds::gate(&form, sink, &mut spec.allows)),
            "ci" => spec.ci.push(ci::ci(&form, sink, &mut spec.allows)),
            "service" => {
                spec.services.extend(service::service(&form, sink, &mut spec.allows));
            }
            "registry" => {
                spec.registries.push(registry::registry(&form, sink, &mut spec.allows));
            }
            "targets" => spec.targets.extend(targets(&form, sink)),
            "allow" => allow(&form, None, &mut spec.allows),
            other => unreachable!("invariant: `{other}` is no field of the spec"),
        }
    }
    spec
}

fn empty_matrix(matrix: &Node, sink: &mut Sink) {
    sink.report(
        codes::MISSING_VALUE
            .at(matrix.name.span, "`matrix` needs at least one name with its values")
            .label("a block such as `{ model logreg forest }` is expected after this"),
    );
}

fn version(form: &Form<'_>, sink: &mut Sink) {
    let Some(literal) = form.arguments.first() else { return };
    if let crate::syntax::tree::Scalar::Int(number) = literal.value
        && number != 1
    {
        sink.report(
            codes::UNKNOWN_VERSION
                .at(literal.span, format!("there is no version {number} of the language"))
                .label("this `mlc` reads version 1")
                .fix("write `1`", literal.span, "1"),
        );
    }
}

fn project(form: &Form<'_>, sink: &mut Sink, allows: &mut Vec<Allow>) -> Project {
    let mut project = Project {
        name: form.text(0),
        span: form.node.name.span,
        description: None,
        owner: None,
        params: None,
    };
    for (rule, field) in fields(form, sink, allows) {
        match rule {
            "description" => project.description = field.text(0),
            "owner" => project.owner = field.text(0),
            "params" => project.params = field.text(0),
            _ => {}
        }
    }
    project
}

/// Reads the fields of a node; `allow` is taken out on the way.
fn fields<'a>(
    form: &Form<'a>,
    sink: &mut Sink,
    allows: &mut Vec<Allow>,
) -> Vec<(&'static str, Form<'a>)> {
    let mut read = Vec::with_capacity(form.fields.len());
    for (rule, node) in &form.fields {
        let field = reader::read(node, rule, sink);
        match rule.name {
            "allow" => allow(&field, Some(form.node.span), allows),
            name => read.push((name, field)),
        }
    }
    read
}

fn allow(form: &Form<'_>, scope: Option<Span>, allows: &mut Vec<Allow>) {
    let span = form.node.span;
    allows.extend(form.texts().into_iter().map(|slug| Allow { slug, scope, span }));
}

fn vars(form: &Form<'_>, sink: &mut Sink) -> Vec<Var> {
    let items = named(form, sink);
    let var =
        |(name, item): (_, Form<'_>)| Some(Var { name, value: (*item.arguments.first()?).clone() });
    items.into_iter().filter_map(var).collect()
}

fn targets(form: &Form<'_>, sink: &mut Sink) -> Vec<Spanned<String>> {
    named(form, sink).into_iter().map(|(name, _)| name).collect()
}

/// Reads the items of a block whose names the user chose.
fn named<'a>(form: &Form<'a>, sink: &mut Sink) -> Vec<(Spanned<String>, Form<'a>)> {
    let BlockRule::Named(rule) = form.rule.block else { return Vec::new() };
    form.items.iter().map(|item| (item.name.clone(), reader::read(item, rule, sink))).collect()
}
