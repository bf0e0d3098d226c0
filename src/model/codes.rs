//! Every diagnostic that resolving a spec can give, one page each under `codes/`.

use crate::base::code::Code;

pub(crate) static DUPLICATE_NAME: Code =
    Code::fatal("duplicate-name", "a name is taken", include_str!("codes/duplicate_name.md"));
pub(crate) static UNKNOWN_SCHEMA: Code = Code::fatal(
    "unknown-schema",
    "a schema that is not defined",
    include_str!("codes/unknown_schema.md"),
);
pub(crate) static UNKNOWN_DATASET: Code = Code::fatal(
    "unknown-dataset",
    "a dataset that is not defined",
    include_str!("codes/unknown_dataset.md"),
);
pub(crate) static UNKNOWN_THRESHOLDS: Code = Code::fatal(
    "unknown-thresholds",
    "thresholds that are not defined",
    include_str!("codes/unknown_thresholds.md"),
);
pub(crate) static UNKNOWN_REFERENCE: Code = Code::fatal(
    "unknown-reference",
    "a bare name that is neither a stage nor a dataset",
    include_str!("codes/unknown_reference.md"),
);
pub(crate) static MISSPELLED_HOLE: Code = Code::error(
    "misspelled-hole",
    "a name is not written as `{{ name }}`",
    include_str!("codes/misspelled_hole.md"),
);
pub(crate) static UNKNOWN_VARIABLE: Code = Code::fatal(
    "unknown-variable",
    "`{{ }}` names something that does not exist",
    include_str!("codes/unknown_variable.md"),
);
pub(crate) static UNKNOWN_PARAMS_KEY: Code = Code::fatal(
    "unknown-params-key",
    "a key that the params file does not have",
    include_str!("codes/unknown_params_key.md"),
);
pub(crate) static UNKNOWN_TYPE: Code = Code::fatal(
    "unknown-type",
    "a column type that does not exist",
    include_str!("codes/unknown_type.md"),
);
pub(crate) static UNKNOWN_CHECK: Code = Code::fatal(
    "unknown-check",
    "a check that does not exist",
    include_str!("codes/unknown_check.md"),
);
pub(crate) static UNKNOWN_TARGET: Code = Code::fatal(
    "unknown-target",
    "a target that does not exist",
    include_str!("codes/unknown_target.md"),
);
pub(crate) static MISSING_PARAMS_FILE: Code = Code::fatal(
    "missing-params-file",
    "a params file that does not exist",
    include_str!("codes/missing_params_file.md"),
);
pub(crate) static UNREADABLE_PARAMS: Code = Code::fatal(
    "unreadable-params",
    "a params file that cannot be read",
    include_str!("codes/unreadable_params.md"),
);
pub(crate) static UNFIT_PARAMS: Code = Code::fatal(
    "unfit-params",
    "a params file holds something that DVC cannot store",
    include_str!("codes/unfit_params.md"),
);
pub(crate) static UNFIT_INTERPOLATION: Code = Code::fatal(
    "unfit-interpolation",
    "`{{ }}` names a list or a map",
    include_str!("codes/unfit_interpolation.md"),
);
pub(crate) static ENV_OUTSIDE_COMMAND: Code = Code::fatal(
    "env-outside-command",
    "`{{ env.X }}` where the plan would depend on the machine",
    include_str!("codes/env_outside_command.md"),
);
pub(crate) static EMPTY_PATH: Code =
    Code::fatal("empty-path", "a path is empty", include_str!("codes/empty_path.md"));
pub(crate) static ABSOLUTE_PATH: Code =
    Code::fatal("absolute-path", "a path is absolute", include_str!("codes/absolute_path.md"));
