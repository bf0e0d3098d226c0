//! Where a file came from, and what depends on it: a graph of files and of the stages between
//! them, from the plan, `dvc.lock` and the ledger. Unaware of how it is shown.
//!
//! Upstream goes by contents: a stage is shown as it was when it wrote exactly these bytes, which
//! may not be its last run. Downstream goes by the plan.

use crate::base::suggest::nearest;
use crate::exec::disk::Disk;
use crate::exec::ledger::{Content, Done, Ledger, Record, Run};
use crate::exec::lock::LockFile;
use crate::model::ids::StepId;
use crate::plan::Plan;
use crate::plan::step::Step;
use camino::Utf8Path;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Which way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To what it was made from.
    Up,
    /// To what is made from it.
    Down,
}

/// Nodes, the one that was asked for first, and which lead on from which.
#[derive(Debug)]
pub(crate) struct Lineage {
    pub(crate) direction: Direction,
    pub(crate) nodes: Vec<Node>,
    /// By node, in order.
    pub(crate) next: Vec<Vec<usize>>,
}

#[derive(Debug)]
pub(crate) enum Node {
    File(File),
    Stage(Box<Stage>),
}

/// A path with one content.
#[derive(Debug)]
pub(crate) struct File {
    /// Recorded; without a digest when nothing is recorded.
    pub(crate) content: Content,
    pub(crate) state: State,
    /// Name of the dataset that lies there, or holds it.
    pub(crate) dataset: Option<String>,
    /// The directory that was recorded as a whole.
    pub(crate) part_of: Option<String>,
}

/// What lies on disk, beside what is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    AsRecorded,
    /// It has this digest now.
    Changed(String),
    Missing,
    /// It holds params: values are recorded, not the file.
    Values,
    /// It is there; no digest is recorded to compare with.
    Unrecorded,
    /// It is there and cannot be read.
    Unreadable(String),
}

/// A stage as it ran.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) name: String,
    /// What it ran and read; `None` when that is not known.
    pub(crate) record: Option<Record>,
    /// The run that ran it, and what it did for the stage; `None` when the ledger does not hold it.
    pub(crate) made: Option<(Run, Done)>,
}

/// A path of which neither the plan nor the lock knows.
#[derive(Debug)]
pub(crate) struct UnknownPath {
    pub(crate) path: String,
    pub(crate) help: Option<String>,
}

/// What is known of a project.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) lock: &'a LockFile,
    pub(crate) disk: &'a Disk,
    pub(crate) ledger: Option<&'a Ledger>,
}

/// Traces what was asked for: the name of a dataset as written, else the path relative to the root.
pub(crate) fn trace(
    known: &Known<'_>,
    (written, asked): (&str, &str),
    direction: Direction,
) -> anyhow::Result<Result<Lineage, UnknownPath>> {
    let path = match known.dataset_named(written) {
        Some(path) => path,
        None if known.knows(Utf8Path::new(asked)) => asked,
        None => return Ok(Err(known.unknown(asked))),
    };
    let mut tracer = Tracer {
        known,
        lineage: Lineage { direction, nodes: Vec::new(), next: Vec::new() },
        places: BTreeMap::new(),
        done: RefCell::default(),
    };
    match direction {
        Direction::Up => tracer.up(path, known.recorded(path))?,
        Direction::Down => tracer.down(path)?,
    };
    Ok(Ok(tracer.lineage))
}

