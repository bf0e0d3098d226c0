//! Past runs as OpenLineage events: for each run and each stage in it a START and an end, with
//! what was read and written. <https://openlineage.io/spec/2-0-2/OpenLineage.json>
//!
//! Jobs and data are named within the project: namespace is its name, data are named by their path
//! from its root. The same runs always give the same events.

use crate::exec::ledger::{Content, Done, Outcome, Record, Run};
use crate::exec::time::exact_moment;
use camino::Utf8Path;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// Where events come from.
#[derive(Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) root: &'a Utf8Path,
    /// Address of the repository.
    pub(crate) repository: Option<String>,
}

/// All events of a run, in the order in which they happened.
pub(crate) fn events(run: &Run, steps: &[Done], origin: &Origin<'_>) -> Vec<Value> {
    let job = json!({
        "namespace": run.project,
        "name": run.project,
        "facets": job_facets(run, origin, "DAG", Some(&run.command.join(" "))),
    });
    let make = |kind: &str, at: i64, facets: Value| {
        event(kind, at, &json!({ "runId": uuid(run, ""), "facets": facets }), &job)
    };
    let mut within: Vec<(i64, Value)> =
        steps.iter().flat_map(|step| step_events(run, step, origin)).collect();
    // Stable: what ends in the millisecond in which another starts ends before.
    within.sort_by_key(|(at, _)| *at);
    let last = within.last().map_or(run.start, |(at, _)| *at);
    let mut events = vec![make("START", run.start, engine(run))];
    events.extend(within.into_iter().map(|(_, event)| event));
    if let Some(kind) = end_of_run(run.outcome) {
        events.push(make(kind, run.end.unwrap_or(last), run_facets(run)));
    }
    events
}

/// The events of one stage of a run, each with its moment.
pub(crate) fn step_events(run: &Run, step: &Done, origin: &Origin<'_>) -> Vec<(i64, Value)> {
    if step.status == "skipped" {
        return Vec::new();
    }
    let command = step.record.as_ref().map(|record| record.command_lines().join("\n"));
    let job = json!({
        "namespace": run.project,
        "name": format!("{}.{}", run.project, step.stage),
        "facets": job_facets(run, origin, "TASK", command.as_deref()),
    });
    let id = uuid(run, &step.stage);
    let started = json!({ "runId": id, "facets": start_facets(run) });
    let mut events = vec![(step.start, event("START", step.start, &started, &job))];
    let Some(kind) = end_of_step(&step.status) else { return events };
    let end = step.end.unwrap_or(step.start);
    let mut event =
        event(kind, end, &json!({ "runId": id, "facets": step_facets(run, step) }), &job);
    if let (Some(record), Some(event)) = (&step.record, event.as_object_mut()) {
        event.insert("inputs".into(), inputs(run, record, origin));
        event.insert("outputs".into(), outputs(run, record, origin));
    }
    events.push((end, event));
    events
}

/// What is known of a stage of which no run is recorded.
pub(crate) fn job_event(
    (project, stage): (&str, &str),
    record: Option<&Record>,
    moment: i64,
    origin: &Origin<'_>,
) -> Value {
    let run = unrecorded(project);
    let command = record.map(|record| record.command_lines().join("\n"));
    json!({
        "eventTime": exact_moment(moment),
        "producer": producer(),
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent",
        "job": {
            "namespace": project,
            "name": format!("{project}.{stage}"),
            "facets": job_facets(&run, origin, "TASK", command.as_deref()),
        },
        "inputs": record.map_or(json!([]), |record| inputs(&run, record, origin)),
        "outputs": record.map_or(json!([]), |record| outputs(&run, record, origin)),
    })
}

/// Stands for a run of which only the project is known.
fn unrecorded(project: &str) -> Run {
    Run {
        id: String::new(),
        project: project.to_owned(),
        command: Vec::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        jobs: 0,
        start: 0,
        end: None,
        commit: None,
        dirty: None,
        outcome: Outcome::Lost,
        commands_ms: 0,
        counts: std::collections::BTreeMap::new(),
    }
}

fn end_of_run(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Running => None,
        Outcome::Succeeded => Some("COMPLETE"),
        Outcome::Failed => Some("FAIL"),
        Outcome::Interrupted | Outcome::Lost => Some("ABORT"),
    }
}

