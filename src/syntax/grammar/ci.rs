//! Tables of continuous integration.

use crate::syntax::grammar::core::ALLOW;
use crate::syntax::grammar::{Arguments, BlockRule, Kind, NODE, NodeRule, Property};

pub(crate) static CI: NodeRule = NodeRule {
    name: "ci",
    summary: "what the forges do with each change",
    block: BlockRule::Fields(&[
        &GITHUB, &GITLAB, &ON, &PYTHON, &INSTALL, &ENGINE, &TIMEOUT, &ALLOW,
    ]),
    required: true,
    ..NODE
};

static GITHUB: NodeRule =
    NodeRule { name: "github", summary: "writes a workflow for GitHub Actions", ..NODE };

static GITLAB: NodeRule =
    NodeRule { name: "gitlab", summary: "writes a pipeline for GitLab CI", ..NODE };

static ON: NodeRule = NodeRule {
    name: "on",
    summary: "when the jobs run",
    properties: &[
        Property {
            name: "push",
            summary: "the branch whose versions are registered; `main` unless named",
            kind: Kind::Word,
        },
        Property {
            name: "pull-request",
            summary: "whether they run for pull requests; `#true` unless said",
            kind: Kind::Bool,
        },
        Property {
            name: "schedule",
            summary: "when they run by themselves, as five fields of cron",
            kind: Kind::Text,
        },
    ],
    ..NODE
};

static PYTHON: NodeRule = NodeRule {
    name: "python",
    summary: "the version of Python that the stages need",
    arguments: Arguments::One(Kind::Text),
    properties: &[Property {
        name: "requirements",
        summary: "the file of packages that pip installs",
        kind: Kind::Path,
    }],
    ..NODE
};

static INSTALL: NodeRule = NodeRule {
    name: "install",
    summary: "the command that installs mlc where the jobs run",
    arguments: Arguments::One(Kind::Text),
    ..NODE
};

static ENGINE: NodeRule = NodeRule {
    name: "engine",
    summary: "what runs the stages: `mlc` or `dvc`",
    arguments: Arguments::One(Kind::Name),
    ..NODE
};

static TIMEOUT: NodeRule = NodeRule {
    name: "timeout",
    summary: "the longest time that the stages may take together; two hours unless said",
    arguments: Arguments::One(Kind::Duration),
    ..NODE
};