impl Known<'_> {
    fn dataset_named(&self, name: &str) -> Option<&str> {
        let mut all = self.plan.project.datasets.iter();
        all.find(|it| it.name.value == name).map(|it| it.path.value.as_str())
    }

    fn dataset_at(&self, path: &Utf8Path) -> Option<String> {
        let mut all = self.plan.project.datasets.iter();
        all.find(|it| path.starts_with(&it.path.value)).map(|it| it.name.value.clone())
    }

    /// All paths that stages read and write, and datasets.
    fn paths(&self) -> impl Iterator<Item = &Utf8Path> {
        let steps = self.plan.steps.iter().flat_map(|step| {
            let deps = step.deps.iter().map(|dep| dep.path.as_path());
            let outs = step.outs.iter().map(|out| out.path.path.as_path());
            deps.chain(outs).chain(step.params.iter().map(|it| it.file.path.as_path()))
        });
        steps.chain(self.plan.project.datasets.iter().map(|it| it.path.value.as_path()))
    }

    /// Whether a stage reads or writes the path, or something that it lies in.
    fn knows(&self, path: &Utf8Path) -> bool {
        self.paths().any(|known| path.starts_with(known))
    }

    fn unknown(&self, asked: &str) -> UnknownPath {
        let inside: Vec<&str> = self
            .paths()
            .filter(|known| !asked.is_empty() && known.starts_with(asked))
            .map(Utf8Path::as_str)
            .collect();
        let help = match inside.first() {
            Some(one) => Some(format!("in it lies `{one}`, which one can ask for")),
            None => {
                let names = self.plan.project.datasets.iter().map(|it| it.name.value.as_str());
                let near = nearest(asked, self.paths().map(Utf8Path::as_str).chain(names));
                near.map(|near| format!("did you mean `{near}`?"))
            }
        };
        UnknownPath { path: asked.to_owned(), help }
    }

    /// The steps that write the path, what it lies in, or what lies in it.
    fn makers(&self, path: &Utf8Path) -> Vec<StepId> {
        let writes = |step: &&Step| step.outs.iter().any(|out| overlap(&out.path.path, path));
        self.plan.steps.iter().filter(writes).map(|step| step.id).collect()
    }

    /// The steps that read the path, or a part of it, or what it lies in.
    fn readers(&self, path: &Utf8Path) -> Vec<StepId> {
        let reads = |step: &&Step| {
            step.deps.iter().any(|dep| overlap(&dep.path, path))
                || step.params.iter().any(|it| it.file.path == path)
        };
        self.plan.order.iter().map(|&id| self.plan.step(id)).filter(reads).map(|it| it.id).collect()
    }

    fn locked(&self, step: &Step) -> Option<Record> {
        self.lock.get(&step.name).map(|entry| Record::new(step, entry))
    }

    /// What the lock holds of the path: as an output, else as what somebody read.
    fn recorded(&self, path: &str) -> Option<Content> {
        let records: Vec<Record> =
            self.plan.steps.iter().filter_map(|step| self.locked(step)).collect();
        let outs = records.iter().flat_map(|record| &record.outs);
        let all = outs.chain(records.iter().flat_map(|record| &record.deps));
        let mut holders = all.filter(|it| Utf8Path::new(path).starts_with(&it.path));
        let holder = holders.clone().find(|it| it.path == path).or_else(|| holders.next())?;
        if holder.path == path { Some(holder.clone()) } else { Some(self.member(holder, path)) }
    }

    /// One file of a directory that was recorded as a whole.
    fn member(&self, holder: &Content, path: &str) -> Content {
        let relpath = Utf8Path::new(path).strip_prefix(&holder.path).unwrap_or(Utf8Path::new(""));
        let listed = holder.md5.as_deref().and_then(|md5| self.disk.cache.members(md5).ok());
        let found = listed.into_iter().flatten().find(|member| member.relpath == relpath.as_str());
        Content {
            path: path.to_owned(),
            md5: found.map(|member| member.md5),
            size: None,
            nfiles: None,
        }
    }

    fn state(&self, content: &Content) -> State {
        let path = Utf8Path::new(&content.path);
        match (self.disk.hasher.digest(path), &content.md5) {
            (Err(error), _) if error.missing => State::Missing,
            (Err(error), _) => State::Unreadable(error.to_string()),
            (Ok(_), None) if self.plan.project.params_file(path).is_some() => State::Values,
            (Ok(_), None) => State::Unrecorded,
            (Ok(now), Some(md5)) if now.md5 == *md5 => State::AsRecorded,
            (Ok(now), Some(_)) => State::Changed(now.md5),
        }
    }
}

/// Builds a graph in which each node stands once.
struct Tracer<'a> {
    known: &'a Known<'a>,
    lineage: Lineage,
    /// Nodes by what they are: path and digest, or stage and run.
    places: BTreeMap<(String, Option<String>), usize>,
    /// What the ledger holds of stages that were asked for.
    done: RefCell<BTreeMap<StepId, Vec<Done>>>,
}

