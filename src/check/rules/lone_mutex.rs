//! `lone-mutex`: a mutex that only one step ever holds.

use crate::base::code::Code;
use crate::base::diagnostic::Sink;
use crate::base::suggest::nearest;
use crate::check::{Context, Rule};
use crate::model::stage::Stage;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    code: Code::warning(
        "lone-mutex",
        "a mutex that only one stage ever holds",
        include_str!("lone_mutex.md"),
    ),
    run,
};

fn run(context: &Context<'_>, sink: &mut Sink) {
    let stages = &context.project.stages;
    let mut holders: BTreeMap<String, usize> = BTreeMap::new();
    for name in stages.iter().flat_map(held) {
        *holders.entry(name).or_default() += 1;
    }
    for stage in stages {
        for mutex in &stage.mutex {
            let names = stage.instances.iter().map(|it| mutex.value.render(&it.values));
            let Some(name) = names.into_iter().find(|name| holders.get(name) == Some(&1)) else {
                continue;
            };
            let others = holders.keys().map(String::as_str).filter(|it| *it != name);
            let near = nearest(&name, others);
            let diagnostic = RULE
                .code
                .at(mutex.span, format!("only `{}` holds the mutex `{name}`", stage.name.value))
                .label("keeps nobody out");
            sink.report(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help("name it in the stages that must not run beside this one"),
            });
        }
    }
}

/// The mutexes of all instances of a stage.
fn held(stage: &Stage) -> Vec<String> {
    let of = |values: &Vec<String>| -> Vec<String> {
        stage.mutex.iter().map(|mutex| mutex.value.render(values)).collect()
    };
    stage.instances.iter().flat_map(|instance| of(&instance.values)).collect()
}
