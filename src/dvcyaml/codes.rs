//! Every diagnostic that reading a `dvc.yaml` can give, one page each under `codes/`.

use crate::base::code::Code;

pub(crate) static SHAPE: Code = Code::fatal(
    "dvc-yaml-shape",
    "a `dvc.yaml` that DVC would refuse",
    include_str!("codes/shape.md"),
);
pub(crate) static TEMPLATE: Code = Code::fatal(
    "dvc-yaml-template",
    "a `${…}` in `dvc.yaml` that cannot be filled in",
    include_str!("codes/template.md"),
);
pub(crate) static VARS: Code = Code::fatal(
    "dvc-yaml-vars",
    "values for `${…}` that cannot be loaded",
    include_str!("codes/vars.md"),
);
pub(crate) static GRAPH: Code = Code::fatal(
    "dvc-yaml-graph",
    "stages of a `dvc.yaml` that no order can serve",
    include_str!("codes/graph.md"),
);
pub(crate) static REMOTE: Code = Code::fatal(
    "dvc-yaml-remote",
    "a path in `dvc.yaml` that is not a file on this machine",
    include_str!("codes/remote.md"),
);

pub(crate) static CODES: &[&Code] = &[&SHAPE, &TEMPLATE, &VARS, &GRAPH, &REMOTE];
