//! From the stages as they are written to those that run: `foreach` and `matrix` multiplied, every
//! `${…}` filled in. Unaware of what the fields of a stage mean.

use crate::base::source::Span;
use crate::base::value::Value;
use crate::base::yaml::{Kind, Node};
use crate::dvcyaml::codes;
use crate::dvcyaml::context::{self, Context};
use crate::dvcyaml::fill::{self, Place};
use crate::dvcyaml::paths::joined;
use crate::dvcyaml::python_text::{self, Style};
use crate::dvcyaml::vars::Loader;
use camino::{Utf8Path, Utf8PathBuf};
use std::borrow::Cow;

/// A stage as it is written.
pub(crate) struct Group<'a> {
    pub(crate) name: &'a str,
    pub(crate) name_node: &'a Node,
    /// The fields of the stage; below `do` for a `foreach`.
    pub(crate) fields: &'a [(Node, Node)],
    pub(crate) kind: GroupKind,
    pub(crate) stages: Vec<Resolved>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GroupKind {
    Plain,
    Foreach,
    Matrix,
}

/// The values of `item` and `key`, as far as there are any.
pub(crate) type Local = Vec<(&'static str, Value)>;

/// A stage as DVC resolves it.
pub(crate) struct Resolved {
    /// The key in `dvc.lock`: `train`, or `train@forest`.
    pub(crate) name: String,
    /// The values of `item` and `key`, for a stage that a group makes.
    pub(crate) local: Local,
    /// In the order written.
    pub(crate) fields: Vec<(String, Value)>,
}

impl Group<'_> {
    /// Where a field is written.
    pub(crate) fn field(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|(key, _)| key.as_str() == Some(name)).map(|(_, value)| value)
    }
}

/// What resolving needs.
pub(crate) struct Resolver<'a, 'l> {
    pub(crate) loader: &'a mut Loader<'l>,
    pub(crate) style: Style,
    /// Folder of the file, from the root.
    pub(crate) folder: Utf8PathBuf,
}

