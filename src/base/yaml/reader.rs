//! Parser events to a tree of nodes, with aliases and merges resolved and everything bounded.

use crate::base::yaml::node::{Kind, Node};
use crate::base::yaml::scalar::resolve;
use serde_yaml::granit_parser::{
    Event, Parser, ScalarStyle, ScanError, Span, StructureStyle, Tag, YamlVersion, options,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Collections inside collections; DVC itself gives up at a few hundred.
const DEPTH_LIMIT: usize = 200;
/// Nodes that aliases may add to a document; a params file has dozens.
const ALIASED_NODES_LIMIT: usize = 200_000;

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct YamlError {
    /// Lower case, names in backticks.
    pub(crate) message: String,
    /// Byte offset of the place.
    pub(crate) offset: usize,
    /// Counted from one.
    pub(crate) line: usize,
}

impl fmt::Display for YamlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (line {})", self.message, self.line)
    }
}

impl std::error::Error for YamlError {}

/// Reads one document; an empty text is null.
pub(crate) fn parse(text: &str) -> Result<Node, YamlError> {
    parse_noting_aliases(text).map(|(node, _)| node)
}

/// Reads one document and says whether it has aliases, which tie its parts together.
pub(crate) fn parse_noting_aliases(text: &str) -> Result<(Node, bool), YamlError> {
    let options = options! {
        block_scalar_eof_without_line_feed: true,
        emit_comments: false,
        flow_nesting_limit: DEPTH_LIMIT,
        block_nesting_limit: DEPTH_LIMIT,
    };
    let mut builder = Builder { text, ..Builder::default() };
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| builder.syntax_error(&error))?;
        builder.event(event, span)?;
    }
    let root = builder.root.unwrap_or(Node { kind: Kind::Null, start: 0, end: 0 });
    Ok((root, builder.aliased_nodes > 0))
}

/// A scalar as it is written.
struct Scalar<'a> {
    text: &'a str,
    style: ScalarStyle,
    tag: Option<&'a Tag>,
}

/// A collection whose end has not been seen.
struct Open {
    /// A map's keys and values alternate here until its end.
    items: Vec<Node>,
    is_map: bool,
    is_flow: bool,
    anchor: usize,
    start: usize,
    /// Depth of the deepest collection inside.
    depth: usize,
    /// Index of the plain key `<<` among `items`.
    merge_at: Option<usize>,
}

/// A node that aliases can repeat.
struct Anchored {
    node: Node,
    depth: usize,
    weight: usize,
}

