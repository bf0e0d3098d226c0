//! Schemas: types, checks, and what `extends` and `drop` make of them.

use crate::base::bound::Bound;
use crate::base::code::Severity;
use crate::base::source::Spanned;
use crate::model::codes;
use crate::model::ids::SchemaId;
use crate::model::project::NamedSchema;
use crate::model::resolve::{Resolver, duplicate};
use crate::schema::column::{Check, Column, ColumnType, Scalar, Schema};
use crate::schema::constraint;
use crate::schema::table::{TableCheck, TableKind};
use crate::schema::words::{self, Meant};
use crate::schema::{extend, literal, types};
use crate::syntax::ast;
use crate::syntax::tree::{Literal, RawBound, Scalar as Raw};

/// A schema stands on at most this many others. Each holds the columns of all below it.
const MAX_BASES: usize = 16;

impl Resolver<'_> {
    /// All schemas by id, bases before what extends them.
    pub(super) fn schemas_in_order(&mut self) -> Vec<NamedSchema> {
        let spec = self.spec;
        let declared: Vec<&ast::Schema> =
            spec.schemas.iter().filter(|schema| self.schemas.is_first(&schema.name)).collect();
        let mut done: Vec<Option<NamedSchema>> = declared.iter().map(|_| None).collect();
        for index in 0..declared.len() {
            self.schema_chain(index, &declared, &mut done);
        }
        done.into_iter().flatten().collect()
    }

    /// Resolves a schema after those it extends; a circle is reported once and cut.
    fn schema_chain(
        &mut self,
        index: usize,
        declared: &[&ast::Schema],
        done: &mut [Option<NamedSchema>],
    ) {
        let mut chain: Vec<(usize, Option<Spanned<SchemaId>>)> = Vec::new();
        let mut next = Some(index);
        while let Some(at) = next {
            let Some(schema) =
                declared.get(at).filter(|_| done.get(at).is_some_and(Option::is_none))
            else {
                break;
            };
            let base = self.schema_reference(schema.extends.as_ref());
            if let (Some(base), Some(from)) = (
                &base,
                chain
                    .iter()
                    .position(|(it, _)| Some(*it) == base.as_ref().map(|b| b.value.index())),
            ) {
                self.schema_circle(base, chain.get(from..).unwrap_or_default(), declared);
                chain.push((at, None));
                break;
            }
            next = base.as_ref().map(|it| it.value.index()).filter(|it| *it != at);
            if base.as_ref().is_some_and(|it| it.value.index() == at) {
                if let Some(base) = &base {
                    self.schema_circle(base, &[], declared);
                }
                chain.push((at, None));
            } else {
                chain.push((at, base));
            }
        }
        for (at, base) in chain.into_iter().rev() {
            let Some(schema) = declared.get(at) else { continue };
            let base = base.filter(|base| self.is_shallow(base, done));
            let parent = base.as_ref().and_then(|it| done.get(it.value.index())?.as_ref());
            let parent = parent.map(|it| it.schema.clone());
            let resolved = self.schema(schema, base, parent);
            if let Some(slot) = done.get_mut(at) {
                *slot = Some(resolved);
            }
        }
    }

    /// Whether a schema may extend this one; reports when it stands on too many others.
    fn is_shallow(&mut self, base: &Spanned<SchemaId>, done: &[Option<NamedSchema>]) -> bool {
        let below = |id: &SchemaId| {
            let schema = done.get(id.index())?.as_ref()?;
            schema.extends.as_ref().map(|it| it.value)
        };
        let others = std::iter::successors(Some(base.value), below).take(MAX_BASES + 1).count();
        if others > MAX_BASES {
            self.sink.report(
                codes::DEEP_SCHEMA
                    .at(base.span, format!("more than {MAX_BASES} schemas extend each other"))
                    .label("one too many")
                    .help("write the columns of some of them into one schema"),
            );
        }
        others <= MAX_BASES
    }

    fn schema_circle(
        &mut self,
        base: &Spanned<SchemaId>,
        chain: &[(usize, Option<Spanned<SchemaId>>)],
        declared: &[&ast::Schema],
    ) {
        let mut diagnostic = codes::SCHEMA_CYCLE
            .at(base.span, "these schemas extend each other in a circle")
            .label("leads back to where it started");
        for (at, next) in chain {
            let (Some(schema), Some(next)) = (declared.get(*at), next) else { continue };
            let text = format!("`{}` extends this", schema.name.value);
            diagnostic = diagnostic.also(next.span, text);
        }
        self.sink.report(diagnostic);
    }

    fn schema(
        &mut self,
        raw: &ast::Schema,
        extends: Option<Spanned<SchemaId>>,
        base: Option<Schema>,
    ) -> NamedSchema {
        let rows = self.bounds(&raw.rows);
        let mut columns: Vec<Column> = Vec::new();
        for column in &raw.columns {
            match columns.iter().find(|it| it.name.value == column.name.value) {
                Some(first) => {
                    let first = first.name.span;
                    self.sink.report(duplicate("column", &column.name, first));
                }
                None => columns.push(self.column(column)),
            }
        }
        let table = raw.table.iter().filter_map(|check| self.table_check(check)).collect();
        let (nulls, strict, ordered) = (raw.nulls.clone(), raw.strict, raw.ordered);
        let own = Schema { rows, nulls, table, strict, ordered, columns };
        if base.is_none()
            && raw.extends.is_none()
            && let Some(drop) = raw.drop.first()
        {
            self.sink.report(
                codes::DROP_WITHOUT_BASE
                    .at(drop.span, "there is nothing to drop from")
                    .label("this schema extends no other")
                    .help("add `extends=` and the schema to start from, or remove `drop`"),
            );
        }
        let (schema, problems) = match &base {
            Some(base) => extend::extend(base, own, &raw.drop),
            None => (own, Vec::new()),
        };
        NamedSchema { name: raw.name.clone(), span: raw.span, schema, extends, problems }
    }

    /// `None` without what was missing and reported.
    fn table_check(&mut self, raw: &ast::TableCheck) -> Option<TableCheck> {
        let (mostly, severity) = self.softened(raw.mostly.as_ref(), raw.severity.as_ref());
        let kind = match raw.name {
            "unique-together" if raw.texts.is_empty() => return None,
            "unique-together" => TableKind::UniqueTogether(raw.texts.clone()),
            "unique-rows" => TableKind::UniqueRows,
            "correlation" if raw.texts.is_empty() || raw.bounds.is_empty() => return None,
            "correlation" => TableKind::Correlation {
                columns: raw.texts.clone(),
                bounds: self.bounds(&raw.bounds),
                span: raw.span,
            },
            _ => TableKind::Rule { text: raw.texts.first()?.clone(), when: raw.when.clone() },
        };
        Some(TableCheck { kind, mostly, severity })
    }

    fn column(&mut self, raw: &ast::Column) -> Column {
        let parsed = raw.ty.as_ref().and_then(|ty| self.column_type(ty));
        let ty = parsed.as_ref().map(|(ty, _)| ty.clone());
        let nullable = parsed.is_some_and(|(_, nullable)| nullable);
        let kind = ty.as_ref().map(|it| it.value);
        Column {
            name: raw.name.clone(),
            nullable,
            bounds: raw.bounds.iter().filter_map(|bound| self.value_bound(bound, kind)).collect(),
            checks: raw.checks.iter().filter_map(|check| self.check(check, kind)).collect(),
            ty,
            span: raw.span,
        }
    }

    fn column_type(&mut self, ty: &ast::Text) -> Option<(Spanned<ColumnType>, bool)> {
        let unknown = match types::parse(&ty.value) {
            Ok((parsed, nullable)) => return Some((Spanned::new(parsed, ty.span), nullable)),
            Err(unknown) => unknown,
        };
        let mut diagnostic = codes::UNKNOWN_TYPE
            .at(ty.span, format!("there is no type `{}`", ty.value))
            .label("not a column type");
        let meant = unknown.write.as_deref().and_then(|word| types::parse(word).ok());
        if let Some(word) = unknown.write {
            diagnostic = diagnostic.help(format!("did you mean `{word}`?")).fix(
                format!("write `{word}`"),
                ty.span,
                word,
            );
        } else {
            diagnostic = diagnostic.help(
                "types are `int`, `float`, `str`, `bool`, `date`, `datetime`, `category`, and sized \
                 ones such as `int32`; `?` behind one lets values be missing",
            );
        }
        self.sink.report(diagnostic);
        meant.map(|(parsed, nullable)| (Spanned::new(parsed, ty.span), nullable))
    }

    /// A bound on values of a column; dates are bounded by quoted dates.
    fn value_bound(&mut self, raw: &RawBound, ty: Option<ColumnType>) -> Option<Bound> {
        let Raw::Str(text) = &raw.value.value else {
            return self.bound(raw, &[crate::base::units::Dimension::Percent]);
        };
        match ty {
            Some(ty @ (ColumnType::Date | ColumnType::DateTime)) => {
                let value = literal::ordinal(text, ty);
                if value.is_none() {
                    self.sink.report(
                        codes::BAD_QUANTITY
                            .at(raw.value.span, format!("`{text}` is no date"))
                            .help("dates are written `\"2024-01-31\"`, times `\"2024-01-31T12:00:00\"`"),
                    );
                }
                Some(Bound { op: raw.op, value: value?, span: raw.span })
            }
            _ => self.bound(raw, &[crate::base::units::Dimension::Percent]),
        }
    }

    fn check(&mut self, raw: &ast::Check, ty: Option<ColumnType>) -> Option<Check> {
        let constraint = match constraint::find(&raw.name.value) {
            Some(constraint) => constraint,
            None => self.unknown_check(raw)?,
        };
        let arguments = raw.arguments.iter().filter_map(scalar).collect();
        let (mostly, severity) = self.softened(raw.mostly.as_ref(), raw.severity.as_ref());
        let extreme = constraint.bounds.quantity() == Some(constraint::Quantity::Extreme);
        let bounds =
            raw.bounds.iter().filter_map(|bound| self.value_bound(bound, ty.filter(|_| extreme)));
        Some(Check {
            constraint: Spanned::new(constraint.name, raw.name.span),
            bounds: bounds.collect(),
            arguments,
            mostly,
            severity,
            span: raw.span,
        })
    }

    pub(super) fn softened(
        &mut self,
        mostly: Option<&Literal>,
        severity: Option<&ast::Text>,
    ) -> (Option<Spanned<f64>>, Severity) {
        let mostly = mostly.and_then(|share| self.mostly(share));
        let severity = severity.and_then(|word| self.severity(word));
        (mostly, severity.unwrap_or(Severity::Error))
    }

    fn mostly(&mut self, raw: &Literal) -> Option<Spanned<f64>> {
        let share = self.fraction(raw)?;
        if share > 0.0 && share <= 1.0 {
            return Some(Spanned::new(share, raw.span));
        }
        self.sink.report(
            codes::BAD_QUANTITY
                .at(raw.span, format!("`mostly` is a share, and {share} is none"))
                .label("above 0 and up to 1")
                .help("for example `mostly=0.99`: of a hundred values one may fail"),
        );
        None
    }

    fn severity(&mut self, word: &ast::Text) -> Option<Severity> {
        match word.value.as_str() {
            "warning" => Some(Severity::Warning),
            "error" => Some(Severity::Error),
            other => {
                let mut diagnostic = crate::syntax::codes::WRONG_VALUE
                    .at(word.span, format!("there is no severity `{other}`"))
                    .label("`warning` or `error`");
                let meant =
                    if other.starts_with('w') || other == "info" { "warning" } else { "error" };
                diagnostic = diagnostic.fix(format!("write `{meant}`"), word.span, meant);
                self.sink.report(diagnostic);
                None
            }
        }
    }

    fn unknown_check(&mut self, raw: &ast::Check) -> Option<&'static constraint::Constraint> {
        let name = &raw.name;
        let base = codes::UNKNOWN_CHECK
            .at(name.span, format!("there is no check `{}`", name.value))
            .label("not a check of columns");
        let (diagnostic, meant) = match words::meant(&name.value) {
            Meant::Constraint { name: near, .. } => (
                base.help(format!("did you mean `{near}`?")).fix(
                    format!("write `{near}`"),
                    name.span,
                    near,
                ),
                constraint::find(near),
            ),
            Meant::Bound(example) => {
                let base = base.help(format!("write a bound behind the type: {example}"));
                match limits(raw) {
                    Some(limits) => (base.fix(format!("write `{limits}`"), raw.span, limits), None),
                    None => (base, None),
                }
            }
            Meant::Nullability => {
                let help = "values may be missing when the type ends in `?`, as in `float?`";
                (base.help(help), None)
            }
            Meant::Setting(example) => {
                let help = format!("write it behind the check that it softens: {example}");
                (base.help(help), None)
            }
            Meant::Elsewhere(example) => (base.help(format!("write it {example}")), None),
            Meant::Nothing => {
                let names: Vec<&str> = constraint::names().collect();
                (base.help(format!("known: {}", crate::base::suggest::quoted(&names))), None)
            }
        };
        self.sink.report(diagnostic);
        meant
    }
}

/// What `between 18 120` is as checks of the language.
fn limits(raw: &ast::Check) -> Option<String> {
    let number = |it: &Literal| match &it.value {
        Raw::Int(value) => Some(value.to_string()),
        Raw::Float(value) => Some(format!("{value:?}")),
        Raw::Bool(_) | Raw::Str(_) | Raw::Null => None,
    };
    let [low, high] = raw.arguments.as_slice() else { return None };
    let (low, high) = (number(low)?, number(high)?);
    raw.bounds.is_empty().then(|| format!("min >={low}; max <={high}"))
}

fn scalar(literal: &Literal) -> Option<Spanned<Scalar>> {
    let value = match &literal.value {
        Raw::Int(value) => Scalar::Int(*value),
        Raw::Float(value) => Scalar::Float(*value),
        Raw::Bool(value) => Scalar::Bool(*value),
        Raw::Str(text) => Scalar::Str(text.clone()),
        Raw::Null => return None,
    };
    Some(Spanned::new(value, literal.span))
}
