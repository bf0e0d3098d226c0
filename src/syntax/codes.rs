//! Every diagnostic that reading a spec can give, one page each under `codes/`.

use crate::base::code::Code;
use crate::base::diagnostic::Diagnostic;
use crate::base::source::Spanned;
use crate::syntax::sections::LATER;
use crate::syntax::tree::Node;

pub(crate) static BARE_KEYWORD: Code = Code::fatal(
    "bare-keyword",
    "`true`, `false` and `null` are written with a `#`",
    include_str!("codes/bare_keyword.md"),
);
pub(crate) static UNQUOTED_VALUE: Code = Code::fatal(
    "unquoted-value",
    "a value with a unit, a date or a version is written in quotes",
    include_str!("codes/unquoted_value.md"),
);
pub(crate) static UNQUOTED_TEXT: Code = Code::fatal(
    "unquoted-text",
    "a text is written in quotes",
    include_str!("codes/unquoted_text.md"),
);
pub(crate) static UNQUOTED_PATH: Code = Code::fatal(
    "unquoted-path",
    "a path is written in quotes",
    include_str!("codes/unquoted_path.md"),
);
pub(crate) static UNQUOTED_URL: Code = Code::fatal(
    "unquoted-url",
    "a URL is written in quotes",
    include_str!("codes/unquoted_url.md"),
);
pub(crate) static UNQUOTED_INTERPOLATION: Code = Code::fatal(
    "unquoted-interpolation",
    "`{{ }}` is written inside quotes",
    include_str!("codes/unquoted_interpolation.md"),
);
pub(crate) static BARE_FRACTION: Code = Code::fatal(
    "bare-fraction",
    "a number starts with a digit",
    include_str!("codes/bare_fraction.md"),
);
pub(crate) static COMMA: Code =
    Code::fatal("comma", "values are separated by blanks", include_str!("codes/comma.md"));
pub(crate) static BRACKET_LIST: Code = Code::fatal(
    "bracket-list",
    "lists are written without brackets",
    include_str!("codes/bracket_list.md"),
);
pub(crate) static DASH_LIST: Code = Code::fatal(
    "dash-list",
    "lists are written without dashes",
    include_str!("codes/dash_list.md"),
);
pub(crate) static STRAY_SIGN: Code =
    Code::fatal("stray-sign", "a sign that means nothing", include_str!("codes/stray_sign.md"));
pub(crate) static MISSING_LINE_BREAK: Code = Code::fatal(
    "missing-line-break",
    "two fields stand on one line",
    include_str!("codes/missing_line_break.md"),
);
pub(crate) static UNCLOSED_COMMENT: Code = Code::fatal(
    "unclosed-comment",
    "a comment is not closed",
    include_str!("codes/unclosed_comment.md"),
);
pub(crate) static EQUALS_AFTER_NAME: Code = Code::fatal(
    "equals-after-name",
    "a name takes its value directly",
    include_str!("codes/equals_after_name.md"),
);
pub(crate) static COLON_AFTER_NAME: Code = Code::fatal(
    "colon-after-name",
    "a name takes its value directly",
    include_str!("codes/colon_after_name.md"),
);
pub(crate) static HASH_COMMENT: Code =
    Code::fatal("hash-comment", "comments start with `//`", include_str!("codes/hash_comment.md"));
pub(crate) static WRONG_QUOTES: Code = Code::fatal(
    "wrong-quotes",
    "a string in other quotes than `\"`",
    include_str!("codes/wrong_quotes.md"),
);
pub(crate) static UNCLOSED_STRING: Code = Code::fatal(
    "unclosed-string",
    "a string is not closed",
    include_str!("codes/unclosed_string.md"),
);
pub(crate) static BAD_ESCAPE: Code = Code::fatal(
    "bad-escape",
    "a backslash that starts no escape",
    include_str!("codes/bad_escape.md"),
);
pub(crate) static MISSING_SPACE: Code = Code::fatal(
    "missing-space",
    "two values need a space between them",
    include_str!("codes/missing_space.md"),
);
pub(crate) static MISPLACED_BRACE: Code = Code::fatal(
    "misplaced-brace",
    "the opening brace stands on the line of its node",
    include_str!("codes/misplaced_brace.md"),
);
pub(crate) static UNCLOSED_BLOCK: Code =
    Code::fatal("unclosed-block", "a block is not closed", include_str!("codes/unclosed_block.md"));
pub(crate) static MISSING_BRACE: Code =
    Code::fatal("missing-brace", "a block is not opened", include_str!("codes/missing_brace.md"));
pub(crate) static EXTRA_BRACE: Code =
    Code::fatal("extra-brace", "a brace closes nothing", include_str!("codes/extra_brace.md"));