#[derive(Default)]
struct Builder<'a> {
    text: &'a str,
    root: Option<Node>,
    documents: usize,
    open: Vec<Open>,
    anchored: BTreeMap<usize, Anchored>,
    aliased_nodes: usize,
    /// End of the last scalar, alias or bracket.
    last_end: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), YamlError> {
        let (start, end) = offsets(span);
        match event {
            Event::DocumentStart(_, version) => self.document(version, start),
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = Scalar { text: &text, style, tag: tag.as_deref() };
                self.scalar(&scalar, anchor, start, end)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "seq", start)?;
                self.begin(false, style, anchor, start)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "map", start)?;
                self.begin(true, style, anchor, start)
            }
            Event::SequenceEnd | Event::MappingEnd => self.finish(end),
            Event::Alias(id) => self.alias(id, start, end),
            // A new kind of event would be a new kind of value: it must not vanish.
            Event::StreamStart | Event::StreamEnd | Event::DocumentEnd | Event::Comment(..) => {
                Ok(())
            }
            Event::Anchor(..) | Event::UnresolvedAlias(_) | _ => {
                Err(self.error(start, "something that is not read stands here"))
            }
        }
    }

    fn document(&mut self, version: Option<YamlVersion>, start: usize) -> Result<(), YamlError> {
        self.documents += 1;
        if self.documents > 1 {
            let message = "a second document starts here: DVC reads files of one document";
            return Err(self.error(start, message));
        }
        match version {
            Some(version) if (version.major, version.minor) != (1, 2) => {
                Err(self.error(start, "`%YAML` asks for another version than 1.2: remove it"))
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        scalar: &Scalar<'_>,
        anchor: usize,
        start: usize,
        end: usize,
    ) -> Result<(), YamlError> {
        // An absent value has a place only by what stands before it.
        let (start, end) = if start == end { (self.last_end, self.last_end) } else { (start, end) };
        self.last_end = end;
        let at_key = self.at_key();
        let text = scalar.text;
        let kind = match scalar.tag {
            Some(tag) => tagged(tag.core_suffix(), text)
                .ok_or_else(|| self.error(start, format!("`{text}` is not a `{}`", name(tag))))?,
            None if scalar.style != ScalarStyle::Plain => Kind::Str(text.to_owned()),
            None if text == "<<" && at_key => return self.merge_key(start, end),
            // As a key it is a string, as a value it is nothing that can be read.
            None if text == "=" && at_key => Kind::Str(text.to_owned()),
            None => resolve(text).map_err(|why| self.error(start, format!("`{text}` {why}")))?,
        };
        self.push(Node { kind, start, end }, anchor, 0, 1)
    }

    fn at_key(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_map && open.items.len() % 2 == 0)
    }

    fn merge_key(&mut self, start: usize, end: usize) -> Result<(), YamlError> {
        let open = self.open.last_mut().expect("invariant: a key is inside a map");
        if open.merge_at.is_some() {
            return Err(self.error(start, "a second `<<` in one map: write a list of merges"));
        }
        open.merge_at = Some(open.items.len());
        open.items.push(Node { kind: Kind::Null, start, end });
        Ok(())
    }

    fn begin(
        &mut self,
        is_map: bool,
        style: StructureStyle,
        anchor: usize,
        start: usize,
    ) -> Result<(), YamlError> {
        if self.at_key() {
            return Err(self.error(start, "a key is a list or a map: write a scalar"));
        }
        let is_flow = style == StructureStyle::Flow;
        self.last_end = self.last_end.max(start);
        self.open.push(Open {
            items: Vec::new(),
            is_map,
            is_flow,
            anchor,
            start,
            depth: 0,
            merge_at: None,
        });
        Ok(())
    }

    fn finish(&mut self, end: usize) -> Result<(), YamlError> {
        let open = self.open.pop().expect("invariant: ends follow starts");
        if open.is_flow {
            self.last_end = end;
        }
        let (start, anchor, depth) = (open.start, open.anchor, open.depth);
        let kind =
            if open.is_map { Kind::Map(self.entries(open)?) } else { Kind::List(open.items) };
        let weight = if anchor == 0 { 1 } else { weight(&kind) };
        self.push(Node { kind, start, end: self.last_end.max(start) }, anchor, depth + 1, weight)
    }

    /// Puts a finished node where it belongs.
    fn push(
        &mut self,
        node: Node,
        anchor: usize,
        depth: usize,
        weight: usize,
    ) -> Result<(), YamlError> {
        if self.open.len() + depth > DEPTH_LIMIT {
            return Err(self.error(node.start, "nested too deeply"));
        }
        if anchor != 0 {
            self.anchored.insert(anchor, Anchored { node: node.clone(), depth, weight });
        }
        if let Some(open) = self.open.last_mut() {
            open.depth = open.depth.max(depth);
            open.items.push(node);
        } else {
            self.root = Some(node);
        }
        Ok(())
    }

    fn alias(&mut self, id: usize, start: usize, end: usize) -> Result<(), YamlError> {
        self.last_end = end;
        let Some(target) = self.anchored.get(&id) else {
            return Err(self.error(start, "an alias stands inside the value it repeats"));
        };
        let (depth, weight) = (target.depth, target.weight);
        self.aliased_nodes += weight;
        if self.aliased_nodes > ALIASED_NODES_LIMIT {
            return Err(self.error(start, "aliases repeat too much: the document would explode"));
        }
        if self.at_key() && depth > 0 {
            return Err(self.error(start, "a key is a list or a map: write a scalar"));
        }
        let node = Node { start, end, ..target.node.clone() };
        self.push(node, 0, depth, weight)
    }

    /// Pairs keys with values, checks that keys are unique, and puts merged entries first.
    fn entries(&self, open: Open) -> Result<Vec<(Node, Node)>, YamlError> {
        let mut own = Vec::with_capacity(open.items.len() / 2);
        let mut merged = Vec::new();
        let mut seen = BTreeSet::new();
        let mut items = open.items.into_iter();
        let mut at = 0;
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            if open.merge_at == Some(at) {
                merged = self.merged(value)?;
            } else if seen.insert(identity(&key)) {
                own.push((key, value));
            } else {
                let message = format!("the key `{}` is written twice", key.key_text());
                return Err(self.error(key.start, message));
            }
            at += 2;
        }
        if open.merge_at.is_some() { Ok(override_with(merged, own)) } else { Ok(own) }
    }

    /// The entries that `<<` brings in: of one map, or of a list in which earlier maps win.
    fn merged(&self, value: Node) -> Result<Vec<(Node, Node)>, YamlError> {
        let maps = if let Kind::List(items) = value.kind { items } else { vec![value] };
        let mut merged = Vec::new();
        for map in maps.into_iter().rev() {
            let start = map.start;
            let Kind::Map(entries) = map.kind else {
                return Err(self.error(start, "`<<` takes a map or a list of maps"));
            };
            merged = override_with(merged, entries);
        }
        Ok(merged)
    }

    fn collection_tag(&self, tag: Option<&Tag>, own: &str, start: usize) -> Result<(), YamlError> {
        match tag {
            Some(tag) if tag.core_suffix() != Some(own) => {
                Err(self.error(start, format!("the tag `{}` is not read: remove it", name(tag))))
            }
            _ => Ok(()),
        }
    }

    fn syntax_error(&self, error: &ScanError) -> YamlError {
        let offset = error.marker().byte_offset().unwrap_or_default();
        self.error(offset, error.info())
    }

    fn error(&self, offset: usize, message: impl Into<String>) -> YamlError {
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
        YamlError { message: message.into(), offset, line }
    }
}

