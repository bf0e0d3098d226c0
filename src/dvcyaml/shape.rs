//! What a `dvc.yaml` may hold, as a table, and a walk that compares a document with it. Looks at
//! the text as it is written: nothing is filled in yet.

use crate::base::diagnostic::Sink;
use crate::base::source::{FileId, Span};
use crate::base::suggest::did_you_mean;
use crate::base::yaml::{Kind, Node};
use crate::dvcyaml::codes;

/// What may stand at a place.
enum Form {
    Any,
    Null,
    Text,
    Flag,
    /// A list, whatever it holds.
    List,
    /// A map, whatever it holds.
    Map,
    ListOf(&'static Self),
    /// Strings as keys, values of one form.
    MapOf(&'static Self),
    /// These keys and no others.
    Keys(&'static [Key]),
    /// The first whose kind fits.
    Either(&'static [Self]),
    /// A stage, or a template of stages.
    Stage,
}

/// A key of a map and what stands under it.
struct Key {
    name: &'static str,
    form: Form,
    required: bool,
}

const fn key(name: &'static str, form: Form) -> Key {
    Key { name, form, required: false }
}

const fn required(name: &'static str, form: Form) -> Key {
    Key { name, form, required: true }
}

const TEXTS: Form = Form::ListOf(&Form::Text);
const TEXT_OR_LIST: Form = Form::Either(&[Form::Text, Form::List]);
const TEXT_OR_MAP: Form = Form::Either(&[Form::Text, Form::Map]);
const VARS: Form = Form::ListOf(&TEXT_OR_MAP);

const TOP: &[Key] = &[
    key("stages", Form::MapOf(&Form::Stage)),
    key("vars", VARS),
    key("params", TEXTS),
    key("metrics", TEXTS),
    key("plots", Form::ListOf(&Form::Either(&[Form::Text, Form::MapOf(&PLOT)]))),
    key("artifacts", Form::MapOf(&Form::Keys(ARTIFACT))),
    key("datasets", Form::Any),
];

const ARTIFACT: &[Key] = &[
    required("path", Form::Text),
    key("desc", Form::Text),
    key("type", Form::Text),
    key("labels", TEXTS),
    key("meta", Form::Any),
];

const PLOT: Form = Form::Either(&[
    Form::Null,
    Form::Keys(&[
        key("x", TEXT_OR_MAP),
        key("y", Form::Either(&[Form::Text, TEXTS, Form::Map])),
        key("x_label", Form::Text),
        key("y_label", Form::Text),
        key("title", Form::Text),
        key("template", Form::Text),
    ]),
]);

const STAGE: &[Key] = &[
    required("cmd", TEXT_OR_LIST),
    key("wdir", Form::Text),
    key("deps", TEXTS),
    key("params", Form::ListOf(&TEXT_OR_MAP)),
    key("outs", Form::ListOf(&Form::Either(&[Form::Text, Form::MapOf(&Form::Keys(OUT))]))),
    key("metrics", Form::ListOf(&Form::Either(&[Form::Text, Form::MapOf(&Form::Keys(OUT))]))),
    key("plots", Form::ListOf(&Form::Either(&[Form::Text, Form::MapOf(&Form::Keys(PLOTTED))]))),
    key("vars", VARS),
    key("matrix", Form::MapOf(&TEXT_OR_LIST)),
    key("frozen", Form::Flag),
    key("always_changed", Form::Flag),
    key("desc", Form::Text),
    key("meta", Form::Any),
];

const TEMPLATE: &[Key] = &[
    required("foreach", Form::Either(&[Form::Text, Form::List, Form::Map])),
    required("do", Form::Keys(STAGE)),
];

macro_rules! out_keys {
    ($($more:expr),*) => {
        &[
            key("cache", Form::Flag),
            key("persist", Form::Flag),
            key("push", Form::Flag),
            key("remote", Form::Text),
            key("desc", Form::Text),
            key("type", Form::Text),
            key("labels", TEXTS),
            key("meta", Form::Any),
            key("checkpoint", Form::Flag),
            $($more),*
        ]
    };
}

const OUT: &[Key] = out_keys!();
const PLOTTED: &[Key] = out_keys!(
    key("x", Form::Text),
    key("y", Form::Text),
    key("x_label", Form::Text),
    key("y_label", Form::Text),
    key("title", Form::Text),
    key("template", Form::Text),
    key("header", Form::Flag)
);

/// Reports everything in a document that DVC would refuse.
pub(crate) fn check(root: &Node, file: FileId, sink: &mut Sink) {
    let mut walk = Walk { file, sink, path: Vec::new() };
    if root.kind != Kind::Null {
        walk.look(root, &Form::Keys(TOP));
    }
}

struct Walk<'a> {
    file: FileId,
    sink: &'a mut Sink,
    /// Keys that lead to the place.
    path: Vec<String>,
}

impl Walk<'_> {
    fn look(&mut self, node: &Node, form: &Form) {
        match (form, &node.kind) {
            (Form::Any, _) => {}
            (Form::ListOf(item), Kind::List(items)) => items.iter().for_each(|it| {
                self.look(it, item);
            }),
            (Form::MapOf(value), Kind::Map(entries)) => {
                for (key, it) in entries {
                    self.inside(key, |walk| walk.look(it, value));
                }
            }
            (Form::Keys(keys), Kind::Map(entries)) => self.keys(node, entries, keys),
            (Form::Stage, Kind::Map(entries)) => {
                let named = |name: &str| entries.iter().any(|(key, _)| key.as_str() == Some(name));
                let keys = if named("foreach") || named("do") { TEMPLATE } else { STAGE };
                self.keys(node, entries, keys);
            }
            (Form::Either(forms), kind) => match forms.iter().find(|form| fits(form, kind)) {
                Some(form) => self.look(node, form),
                None => self.misfit(node, form),
            },
            (form, kind) if fits(form, kind) => {}
            _ => self.misfit(node, form),
        }
    }

    fn keys(&mut self, node: &Node, entries: &[(Node, Node)], keys: &[Key]) {
        for (key, value) in entries {
            match keys.iter().find(|known| key.as_str() == Some(known.name)) {
                Some(known) => self.inside(key, |walk| walk.look(value, &known.form)),
                None => self.unknown(key, keys),
            }
        }
        for missing in keys.iter().filter(|it| it.required) {
            if !entries.iter().any(|(key, _)| key.as_str() == Some(missing.name)) {
                let place = entries.first().map_or(node, |(key, _)| key);
                let message = format!("{} has no `{}`", self.place(), missing.name);
                self.sink.report(codes::SHAPE.at(self.span(place), message));
            }
        }
    }

    fn unknown(&mut self, key: &Node, keys: &[Key]) {
        let text = key.key_text();
        let message = format!("{} has no key `{text}` in DVC", self.place());
        let help = did_you_mean(&text, keys.iter().map(|it| it.name));
        let help = help.or_else(|| {
            (text == "live").then(|| "DVC 3 has no `live`: list the files under `outs`".to_owned())
        });
        self.sink.report(codes::SHAPE.at(self.span(key), message).maybe_help(help));
    }

    fn misfit(&mut self, node: &Node, form: &Form) {
        let found = node.kind.noun();
        let mut wanted = Vec::new();
        nouns(form, &mut wanted);
        let wanted = wanted.join(" or ");
        let message = format!("{} is {found}, not {wanted}", self.place());
        let is_scalar = matches!(node.kind, Kind::Bool(_) | Kind::Int(_) | Kind::Float(_))
            || matches!(node.kind, Kind::Date(_));
        let help =
            (is_scalar && wanted.contains("a string")).then(|| "put it in quotes".to_owned());
        let help = help.or_else(|| {
            let hole = node.as_str().is_some_and(|text| text.contains("${"));
            hole.then(|| "DVC looks at kinds before it fills in `${…}`: write the value".to_owned())
        });
        self.sink.report(codes::SHAPE.at(self.span(node), message).maybe_help(help));
    }

    fn inside(&mut self, key: &Node, look: impl FnOnce(&mut Self)) {
        if key.as_str().is_none() {
            let noun = key.kind.noun();
            let message = format!("the key `{}` is {noun}, not a string", key.key_text());
            self.sink.report(codes::SHAPE.at(self.span(key), message).help("put it in quotes"));
        }
        self.path.push(key.key_text());
        look(self);
        self.path.pop();
    }

    fn place(&self) -> String {
        match self.path.as_slice() {
            [] => "`dvc.yaml`".to_owned(),
            path => format!("`{}`", path.join(".")),
        }
    }

    fn span(&self, node: &Node) -> Span {
        Span::new(self.file, node.start, node.end)
    }
}

fn fits(form: &Form, kind: &Kind) -> bool {
    match form {
        Form::Any => true,
        Form::Null => matches!(kind, Kind::Null),
        Form::Text => matches!(kind, Kind::Str(_)),
        Form::Flag => matches!(kind, Kind::Bool(_)),
        Form::List | Form::ListOf(_) => matches!(kind, Kind::List(_)),
        Form::Map | Form::MapOf(_) | Form::Keys(_) | Form::Stage => matches!(kind, Kind::Map(_)),
        Form::Either(forms) => forms.iter().any(|form| fits(form, kind)),
    }
}

fn nouns(form: &Form, found: &mut Vec<&'static str>) {
    match form {
        Form::Any => found.push("anything"),
        Form::Null => found.push("nothing"),
        Form::Text => found.push("a string"),
        Form::Flag => found.push("a boolean"),
        Form::List | Form::ListOf(_) => found.push("a list"),
        Form::Map | Form::MapOf(_) | Form::Keys(_) | Form::Stage => found.push("a map"),
        Form::Either(forms) => forms.iter().for_each(|form| nouns(form, found)),
    }
}
