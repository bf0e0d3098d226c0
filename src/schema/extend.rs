//! A schema that starts from another: what it adds, narrows and drops.
//!
//! Whatever satisfies the result satisfies the base, dropped columns aside; a child that would
//! allow more is told so, and the base's word stands.

use crate::base::bound::Bound;
use crate::base::source::{Span, Spanned};
use crate::base::suggest;
use crate::schema::column::{Check, Column, ColumnType, Scalar, Schema};
use crate::schema::constraint::{self, Arguments, Constraint, Verdict};
use crate::schema::domain::Domain;
use crate::schema::literal;
use crate::schema::problem::{Problem, ProblemKind};
use crate::schema::range::{Range, Scale};
use crate::schema::spelling;
use crate::schema::table::{TableCheck, TableKind};
use crate::schema::verify::same_subject;

/// Applies `own` and `drop` to `base`. Columns keep the base's order; new ones follow.
///
/// A column that is dropped and written again replaces the base's, which is how to widen one.
pub(crate) fn extend(
    base: &Schema,
    own: Schema,
    drop: &[Spanned<String>],
) -> (Schema, Vec<Problem>) {
    let mut problems = drops(base, drop);
    let dropped = |name: &str| drop.iter().any(|it| it.value == name);
    let mut columns = Vec::new();
    for column in base.columns.iter().filter(|column| !dropped(&column.name.value)) {
        columns.push(match own.column(&column.name.value) {
            Some(narrower) => narrow(column, narrower, &mut problems),
            None => column.clone(),
        });
    }
    let inherited = |name: &str| base.column(name).is_some() && !dropped(name);
    columns.extend(own.columns.into_iter().filter(|column| !inherited(&column.name.value)));
    let rows =
        Sides { scale: Scale::COUNT, what: "rows" }.narrow(&base.rows, &own.rows, &mut problems);
    let mut nulls = base.nulls.clone();
    nulls.extend(own.nulls);
    // A check of a column that is left out is left out with it.
    let gone = |check: &TableCheck| {
        let mut columns = check.columns(base).into_iter();
        !matches!(check.kind, TableKind::UniqueRows) && columns.any(|it| dropped(&it))
    };
    let mut table: Vec<TableCheck> = base.table.iter().filter(|it| !gone(it)).cloned().collect();
    table.extend(own.table);
    let (strict, ordered) = (own.strict.or(base.strict), own.ordered.or(base.ordered));
    (Schema { rows, nulls, table, strict, ordered, columns }, problems)
}

fn drops(base: &Schema, drop: &[Spanned<String>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, name) in drop.iter().enumerate() {
        let before = drop.get(..at).unwrap_or_default();
        if let Some(first) = before.iter().find(|other| other.value == name.value) {
            let text = format!("`{}` is dropped twice", name.value);
            problems.push(
                Problem::new(ProblemKind::RepeatedDrop, name.span, text)
                    .label("again here")
                    .also(first.span, "first dropped here")
                    .fix("remove it", name.span, ""),
            );
        } else if base.column(&name.value).is_none() {
            problems.push(unknown_drop(base, name));
        }
    }
    problems
}

fn unknown_drop(base: &Schema, name: &Spanned<String>) -> Problem {
    let names = base.columns.iter().map(|column| column.name.value.as_str());
    let text = format!("`{}` is no column of the schema it is dropped from", name.value);
    let mut problem = Problem::new(ProblemKind::UnknownDrop, name.span, text).label("not a column");
    match suggest::nearest(&name.value, names.clone()) {
        Some(near) => {
            problem = problem.fix(format!("drop `{near}`"), name.span, spelling::word(near));
            problem.help = Some(format!("did you mean `{near}`?"));
        }
        None => problem.help = suggest::did_you_mean(&name.value, names),
    }
    problem
}

/// The base's column with what its child adds to it. Under another type nothing of it is kept.
fn narrow(base: &Column, own: &Column, problems: &mut Vec<Problem>) -> Column {
    let scale = own.ty.as_ref().and_then(|ty| Scale::of(ty.value)).unwrap_or(Scale::ANY);
    let sides = Sides { scale, what: &own.name.value };
    let mut found = Vec::new();
    let mut column = own.clone();
    column.bounds = sides.narrow(&base.bounds, &own.bounds, &mut found);
    column.checks = checks(base, own, &mut found);
    if let Some(problem) = type_widens(base, &column) {
        problems.push(problem);
        return base.clone();
    }
    if own.nullable && !base.nullable {
        found.extend(null_widens(base, own));
        column.nullable = false;
    }
    problems.append(&mut found);
    column
}

fn widens(span: Span, text: impl Into<String>, base: Span, name: &str) -> Problem {
    Problem::new(ProblemKind::Widens, span, text)
        .label("allows more than the schema it extends")
        .also(base, "what it extends says this")
        .help(format!(
            "a schema that extends another may only narrow its columns; to replace one write \
             `drop {}` too",
            spelling::word(name)
        ))
}