fn end_of_step(status: &str) -> Option<&'static str> {
    match status {
        "running" => None,
        "failed" => Some("FAIL"),
        "interrupted" | "lost" => Some("ABORT"),
        _ => Some("COMPLETE"),
    }
}

fn event(kind: &str, moment: i64, run: &Value, job: &Value) -> Value {
    json!({
        "eventType": kind,
        "eventTime": exact_moment(moment),
        "producer": producer(),
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": run,
        "job": job,
        "inputs": [],
        "outputs": [],
    })
}

/// What ran the commands.
fn engine(run: &Run) -> Value {
    let mut facets = Map::new();
    let engine = json!({ "name": "mlc", "version": run.version });
    put(&mut facets, "processing_engine", "1-1-1/ProcessingEngineRunFacet", engine);
    Value::Object(facets)
}

/// What is known of a stage when it starts.
fn start_facets(run: &Run) -> Value {
    let mut facets = engine(run);
    if let Some(facets) = facets.as_object_mut() {
        let parent = json!({
            "run": { "runId": uuid(run, "") },
            "job": { "namespace": run.project, "name": run.project },
        });
        put(facets, "parent", "1-2-0/ParentRunFacet", parent);
    }
    facets
}

fn run_facets(run: &Run) -> Value {
    let Value::Object(mut facets) = engine(run) else { return Value::Null };
    let mut facet = json!({
        "id": run.id,
        "jobs": run.jobs,
        "outcome": run.outcome.slug(),
        "stages": run.counts,
    });
    add_checkout(&mut facet, run);
    put_own(&mut facets, "mlc_run", facet);
    Value::Object(facets)
}

fn step_facets(run: &Run, step: &Done) -> Value {
    let Value::Object(mut facets) = start_facets(run) else { return Value::Null };
    if let Some(message) = step.message.as_ref().filter(|_| step.status == "failed") {
        put(
            &mut facets,
            "errorMessage",
            "1-0-1/ErrorMessageRunFacet",
            json!({
                "message": message,
                "programmingLanguage": "shell",
            }),
        );
    }
    let mut facet = json!({
        "run": run.id,
        "stage": step.stage,
        "status": step.status,
        "key": step.key,
        "reasons": step.reasons,
        "attempts": step.attempts,
        "exitCode": step.exit_code,
        "signal": step.signal,
        "peakMemory": step.peak_memory,
        "cpuMillis": step.cpu_ms,
        "params": step.record.as_ref().map(|record| &record.params),
    });
    if let Some(facet) = facet.as_object_mut() {
        facet.retain(|_, value| !value.is_null());
    }
    add_checkout(&mut facet, run);
    put_own(&mut facets, "mlc_stage", facet);
    Value::Object(facets)
}

fn add_checkout(facet: &mut Value, run: &Run) {
    if let (Some(facet), Some(commit)) = (facet.as_object_mut(), &run.commit) {
        facet.insert("commit".into(), json!(commit));
        if let Some(dirty) = run.dirty {
            facet.insert("dirty".into(), json!(dirty));
        }
    }
}

fn job_facets(run: &Run, origin: &Origin<'_>, kind: &str, source: Option<&str>) -> Value {
    let mut facets = Map::new();
    put(
        &mut facets,
        "jobType",
        "2-0-4/JobTypeJobFacet",
        json!({
            "processingType": "BATCH",
            "integration": "MLC",
            "jobType": kind,
        }),
    );
    if let Some(source) = source {
        put(
            &mut facets,
            "sourceCode",
            "1-0-1/SourceCodeJobFacet",
            json!({
                "language": "shell",
                "sourceCode": source,
            }),
        );
    }
    if let (Some(repository), Some(commit)) = (&origin.repository, &run.commit) {
        put(
            &mut facets,
            "sourceCodeLocation",
            "1-1-0/SourceCodeLocationJobFacet",
            json!({
                "type": "git",
                "url": repository,
                "repoUrl": repository,
                "version": commit,
            }),
        );
    }
    Value::Object(facets)
}

