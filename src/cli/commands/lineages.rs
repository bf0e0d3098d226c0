//! A lineage written out: as a tree, as a drawing, as JSON.

use crate::exec::gate::bytes;
use crate::exec::ledger::{Done, Run};
use crate::exec::lineage::{Direction, File, Lineage, Node, Stage, State};
use crate::exec::time::moment;
use crate::report::paint::{Ink, Paint};
use crate::report::text::escaped;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// An indented tree; what stands in several places is written out at the first.
pub(crate) fn text(lineage: &Lineage, paint: Paint) -> String {
    let mut tree = Tree { lineage, paint, out: String::new(), shown: BTreeSet::new() };
    tree.node(0, "", "", true);
    tree.out
}

struct Tree<'a> {
    lineage: &'a Lineage,
    paint: Paint,
    out: String,
    shown: BTreeSet<usize>,
}

impl Tree<'_> {
    fn node(&mut self, at: usize, lead: &str, indent: &str, is_first: bool) {
        let Some(node) = self.lineage.nodes.get(at) else { return };
        let next = self.lineage.next.get(at).map_or(&[][..], Vec::as_slice);
        let is_known = !self.shown.insert(at) && !next.is_empty();
        let mut lines = match node {
            Node::File(file) => vec![self.file(file, is_first)],
            Node::Stage(stage) if is_known => vec![self.paint.text(Ink::Strong, &stage.name)],
            Node::Stage(stage) => self.stage(stage),
        };
        if is_known && let Some(first) = lines.first_mut() {
            first.push_str(&self.paint.text(Ink::Faint, "  (above)"));
        }
        let next = if is_known { &[][..] } else { next };
        let bar = if next.is_empty() { "   " } else { "│  " };
        for (nth, line) in lines.iter().enumerate() {
            let start = if nth == 0 { lead.to_owned() } else { format!("{indent}{bar}") };
            let _ = writeln!(self.out, "{start}{line}");
        }
        for (nth, &child) in next.iter().enumerate() {
            let is_last = nth + 1 == next.len();
            let (branch, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            self.node(child, &format!("{indent}{branch}"), &format!("{indent}{below}"), false);
        }
    }

    fn file(&self, file: &File, is_first: bool) -> String {
        let mut line = self.paint.text(Ink::Strong, &file.content.path);
        let mut add = |ink: Ink, text: &str| {
            line.push_str("  ");
            line.push_str(&self.paint.text(ink, text));
        };
        if let Some(name) = &file.dataset {
            add(Ink::Plain, &format!("dataset {name}"));
        }
        if let Some(holder) = &file.part_of {
            add(Ink::Plain, &format!("part of {holder}"));
        }
        if let Some(md5) = &file.content.md5 {
            let size = file.content.size.map(|size| format!(", {}", bytes(size as f64)));
            add(Ink::Faint, &format!("md5 {}{}", short(md5), size.unwrap_or_default()));
        }
        match &file.state {
            State::AsRecorded if is_first => add(Ink::Good, "as recorded"),
            State::AsRecorded => {}
            State::Changed(md5) => {
                add(Ink::Warning, &format!("not what is there now (md5 {})", short(md5)));
            }
            State::Missing => add(Ink::Warning, "missing now"),
            State::Values => add(Ink::Plain, "params"),
            State::Unrecorded => add(Ink::Warning, "not recorded"),
            State::Unreadable(why) => add(Ink::Warning, why),
        }
        line
    }

    fn stage(&self, stage: &Stage) -> Vec<String> {
        let by = match &stage.made {
            Some((run, done)) => made(run, done),
            None if stage.record.is_some() => "in a run that is not in this ledger".to_owned(),
            None => "not recorded".to_owned(),
        };
        let mut lines = vec![format!("{}  {by}", self.paint.text(Ink::Strong, &stage.name))];
        let Some(record) = &stage.record else { return lines };
        let faint = |text: &str| self.paint.text(Ink::Faint, text);
        lines.extend(record.command_lines().iter().map(|it| format!("{} {it}", faint("cmd"))));
        let params = record.param_values().into_iter();
        lines.extend(
            params
                .map(|(file, key, value)| format!("{} {key} = {value}  ({file})", faint("param"))),
        );
        lines
    }
}