fn type_widens(base: &Column, narrowed: &Column) -> Option<Problem> {
    let (from, to) = (narrowed.ty.as_ref()?, base.ty.as_ref()?);
    if Domain::of(narrowed)?.widens_to(to.value) {
        return None;
    }
    let name = &narrowed.name.value;
    let text = format!("`{name}` becomes `{}`, which is not always `{}`", from.value, to.value);
    Some(widens(from.span, text, to.span, name))
}

fn null_widens(base: &Column, own: &Column) -> Option<Problem> {
    let (here, there) = (own.ty.as_ref()?, base.ty.as_ref()?);
    let name = &own.name.value;
    let text = format!("values of `{name}` may be missing here, but not in what it extends");
    let mended = here.value.spelled(false);
    let problem = widens(here.span, text, there.span, name);
    Some(problem.fix(format!("write `{mended}`"), here.span, mended))
}

/// Bounds of one quantity, in the base and in the child.
struct Sides<'a> {
    scale: Scale,
    what: &'a str,
}

impl Sides<'_> {
    /// The bounds of both; on a side where the child says something sound, only the child's.
    fn narrow(&self, base: &[Bound], own: &[Bound], problems: &mut Vec<Problem>) -> Vec<Bound> {
        let mut kept = Vec::new();
        for bound in own {
            match base.iter().find(|other| self.is_looser(bound, other)) {
                Some(tighter) => problems.push(self.looser(bound, tighter)),
                None => kept.push(*bound),
            }
        }
        let silent = |bound: &&Bound| kept.iter().all(|it| it.op.is_lower() != bound.op.is_lower());
        let mut bounds: Vec<Bound> = base.iter().filter(silent).copied().collect();
        bounds.append(&mut kept);
        // Lower bounds first, as they are read.
        bounds.sort_by_key(|bound| !bound.op.is_lower());
        bounds
    }

    fn is_looser(&self, own: &Bound, base: &Bound) -> bool {
        // Without the limits of the type, beyond which every bound would look the same.
        let scale = Scale { lowest: None, highest: None, ..self.scale };
        let range = |bound: &Bound| Range::of(&[*bound], scale);
        match (range(own), range(base)) {
            _ if own.op.is_lower() != base.op.is_lower() => false,
            (Ok(own), Ok(base)) => !base.contains(&own),
            _ => false,
        }
    }

    fn looser(&self, own: &Bound, base: &Bound) -> Problem {
        let show = |bound| spelling::bound(bound, self.scale.calendar);
        let (own_text, base_text) = (show(own), show(base));
        let text = format!("`{own_text}` allows what `{base_text}` forbids");
        widens(own.span, text, base.span, self.what).fix("remove the bound", own.span, "")
    }
}

/// The base's checks, each narrowed by the child's on the same subject; then the child's others.
fn checks(base: &Column, own: &Column, problems: &mut Vec<Problem>) -> Vec<Check> {
    let mut merged = Vec::new();
    for check in &base.checks {
        merged.push(match own.checks.iter().find(|other| restates(other, check)) {
            Some(narrower) => narrow_check(base, check, own, narrower, problems),
            None => check.clone(),
        });
    }
    let is_new = |check: &&Check| !base.checks.iter().any(|other| restates(check, other));
    merged.extend(own.checks.iter().filter(is_new).cloned());
    merged
}

/// Whether the child's check replaces the base's. `unique` beside `unique >=0.95` is one more.
fn restates(own: &Check, base: &Check) -> bool {
    same_subject(own, base) && (base.bounds.is_empty() || !own.bounds.is_empty())
}

fn narrow_check(
    base: &Column,
    check: &Check,
    own: &Column,
    narrower: &Check,
    problems: &mut Vec<Problem>,
) -> Check {
    let constraint = constraint::find(check.constraint.value);
    let (Some(constraint), Some(ty)) = (constraint, own.ty.as_ref().map(|ty| ty.value)) else {
        return narrower.clone();
    };
    if narrower.is_soft() || says_as_much(constraint, own, narrower, check) {
        return narrower.clone();
    }
    let name = &base.name.value;
    let mut result = narrower.clone();
    match constraint.bounds.quantity() {
        Some(quantity) if !check.bounds.is_empty() && !narrower.bounds.is_empty() => {
            let sides = Sides { scale: quantity.scale(ty), what: name };
            result.bounds = sides.narrow(&check.bounds, &narrower.bounds, problems);
            return result;
        }
        _ if constraint.arguments == Arguments::Values => {
            let wider = wider_values(check, narrower, ty);
            problems.extend(wider.iter().map(|value| added(value, check, name)));
            result.arguments.retain(|value| !wider.contains(&value));
            return if result.arguments.is_empty() { check.clone() } else { result };
        }
        _ => {}
    }
    let text = spelling::check(narrower, None);
    let text = format!("`{text}` does not narrow `{}`", spelling::check(check, None));
    problems.push(widens(narrower.span, text, check.span, name));
    check.clone()
}

/// Whether the child's check alone implies the base's.
fn says_as_much(constraint: &Constraint, own: &Column, narrower: &Check, check: &Check) -> bool {
    let alone = Column { bounds: Vec::new(), checks: vec![narrower.clone()], ..own.clone() };
    let Some(domain) = Domain::of(&alone) else { return true };
    domain.implies(constraint, check) == Verdict::Holds
}