fn inputs(run: &Run, record: &Record, origin: &Origin<'_>) -> Value {
    let input = |content: &Content| {
        let mut facets = Map::new();
        put(
            &mut facets,
            "inputStatistics",
            "1-0-0/InputStatisticsInputDatasetFacet",
            statistics(content),
        );
        let mut dataset = dataset(run, content, origin);
        dataset.insert("inputFacets".into(), Value::Object(facets));
        Value::Object(dataset)
    };
    record.deps.iter().map(input).collect()
}

fn outputs(run: &Run, record: &Record, origin: &Origin<'_>) -> Value {
    let output = |content: &Content| {
        let mut facets = Map::new();
        put(
            &mut facets,
            "outputStatistics",
            "1-0-2/OutputStatisticsOutputDatasetFacet",
            statistics(content),
        );
        let mut dataset = dataset(run, content, origin);
        dataset.insert("outputFacets".into(), Value::Object(facets));
        Value::Object(dataset)
    };
    record.outs.iter().map(output).collect()
}

fn dataset(run: &Run, content: &Content, origin: &Origin<'_>) -> Map<String, Value> {
    let mut facets = Map::new();
    let is_directory = content.nfiles.is_some();
    put(
        &mut facets,
        "datasetType",
        "1-0-1/DatasetTypeDatasetFacet",
        json!({
            "datasetType": "FILE",
            "subType": if is_directory { "DIRECTORY" } else { "FILE" },
        }),
    );
    if let Some(md5) = &content.md5 {
        put(
            &mut facets,
            "version",
            "1-0-1/DatasetVersionDatasetFacet",
            json!({
                "datasetVersion": format!("md5:{md5}"),
            }),
        );
    }
    // The name under which other tools know a file of this machine.
    put(
        &mut facets,
        "symlinks",
        "1-0-1/SymlinksDatasetFacet",
        json!({
            "identifiers": [{
                "namespace": "file",
                "name": origin.root.join(&content.path).as_str(),
                "type": if is_directory { "DIRECTORY" } else { "FILE" },
            }],
        }),
    );
    let mut dataset = Map::new();
    dataset.insert("namespace".into(), json!(run.project));
    dataset.insert("name".into(), json!(content.path));
    dataset.insert("facets".into(), Value::Object(facets));
    dataset
}

fn statistics(content: &Content) -> Value {
    let mut statistics = json!({ "fileCount": content.nfiles.unwrap_or(1) });
    if let (Some(size), Some(map)) = (content.size, statistics.as_object_mut()) {
        map.insert("size".into(), json!(size));
    }
    statistics
}

/// Adds a facet of the standard.
fn put(facets: &mut Map<String, Value>, name: &str, schema: &str, facet: Value) {
    let kind = schema.rsplit('/').next().unwrap_or(schema);
    let url = format!("https://openlineage.io/spec/facets/{schema}.json#/$defs/{kind}");
    add(facets, name, &url, facet);
}

/// Adds a facet of ours, which follows the schema that is common to all.
fn put_own(facets: &mut Map<String, Value>, name: &str, facet: Value) {
    add(facets, name, "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunFacet", facet);
}

fn add(facets: &mut Map<String, Value>, name: &str, url: &str, facet: Value) {
    let mut whole = Map::new();
    whole.insert("_producer".into(), json!(producer()));
    whole.insert("_schemaURL".into(), json!(url));
    if let Value::Object(facet) = facet {
        whole.extend(facet);
    }
    facets.insert(name.to_owned(), Value::Object(whole));
}

/// Not the recorded version: that of who writes the events.
fn producer() -> String {
    format!("urn:mlc:{}", env!("CARGO_PKG_VERSION"))
}

/// The identifier of a run, or of a stage in it: of version 7, so that they sort by time, with
/// digits of a digest in place of random ones.
fn uuid(run: &Run, stage: &str) -> String {
    let digest = Sha256::digest(format!("{}\n{}\n{stage}", run.project, run.id));
    let hex = crate::exec::hash::hex(&digest);
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    let time = format!("{:012x}", run.start & 0xffff_ffff_ffff);
    let (high, low) = time.split_at_checked(8).unwrap_or_default();
    // Two bits of the variant: one of 8, 9, a, b.
    let variant = hex.as_bytes().get(3).and_then(|byte| "89ab".chars().nth(usize::from(*byte % 4)));
    let variant = variant.unwrap_or('8');
    format!("{high}-{low}-7{}-{variant}{}-{}", part(0, 3), part(4, 7), part(8, 20))
}