fn offsets(span: Span) -> (usize, usize) {
    let start = span.start.byte_offset().unwrap_or_default();
    (start, span.end.byte_offset().unwrap_or(start).max(start))
}

/// A scalar under a tag of YAML's own, if it is what the tag says.
fn tagged(tag: Option<&str>, text: &str) -> Option<Kind> {
    match (tag?, resolve(text).ok()) {
        ("str", _) => Some(Kind::Str(text.to_owned())),
        ("null", _) => Some(Kind::Null),
        ("int", Some(kind @ Kind::Int(_)))
        | ("float", Some(kind @ Kind::Float(_)))
        | ("bool", Some(kind @ Kind::Bool(_))) => Some(kind),
        #[expect(clippy::cast_precision_loss, reason = "the tag asks for a float")]
        ("float", Some(Kind::Int(value))) => Some(Kind::Float(value as f64)),
        _ => None,
    }
}

/// A tag as it is mostly written: `!!str`, `!custom`.
fn name(tag: &Tag) -> String {
    let written = tag.original_handle();
    format!("{written}{}", tag.suffix())
}

/// Entries of `base` with those of `own` put over them, at their old places.
fn override_with(mut base: Vec<(Node, Node)>, own: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
    let places: BTreeMap<String, usize> =
        base.iter().enumerate().map(|(at, (key, _))| (identity(key), at)).collect();
    for (key, value) in own {
        let place = places.get(&identity(&key)).and_then(|&at| base.get_mut(at));
        if let Some(entry) = place {
            *entry = (key, value);
        } else {
            base.push((key, value));
        }
    }
    base
}

/// What makes keys the same in Python: numbers and booleans by value, strings by text.
fn identity(key: &Node) -> String {
    match &key.kind {
        Kind::Str(text) => format!("'{text}"),
        Kind::Bool(flag) => u8::from(*flag).to_string(),
        Kind::Int(value) => value.to_string(),
        Kind::Float(value) if value.fract() == 0.0 => format!("{value:.0}"),
        Kind::Date(text) => format!("date {text}"),
        Kind::Null | Kind::Float(_) | Kind::List(_) | Kind::Map(_) => key.key_text(),
    }
}

/// Number of nodes in this one; the depth is bounded by then.
fn weight(kind: &Kind) -> usize {
    1 + match kind {
        Kind::List(items) => items.iter().map(|item| weight(&item.kind)).sum(),
        Kind::Map(entries) => {
            entries.iter().map(|(key, value)| weight(&key.kind) + weight(&value.kind)).sum()
        }
        Kind::Null
        | Kind::Bool(_)
        | Kind::Int(_)
        | Kind::Float(_)
        | Kind::Str(_)
        | Kind::Date(_) => 0usize,
    }
}