impl Resolver<'_, '_> {
    /// Resolves a stage; mistakes are reported and what they concern is left out.
    pub(crate) fn group<'n>(
        &mut self,
        name_node: &'n Node,
        definition: &'n Node,
        context: &mut Context,
    ) -> Group<'n> {
        let name = name_node.as_str().unwrap_or_default();
        let written = definition.as_map().unwrap_or_default();
        let find = |wanted: &str| {
            written.iter().find(|(key, _)| key.as_str() == Some(wanted)).map(|(_, value)| value)
        };
        let (kind, fields) = match (find("matrix"), find("foreach")) {
            (Some(_), _) => (GroupKind::Matrix, written),
            (None, Some(_)) => {
                let inner = find("do").and_then(Node::as_map);
                (GroupKind::Foreach, inner.unwrap_or_default())
            }
            (None, None) => (GroupKind::Plain, written),
        };
        let mut group = Group { name, name_node, fields, kind, stages: Vec::new() };
        if name.contains('@') {
            let message = format!("the name `{name}` holds `@`, which DVC keeps for `foreach`");
            self.report(name_node, message);
            return group;
        }
        let skipped = if kind == GroupKind::Matrix { &["matrix", "vars"][..] } else { &["vars"] };
        let fields: Vec<(&str, &Node)> = fields
            .iter()
            .filter_map(|(key, value)| Some((key.as_str()?, value)))
            .filter(|(key, _)| !skipped.contains(key))
            .collect();
        if !self.is_readable(name, &fields) {
            return group;
        }
        let Some(members) = self.members(kind, name, find, context) else { return group };
        for (suffix, local) in members {
            let full = suffix.map_or_else(|| name.to_owned(), |it| format!("{name}@{it}"));
            context.local.clone_from(&local);
            let stage = self.stage(full, local, &fields, group.field("vars"), context);
            context.local.clear();
            match stage {
                Some(stage) => group.stages.push(stage),
                // The next would have the same mistake.
                None => break,
            }
        }
        group
    }

    fn is_readable(&mut self, name: &str, fields: &[(&str, &Node)]) -> bool {
        let file = self.loader.file;
        fields.iter().fold(true, |good, (field, node)| {
            let name = format!("{name}.{field}");
            let place = Place { file, name: &name, is_command: false, style: self.style };
            fill::check_syntax(node, place, self.loader.sink) && good
        })
    }

    /// The stages of a group: what stands behind `@`, and the values of `item` and `key`.
    fn members<'n>(
        &mut self,
        kind: GroupKind,
        name: &str,
        find: impl Fn(&str) -> Option<&'n Node>,
        context: &Context,
    ) -> Option<Vec<(Option<String>, Local)>> {
        let mut members: Vec<(String, Local)> = Vec::new();
        match kind {
            GroupKind::Plain => return Some(vec![(None, Vec::new())]),
            GroupKind::Foreach => {
                let name = format!("{name}.foreach");
                self.foreach(find("foreach")?, &name, context, &mut members)?;
            }
            GroupKind::Matrix => {
                let name = format!("{name}.matrix");
                self.matrix(find("matrix")?, &name, context, &mut members)?;
            }
        }
        Some(unique(members).into_iter().map(|(key, local)| (Some(key), local)).collect())
    }

    fn foreach(
        &mut self,
        node: &Node,
        name: &str,
        context: &Context,
        members: &mut Vec<(String, Local)>,
    ) -> Option<()> {
        match self.iterable(node, name, context)? {
            Iterable::List(items) => {
                let by_index = items.iter().any(|item| is_collection(&item.value));
                for (at, item) in items.into_iter().enumerate() {
                    let key = if by_index { at.to_string() } else { item.text() };
                    members.push((key, vec![("item", item.value)]));
                }
            }
            Iterable::Map(entries) => {
                for (key, value) in entries {
                    let local = vec![("item", value), ("key", Value::Str(key.clone()))];
                    members.push((key, local));
                }
            }
        }
        Some(())
    }

    fn matrix(
        &mut self,
        node: &Node,
        name: &str,
        context: &Context,
        members: &mut Vec<(String, Local)>,
    ) -> Option<()> {
        let mut axes: Vec<(Cow<'_, str>, Vec<Item>)> = Vec::new();
        for (key, values) in node.as_map()? {
            let key = key.as_str()?;
            let name = format!("{name}.{key}");
            let items = match self.iterable(values, &name, context)? {
                Iterable::List(items) => items,
                // Python goes through the keys of a map.
                Iterable::Map(entries) => {
                    let keys = entries.into_iter().map(|(key, _)| Value::Str(key));
                    keys.map(|value| Item { value, is_from_context: false }).collect()
                }
            };
            axes.push((Cow::Borrowed(key), items));
        }
        if axes.is_empty() {
            self.report(node, format!("`{name}` has no axes"));
            return None;
        }
        let total = axes.iter().try_fold(1_usize, |all, (_, items)| all.checked_mul(items.len()));
        let total = total.filter(|total| *total <= LIMIT);
        let Some(total) = total else {
            self.report(node, format!("`{name}` makes more than {LIMIT} stages"));
            return None;
        };
        for at in 0..total {
            members.push(combination(&axes, at));
        }
        Some(())
    }

    fn iterable(&mut self, node: &Node, name: &str, context: &Context) -> Option<Iterable> {
        let file = self.loader.file;
        let place = Place { file, name, is_command: false, style: self.style };
        if !fill::check_syntax(node, place, self.loader.sink) {
            return None;
        }
        let value = match fill::whole(node, context, place, self.loader.sink)? {
            Some(Value::List(items)) => {
                let item = |value: &Value| Item { value: value.clone(), is_from_context: true };
                return Some(Iterable::List(items.iter().map(item).collect()));
            }
            Some(Value::Map(entries)) => return Some(Iterable::Map(entries.clone())),
            Some(value) => value.clone(),
            None => match &node.kind {
                Kind::List(items) => return self.items(items, place, context).map(Iterable::List),
                Kind::Map(entries) => {
                    return self.entries(entries, place, context).map(Iterable::Map);
                }
                Kind::Null
                | Kind::Bool(_)
                | Kind::Int(_)
                | Kind::Float(_)
                | Kind::Str(_)
                | Kind::Date(_) => node.to_value(),
            },
        };
        let noun = if value.as_str().is_some() { "a string" } else { "a single value" };
        self.report(node, format!("`{name}` is {noun}, not a list or a map"));
        None
    }

    fn items(&mut self, items: &[Node], place: Place<'_>, context: &Context) -> Option<Vec<Item>> {
        let items: Vec<Option<Item>> =
            items.iter().map(|node| self.item(node, place, context)).collect();
        items.into_iter().collect()
    }

    fn item(&mut self, node: &Node, place: Place<'_>, context: &Context) -> Option<Item> {
        if let Some(value) = fill::whole(node, context, place, self.loader.sink)? {
            return Some(Item { value: value.clone(), is_from_context: true });
        }
        if let Err(date) = context::plain(node) {
            self.report(date, format!("`{}` is a date: put it in quotes", date.key_text()));
            return None;
        }
        let value = fill::fill(node, context, place, self.loader.sink)?;
        Some(Item { value, is_from_context: false })
    }

    fn entries(
        &mut self,
        entries: &[(Node, Node)],
        place: Place<'_>,
        context: &Context,
    ) -> Option<Vec<(String, Value)>> {
        let mut found = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = match key.as_str() {
                Some(text) if fill::is_whole(text) => {
                    let message = format!("`{text}` cannot be a key of `{}` in DVC", place.name);
                    self.report(key, message);
                    return None;
                }
                Some(text) if text.contains("${") => {
                    python_text::scalar(&fill::fill(key, context, place, self.loader.sink)?)?
                }
                _ => key.key_text(),
            };
            found.push((key, self.item(value, place, context)?.value));
        }
        Some(found)
    }

    fn stage(
        &mut self,
        name: String,
        local: Local,
        fields: &[(&str, &Node)],
        vars: Option<&Node>,
        context: &Context,
    ) -> Option<Resolved> {
        let mut context = Cow::Borrowed(context);
        if let Some(vars) = vars.and_then(Node::as_list) {
            let wdir = fields.iter().find(|(key, _)| *key == "wdir").map(|(_, node)| *node);
            let wdir = match wdir {
                None => self.folder.clone(),
                Some(node) => self.wdir(node, &name, &context)?,
            };
            if !self.loader.load(context.to_mut(), vars, &wdir) {
                return None;
            }
        }
        let file = self.loader.file;
        let mut filled = Vec::with_capacity(fields.len());
        for (key, node) in fields {
            let place_name = format!("{name}.{key}");
            let is_command = *key == "cmd";
            let place = Place { file, name: &place_name, is_command, style: self.style };
            let value = fill::fill(node, &context, place, self.loader.sink);
            filled.push(value.map(|value| ((*key).to_owned(), value)));
        }
        let fields = filled.into_iter().collect::<Option<_>>()?;
        Some(Resolved { name, local, fields })
    }

    fn wdir(&mut self, node: &Node, name: &str, context: &Context) -> Option<Utf8PathBuf> {
        let name = format!("{name}.wdir");
        let file = self.loader.file;
        let place = Place { file, name: &name, is_command: false, style: self.style };
        let value = fill::fill(node, context, place, self.loader.sink)?;
        Some(joined(Utf8Path::new(&self.folder), &python_text::scalar(&value)?))
    }

    fn report(&mut self, node: &Node, message: String) {
        let span = Span::new(self.loader.file, node.start, node.end);
        self.loader.sink.report(codes::SHAPE.at(span, message));
    }
}