/// `ran 2026-01-31T12:00:00Z in run 20260131-120000-4f2a901b, commit 0123abcd`
fn made(run: &Run, done: &Done) -> String {
    let mut text = format!("{} {} in run {}", done.status, moment(done.start), run.id);
    if let Some(commit) = &run.commit {
        let _ = write!(text, ", commit {}", commit.get(..8).unwrap_or(commit));
        if run.dirty == Some(true) {
            text.push_str(" with changes");
        }
    }
    text
}

/// Enough of a digest to tell two apart, with the mark of a directory.
fn short(md5: &str) -> String {
    let (hex, mark) = md5.strip_suffix(".dir").map_or((md5, ""), |hex| (hex, ".dir"));
    format!("{}{mark}", hex.get(..8).unwrap_or(hex))
}

/// A drawing for Markdown, from data to what is made of it.
pub(crate) fn mermaid(lineage: &Lineage) -> String {
    let mut out = String::from("flowchart LR\n");
    for (at, node) in lineage.nodes.iter().enumerate() {
        let _ = match node {
            Node::File(file) => {
                let md5 = file.content.md5.as_deref().map(|md5| format!("<br>{}", short(md5)));
                let label = format!("{}{}", escaped(&file.content.path), md5.unwrap_or_default());
                writeln!(out, "    n{at}[\"{label}\"]")
            }
            Node::Stage(stage) => {
                let commit = stage.made.as_ref().and_then(|(run, _)| run.commit.as_deref());
                let commit = commit.map(|it| format!("<br>{}", it.get(..8).unwrap_or(it)));
                let label = format!("{}{}", escaped(&stage.name), commit.unwrap_or_default());
                writeln!(out, "    n{at}([\"{label}\"])")
            }
        };
    }
    for (from, to) in edges(lineage) {
        let _ = writeln!(out, "    n{from} --> n{to}");
    }
    out
}

/// Pairs of nodes, from what was read to what was made of it.
fn edges(lineage: &Lineage) -> Vec<(usize, usize)> {
    let all = lineage.next.iter().enumerate();
    let pairs = all.flat_map(|(from, next)| next.iter().map(move |&to| (from, to)));
    match lineage.direction {
        Direction::Down => pairs.collect(),
        Direction::Up => pairs.map(|(from, to)| (to, from)).collect(),
    }
}

/// Nodes and edges; the first node is what was asked for.
pub(crate) fn graph_json(lineage: &Lineage) -> Value {
    let nodes = lineage.nodes.iter().enumerate().map(|(at, node)| match node {
        Node::File(file) => file_json(at, file),
        Node::Stage(stage) => stage_json(at, stage),
    });
    let edges = edges(lineage).into_iter().map(|(from, to)| json!({ "from": from, "to": to }));
    let direction = if lineage.direction == Direction::Up { "up" } else { "down" };
    json!({
        "format": 1,
        "direction": direction,
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
    })
}

fn file_json(at: usize, file: &File) -> Value {
    let (state, now) = match &file.state {
        State::AsRecorded => ("as-recorded", file.content.md5.as_deref()),
        State::Changed(md5) => ("changed", Some(md5.as_str())),
        State::Missing => ("missing", None),
        State::Values => ("values", None),
        State::Unrecorded => ("not-recorded", None),
        State::Unreadable(_) => ("unreadable", None),
    };
    json!({
        "id": at,
        "kind": "file",
        "path": file.content.path,
        "md5": file.content.md5,
        "size": file.content.size,
        "nfiles": file.content.nfiles,
        "state": state,
        "md5_now": now,
        "dataset": file.dataset,
        "part_of": file.part_of,
    })
}

fn stage_json(at: usize, stage: &Stage) -> Value {
    let run = stage.made.as_ref().map(|(run, done)| {
        json!({
            "id": run.id,
            "start": moment(done.start),
            "status": done.status,
            "commit": run.commit,
            "dirty": run.dirty,
        })
    });
    json!({
        "id": at,
        "kind": "stage",
        "stage": stage.name,
        "cmd": stage.record.as_ref().map(|it| &it.cmd),
        "params": stage.record.as_ref().map(|it| &it.params),
        "key": stage.record.as_ref().map(|it| it.key()),
        "run": run,
    })
}