pub(crate) static BACKSLASH_PATH: Code = Code::fatal(
    "backslash-path",
    "a path is written with backslashes",
    include_str!("codes/backslash_path.md"),
);
pub(crate) static PATH_OUTSIDE_PROJECT: Code = Code::fatal(
    "path-outside-project",
    "a path leads out of the project",
    include_str!("codes/path_outside_project.md"),
);
pub(crate) static REMOTE_PATH: Code = Code::fatal(
    "remote-path",
    "a remote path, which is not built yet",
    include_str!("codes/remote_path.md"),
);
pub(crate) static SCHEMA_CYCLE: Code = Code::fatal(
    "schema-cycle",
    "schemas extend each other in a circle",
    include_str!("codes/schema_cycle.md"),
);
pub(crate) static DROP_WITHOUT_BASE: Code = Code::fatal(
    "drop-without-base",
    "`drop` in a schema that extends no other",
    include_str!("codes/drop_without_base.md"),
);
pub(crate) static BAD_QUANTITY: Code = Code::fatal(
    "bad-quantity",
    "a number or unit that cannot be read",
    include_str!("codes/bad_quantity.md"),
);
pub(crate) static MISSING_REFERENCE: Code = Code::fatal(
    "missing-reference",
    "a comparison without the thing to compare with",
    include_str!("codes/missing_reference.md"),
);
pub(crate) static MIXED_MEASURES: Code = Code::fatal(
    "mixed-measures",
    "one threshold bounds two measures",
    include_str!("codes/mixed_measures.md"),
);
pub(crate) static MATRIX_TOO_LARGE: Code = Code::fatal(
    "matrix-too-large",
    "a matrix with more than 10,000 combinations",
    include_str!("codes/matrix_too_large.md"),
);
pub(crate) static DEEP_SCHEMA: Code = Code::fatal(
    "deep-schema",
    "a schema that extends more than 16 others, one above the other",
    include_str!("codes/deep_schema.md"),
);
pub(crate) static STRANGE_MATRIX_VALUE: Code = Code::fatal(
    "strange-matrix-value",
    "a matrix value that cannot be part of a stage's name",
    include_str!("codes/strange_matrix_value.md"),
);
pub(crate) static MISSING_INCLUDE: Code = Code::fatal(
    "missing-include",
    "an included file that does not exist",
    include_str!("codes/missing_include.md"),
);
pub(crate) static INCLUDE_CYCLE: Code = Code::fatal(
    "include-cycle",
    "files include each other in a circle",
    include_str!("codes/include_cycle.md"),
);
pub(crate) static MISSPELLED_REFERENCE: Code = Code::warning(
    "misspelled-reference",
    "a git revision that looks like `production` or `baseline`",
    include_str!("codes/misspelled_reference.md"),
);

/// All of them, in the order above.
pub(crate) static CODES: &[&Code] = &[
    &DUPLICATE_NAME,
    &UNKNOWN_SCHEMA,
    &UNKNOWN_DATASET,
    &UNKNOWN_THRESHOLDS,
    &UNKNOWN_REFERENCE,
    &MISSPELLED_HOLE,
    &UNKNOWN_VARIABLE,
    &UNKNOWN_PARAMS_KEY,
    &UNKNOWN_TYPE,
    &UNKNOWN_CHECK,
    &UNKNOWN_TARGET,
    &MISSING_PARAMS_FILE,
    &UNREADABLE_PARAMS,
    &UNFIT_PARAMS,
    &UNFIT_INTERPOLATION,
    &ENV_OUTSIDE_COMMAND,
    &EMPTY_PATH,
    &ABSOLUTE_PATH,
    &BACKSLASH_PATH,
    &PATH_OUTSIDE_PROJECT,
    &REMOTE_PATH,
    &SCHEMA_CYCLE,
    &DROP_WITHOUT_BASE,
    &BAD_QUANTITY,
    &MISSING_REFERENCE,
    &MIXED_MEASURES,
    &MATRIX_TOO_LARGE,
    &DEEP_SCHEMA,
    &STRANGE_MATRIX_VALUE,
    &MISSING_INCLUDE,
    &INCLUDE_CYCLE,
    &MISSPELLED_REFERENCE,
];