impl Tracer<'_> {
    /// Adds a file and all that it was made from.
    fn up(&mut self, path: &str, content: Option<Content>) -> anyhow::Result<usize> {
        let (at, is_new) = self.file(path, content);
        if !is_new {
            return Ok(at);
        }
        let md5 = self.md5(at);
        for id in self.known.makers(Utf8Path::new(path)) {
            let stage = self.stage_as_it_wrote(id, path, md5.as_deref())?;
            let next = self.up_from(stage, id)?;
            self.link(at, next);
        }
        Ok(at)
    }

    fn up_from(&mut self, stage: Stage, id: StepId) -> anyhow::Result<usize> {
        let run = stage.made.as_ref().map(|(run, _)| run.id.clone());
        let deps = match &stage.record {
            Some(record) => {
                record.deps.iter().map(|it| (it.path.clone(), Some(it.clone()))).collect()
            }
            None => {
                let deps = self.known.plan.step(id).deps.iter();
                deps.map(|dep| (dep.path.to_string(), None)).collect::<Vec<_>>()
            }
        };
        let key =
            (format!("stage {}", stage.name), run.or_else(|| Some(format!("{:?}", stage.record))));
        if let Some(&at) = self.places.get(&key) {
            return Ok(at);
        }
        let at = self.add(key, Node::Stage(Box::new(stage)));
        for (path, content) in deps {
            let next = self.up(&path, content)?;
            self.link(at, next);
        }
        Ok(at)
    }

    /// Adds a file and all that is made from it.
    fn down(&mut self, path: &str) -> anyhow::Result<usize> {
        let (at, is_new) = self.file(path, self.known.recorded(path));
        if !is_new {
            return Ok(at);
        }
        for id in self.known.readers(Utf8Path::new(path)) {
            let step = self.known.plan.step(id);
            let key = (format!("stage {}", step.name), None);
            let next = match self.places.get(&key) {
                Some(&next) => next,
                None => {
                    let record = self.known.locked(step);
                    let out = record.as_ref().and_then(|it| it.outs.first().cloned());
                    let stage = match out {
                        Some(out) => self.stage_as_it_wrote(id, &out.path, out.md5.as_deref())?,
                        None => Stage { name: step.name.clone(), record, made: None },
                    };
                    let next = self.add(key, Node::Stage(Box::new(stage)));
                    for out in &step.outs {
                        let made = self.down(out.path.path.as_str())?;
                        self.link(next, made);
                    }
                    next
                }
            };
            self.link(at, next);
        }
        Ok(at)
    }

    /// The place of a file, and whether it is new.
    fn file(&mut self, path: &str, content: Option<Content>) -> (usize, bool) {
        let content = content.unwrap_or_else(|| Content {
            path: path.to_owned(),
            md5: None,
            size: None,
            nfiles: None,
        });
        let key = (path.to_owned(), content.md5.clone());
        if let Some(&at) = self.places.get(&key) {
            return (at, false);
        }
        let full = Utf8Path::new(path);
        let holder = |known: &Utf8Path| full != known && full.starts_with(known);
        let part_of = self.known.paths().find(|known| holder(known)).map(ToString::to_string);
        let file = File {
            state: self.known.state(&content),
            dataset: self.known.dataset_at(full),
            part_of,
            content,
        };
        (self.add(key, Node::File(file)), true)
    }

    /// The stage at the time when it wrote these contents, from the ledger or from the lock.
    fn stage_as_it_wrote(
        &self,
        id: StepId,
        path: &str,
        md5: Option<&str>,
    ) -> anyhow::Result<Stage> {
        let step = self.known.plan.step(id);
        let locked = self.known.locked(step);
        // A part of an output is known by the whole, and so is what several outputs lie in.
        let out = step.outs.iter().map(|out| out.path.path.as_str()).find(|out| *out == path);
        let wrote = |record: &Record| match (out, md5) {
            (Some(out), Some(md5)) => {
                record.out(out).is_some_and(|it| it.md5.as_deref() == Some(md5))
            }
            _ => locked.as_ref().is_none_or(|locked| locked.outs == record.outs),
        };
        let done = self.done_for(id)?;
        let fits = |it: &&Done| it.record.as_ref().is_some_and(wrote);
        let ran = done.iter().filter(fits).find(|it| it.status == "ran");
        let found = ran.or_else(|| done.iter().find(fits)).cloned();
        let made = match (found, self.known.ledger) {
            (Some(done), Some(ledger)) => ledger.run(&done.run)?.map(|run| (run, done)),
            _ => None,
        };
        let record = match &made {
            Some((_, done)) => done.record.clone(),
            None => locked.clone().filter(wrote),
        };
        Ok(Stage { name: step.name.clone(), record, made })
    }

    fn done_for(&self, id: StepId) -> anyhow::Result<Vec<Done>> {
        let Some(ledger) = self.known.ledger else { return Ok(Vec::new()) };
        if let Some(known) = self.done.borrow().get(&id) {
            return Ok(known.clone());
        }
        let done = ledger.of_stage(&self.known.plan.step(id).name)?;
        self.done.borrow_mut().insert(id, done.clone());
        Ok(done)
    }

    fn md5(&self, at: usize) -> Option<String> {
        match self.lineage.nodes.get(at)? {
            Node::File(file) => file.content.md5.clone(),
            Node::Stage(_) => None,
        }
    }

    fn add(&mut self, key: (String, Option<String>), node: Node) -> usize {
        let at = self.lineage.nodes.len();
        self.lineage.nodes.push(node);
        self.lineage.next.push(Vec::new());
        self.places.insert(key, at);
        at
    }

    fn link(&mut self, from: usize, to: usize) {
        if let Some(next) = self.lineage.next.get_mut(from)
            && !next.contains(&to)
        {
            next.push(to);
        }
    }
}

fn overlap(a: &Utf8Path, b: &Utf8Path) -> bool {
    a.starts_with(b) || b.starts_with(a)
}