/// Stages that one matrix may make; far more than anybody runs.
const LIMIT: usize = 100_000;

/// What `foreach` and the axes of a matrix go through.
enum Iterable {
    List(Vec<Item>),
    Map(Vec<(String, Value)>),
}

struct Item {
    value: Value,
    /// DVC writes booleans that `${…}` brought in as Python does.
    is_from_context: bool,
}

impl Item {
    /// As it stands in the name of a stage. Precondition: it is a scalar.
    fn text(&self) -> String {
        let text = if self.is_from_context { python_text::printed } else { python_text::scalar };
        text(&self.value).unwrap_or_default()
    }
}

fn is_collection(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

/// One combination of the axes, the last of which turns fastest.
fn combination(axes: &[(Cow<'_, str>, Vec<Item>)], mut at: usize) -> (String, Local) {
    let mut chosen: Vec<(String, (String, Value))> = Vec::with_capacity(axes.len());
    for (key, items) in axes.iter().rev() {
        let index = at % items.len();
        at /= items.len();
        let Some(item) = items.get(index) else { continue };
        let part = if is_collection(&item.value) { format!("{key}{index}") } else { item.text() };
        chosen.push((part, (key.to_string(), item.value.clone())));
    }
    chosen.reverse();
    let (parts, item): (Vec<String>, Vec<(String, Value)>) = chosen.into_iter().unzip();
    let name = parts.join("-");
    (name.clone(), vec![("key", Value::Str(name)), ("item", Value::Map(item))])
}

/// Of members with one name the last counts, in the place of the first, as in a Python `dict`.
fn unique<T>(members: Vec<(String, T)>) -> Vec<(String, T)> {
    let mut places = std::collections::BTreeMap::new();
    let mut found: Vec<(String, T)> = Vec::with_capacity(members.len());
    for (name, value) in members {
        match places.get(&name).and_then(|&at: &usize| found.get_mut(at)) {
            Some(slot) => slot.1 = value,
            None => {
                places.insert(name.clone(), found.len());
                found.push((name, value));
            }
        }
    }
    found
}