pub(crate) static MISSING_PROPERTY_VALUE: Code = Code::fatal(
    "missing-property-value",
    "a property has no value",
    include_str!("codes/missing_property_value.md"),
);
pub(crate) static QUOTED_BOUND: Code = Code::fatal(
    "quoted-bound",
    "a strict bound with a unit is quoted as a whole",
    include_str!("codes/quoted_bound.md"),
);
pub(crate) static BOUND_SPELLING: Code = Code::fatal(
    "bound-spelling",
    "a bound is written `>=`, `>`, `<=` or `<`",
    include_str!("codes/bound_spelling.md"),
);
pub(crate) static DEEP_NESTING: Code = Code::fatal(
    "deep-nesting",
    "blocks are nested too deeply",
    include_str!("codes/deep_nesting.md"),
);
pub(crate) static FILE_TOO_LARGE: Code = Code::fatal(
    "file-too-large",
    "a spec is larger than 16 MB",
    include_str!("codes/file_too_large.md"),
);
pub(crate) static SYNTAX_ERROR: Code =
    Code::fatal("syntax-error", "the text is not KDL", include_str!("codes/syntax_error.md"));
pub(crate) static UNKNOWN_SECTION: Code = Code::fatal(
    "unknown-section",
    "a section that does not exist",
    include_str!("codes/unknown_section.md"),
);
pub(crate) static UNKNOWN_FIELD: Code = Code::fatal(
    "unknown-field",
    "a field that does not exist here",
    include_str!("codes/unknown_field.md"),
);
pub(crate) static UNKNOWN_PROPERTY: Code = Code::fatal(
    "unknown-property",
    "a property that does not exist here",
    include_str!("codes/unknown_property.md"),
);
pub(crate) static MISSING_VALUE: Code =
    Code::fatal("missing-value", "a node lacks its value", include_str!("codes/missing_value.md"));
pub(crate) static UNEXPECTED_VALUE: Code = Code::fatal(
    "unexpected-value",
    "a node has a value too many",
    include_str!("codes/unexpected_value.md"),
);
pub(crate) static WRONG_VALUE: Code =
    Code::fatal("wrong-value", "a value of the wrong kind", include_str!("codes/wrong_value.md"));
pub(crate) static BAD_NAME: Code = Code::fatal(
    "bad-name",
    "a name with characters that names do not have",
    include_str!("codes/bad_name.md"),
);
pub(crate) static DUPLICATE_FIELD: Code = Code::fatal(
    "duplicate-field",
    "a field is given twice",
    include_str!("codes/duplicate_field.md"),
);
pub(crate) static MISSING_FIELD: Code = Code::fatal(
    "missing-field",
    "a node lacks a field that it needs",
    include_str!("codes/missing_field.md"),
);
pub(crate) static UNEXPECTED_BLOCK: Code = Code::fatal(
    "unexpected-block",
    "a node that has no block was given one",
    include_str!("codes/unexpected_block.md"),
);
pub(crate) static UNEXPECTED_BOUND: Code = Code::fatal(
    "unexpected-bound",
    "a bound where none can be",
    include_str!("codes/unexpected_bound.md"),
);
pub(crate) static MISSING_BOUND: Code = Code::fatal(
    "missing-bound",
    "a quantity without a bound",
    include_str!("codes/missing_bound.md"),
);
pub(crate) static NOT_BUILT_YET: Code = Code::fatal(
    "not-built-yet",
    "a part of the language that this version does not build yet",
    include_str!("codes/not_built_yet.md"),
);
pub(crate) static MISSING_VERSION: Code = Code::fatal(
    "missing-version",
    "the project file does not say which version of the language it is",
    include_str!("codes/missing_version.md"),
);
pub(crate) static UNKNOWN_VERSION: Code = Code::fatal(
    "unknown-version",
    "a version of the language that does not exist",
    include_str!("codes/unknown_version.md"),
);