fn wider_values<'c>(
    check: &Check,
    narrower: &'c Check,
    ty: ColumnType,
) -> Vec<&'c Spanned<Scalar>> {
    let listed =
        |value: &Scalar| check.arguments.iter().any(|it| literal::same(&it.value, value, ty));
    narrower.arguments.iter().filter(|value| !listed(&value.value)).collect()
}

fn added(value: &Spanned<Scalar>, check: &Check, name: &str) -> Problem {
    let text = format!("`{}` is not among the values of what it extends", value.value);
    widens(value.span, text, check.span, name).fix("remove it", value.span, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::sample;

    fn dropped(text: &str) -> Vec<Spanned<String>> {
        text.split_whitespace().map(|word| Spanned::new(word.to_owned(), Span::default())).collect()
    }

    #[test]
    fn a_child_adds_narrows_and_drops() {
        let base = "rows >=1000\nid int >0 { unique >=0.95 }\nage int? >=18 <=120\n\
                    kind str { isin A B C; matches \".\" }\nrate float { mean >0.01 <0.9 }";
        for (own, drop, want) in [
            ("", "", base),
            (
                "",
                "id rate",
                "rows >=1000\nage int? >=18 <=120\nkind str { isin A B C; matches \".\" }",
            ),
            ("rows <=5000\nextra bool", "id age kind rate", "rows >=1000 <=5000\nextra bool"),
            ("rows >=2000\nage int <=65", "id kind rate", "rows >=2000\nage int >=18 <=65"),
            ("age int8 >=20", "id kind rate", "rows >=1000\nage int8 >=20 <=120"),
            (
                "kind str { isin A C; matches \"[A-C]\" }",
                "id age rate",
                "rows >=1000\nkind str { isin A C; matches \".\"; matches \"[A-C]\" }",
            ),
            (
                "id int { unique }",
                "age kind rate",
                "rows >=1000\nid int >0 { unique >=0.95; unique }",
            ),
            (
                "rate float { mean >0.1 }",
                "id age kind",
                "rows >=1000\nrate float { mean >0.1 <0.9 }",
            ),
            ("rate int32 >=0", "id age kind", "rows >=1000\nrate int32 >=0 { mean >0.01 <0.9 }"),
            ("age str", "id age kind rate", "rows >=1000\nage str"),
        ] {
            let (got, problems) =
                extend(&sample::schema(base), sample::schema(own), &dropped(drop));
            assert!(problems.is_empty(), "{own}: {problems:#?}");
            let want = sample::schema(want);
            assert_eq!(shown(&got), shown(&want), "{own} {drop}");
        }
    }

    fn shown(schema: &Schema) -> String {
        let columns: Vec<String> = schema.columns.iter().map(ToString::to_string).collect();
        format!("rows {}\n{}", spelling::bounds(&schema.rows, None), columns.join("\n"))
    }

    #[test]
    fn widening_is_told_and_undone() {
        for (base, own, place, result) in [
            ("a int >=18", "a int >=10", ">=10", "a  int  >=18"),
            ("a int >=18", "a int >=10 <=20", ">=10", "a  int  >=18 <=20"),
            ("a int", "a int?", "int?", "a  int"),
            ("a int", "a str", "str", "a  int"),
            ("a int32", "a int", "int", "a  int32"),
            ("a str { isin A B }", "a str { isin A C }", "C }", "a  str  { isin A }"),
            ("a str { isin A B }", "a str { isin C }", "C }", "a  str  { isin A B }"),
            ("a int { unique }", "a int { unique >=0.9 }", "unique >=0.9", "a  int  { unique }"),
            ("a float { mean >0 <1 }", "a float { mean <2 }", "<2", "a  float  { mean >0 <1 }"),
            (
                "a str { starts-with AB }",
                "a str { starts-with A }",
                "starts",
                "a  str  { starts-with AB }",
            ),
        ] {
            let (got, problems) = extend(&sample::schema(base), sample::schema(own), &[]);
            assert_eq!(problems.len(), 1, "{own}: {problems:#?}");
            let problem = &problems[0];
            assert_eq!(problem.kind, ProblemKind::Widens);
            let at = &own[problem.span.range()];
            assert!(at.starts_with(place) || place.starts_with(at), "{own}: {at}");
            assert_eq!(got.columns[0].to_string(), result);
        }
        let (got, problems) = extend(&sample::schema("rows >=10"), sample::schema("rows >=5"), &[]);
        assert_eq!((problems.len(), spelling::bounds(&got.rows, None)), (1, ">=10".into()));
    }

    #[test]
    fn drops_name_columns_once() {
        let base = sample::schema("customer_id int\nage int");
        let (got, problems) = extend(&base, Schema::default(), &dropped("custmer_id age age"));
        let kinds: Vec<_> = problems.iter().map(|it| (it.kind, it.help.clone())).collect();
        let near = Some("did you mean `customer_id`?".to_owned());
        assert_eq!(kinds, [(ProblemKind::UnknownDrop, near), (ProblemKind::RepeatedDrop, None)]);
        assert_eq!(got.columns.len(), 1);
    }
}