/// All of them, in the order above.
pub(crate) static CODES: &[&Code] = &[
    &BARE_KEYWORD,
    &UNQUOTED_VALUE,
    &UNQUOTED_TEXT,
    &UNQUOTED_PATH,
    &UNQUOTED_URL,
    &UNQUOTED_INTERPOLATION,
    &BARE_FRACTION,
    &COMMA,
    &BRACKET_LIST,
    &DASH_LIST,
    &STRAY_SIGN,
    &MISSING_LINE_BREAK,
    &UNCLOSED_COMMENT,
    &EQUALS_AFTER_NAME,
    &COLON_AFTER_NAME,
    &HASH_COMMENT,
    &WRONG_QUOTES,
    &UNCLOSED_STRING,
    &BAD_ESCAPE,
    &MISSING_SPACE,
    &MISPLACED_BRACE,
    &UNCLOSED_BLOCK,
    &MISSING_BRACE,
    &EXTRA_BRACE,
    &MISSING_PROPERTY_VALUE,
    &QUOTED_BOUND,
    &BOUND_SPELLING,
    &DEEP_NESTING,
    &FILE_TOO_LARGE,
    &SYNTAX_ERROR,
    &UNKNOWN_SECTION,
    &UNKNOWN_FIELD,
    &UNKNOWN_PROPERTY,
    &MISSING_VALUE,
    &UNEXPECTED_VALUE,
    &WRONG_VALUE,
    &BAD_NAME,
    &DUPLICATE_FIELD,
    &MISSING_FIELD,
    &UNEXPECTED_BLOCK,
    &UNEXPECTED_BOUND,
    &MISSING_BOUND,
    &NOT_BUILT_YET,
    &MISSING_VERSION,
    &UNKNOWN_VERSION,
];

/// Those that tell of something that is not there.
pub(crate) static MISSING: &[&Code] = &[&MISSING_FIELD, &MISSING_VALUE, &MISSING_BOUND];

/// The answer to a section or field that a later version will build.
pub(crate) fn not_built_yet(node: &Node) -> Option<Diagnostic> {
    let name = node.name.value.as_str();
    LATER.contains(&name).then(|| later_answer(&node.name))
}

fn later_answer(name: &Spanned<String>) -> Diagnostic {
    NOT_BUILT_YET
        .at(name.span, format!("`{}` is not built yet", name.value))
        .label("part of the language, but this version of mlc does nothing with it")
        .help("comment it out with `/-` until then")
}

/// Where a field that is unknown here is at home.
pub(crate) fn belongs_elsewhere(rule: &str, name: &str) -> Option<String> {
    let home = match (rule, name) {
        ("spec", "cmd" | "deps" | "outs" | "metrics" | "plots" | "wdir" | "matrix" | "env") => {
            "stage"
        }
        ("spec", "columns" | "rows" | "drop") => "schema",
        ("spec", "params") => "project` or `stage",
        ("spec", "description" | "owner") => "project",
        ("stage", "extends" | "columns") => "schema",
        _ => return None,
    };
    Some(format!("`{name}` belongs into a `{home}`"))
}

/// What other tools call a field of ours.
pub(crate) fn synonym(rule: &str, name: &str) -> Option<&'static str> {
    let folded = name.to_ascii_lowercase().replace('_', "-");
    let field = match (rule, folded.as_str()) {
        ("stage", "command" | "run" | "script" | "exec" | "shell") => "cmd",
        (
            "stage",
            "inputs" | "input" | "dependencies" | "depends" | "depends-on" | "needs" | "requires",
        ) => "deps",
        ("stage", "outputs" | "output" | "produces" | "artifacts") => "outs",
        ("stage", "parameters" | "param" | "hyperparameters") => "params",
        ("stage", "workdir" | "cwd" | "working-dir" | "working-directory" | "directory") => "wdir",
        ("stage", "description" | "title" | "doc") => "desc",
        ("stage", "environment" | "envs") => "env",
        ("stage", "foreach" | "strategy") => "matrix",
        ("stage", "retries") => "retry",
        ("stage", "always-changed") => "always",
        ("schema", "fields" | "column") => "columns",
        ("schema", "row" | "row-count" | "nrows" | "num-rows" | "min-rows" | "rows-min") => "rows",
        ("spec", "variables" | "constants" | "let") => "vars",
        ("spec", "step" | "task" | "job" | "stages") => "stage",
        ("spec", "data" | "datasets" | "source") => "dataset",
        ("spec", "gate" | "gates" | "quality-gate") => "thresholds",
        ("spec", "target" | "outputs" | "emit") => "targets",
        ("spec", "import" | "imports" | "use") => "include",
        _ => return None,
    };
    Some(field)
}

/// What other tools call a property of ours.
pub(crate) fn property_synonym(rule: &str, name: &str) -> Option<&'static str> {
    let folded = name.to_ascii_lowercase().replace('_', "-");
    let property = match (rule, folded.as_str()) {
        ("resources", "mem" | "ram") => "memory",
        ("resources", "cores" | "threads") => "cpus",
        ("retry", "wait" | "delay" | "pause") => "backoff",
        ("retry", "max" | "max-backoff" | "max-delay" | "limit") => "cap",
        ("schema", "inherits" | "base" | "from" | "parent") => "extends",
        ("thresholds", "file" | "path") => "metrics",
        ("threshold", "vs" | "relative-to" | "compared-to") => "against",
        ("disjoint", "from" | "and" | "against" | "dataset") => "with",
        _ => return None,
    };
    Some(property)
}
