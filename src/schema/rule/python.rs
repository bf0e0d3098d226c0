//! A rule in Python: calls of functions that know missing values as SQL does.

use crate::schema::python::Expr;
use crate::schema::rule::{Arithmetic, Compare, Rule, Term};

impl Rule {
    /// The rule as a function of a row, a dictionary.
    pub(crate) fn python(&self) -> Expr {
        Expr::Lambda("row", Box::new(self.expr(&self.term)))
    }

    fn expr(&self, term: &Term) -> Expr {
        let call = |name: &str, terms: &[&Term]| {
            let call = Expr::call(&format!("rules.{name}"));
            terms.iter().map(|it| self.expr(it)).fold(call, Expr::with)
        };
        match term {
            Term::Column(place) => {
                let name = self.columns.get(*place).map_or("", String::as_str);
                Expr::Item("row", Box::new(Expr::text(name)))
            }
            Term::Number(number) => match number {
                crate::base::bound::Number::Int(value) => Expr::Code(value.to_string()),
                crate::base::bound::Number::Float(value) => Expr::float(*value),
            },
            Term::Text(text) => Expr::text(text),
            Term::Flag(flag) => Expr::flag(*flag),
            Term::Moment(number, ty) => Expr::number(*number, *ty),
            Term::Negative(inner) => call("negative", &[inner]),
            Term::Absolute(inner) => call("absolute", &[inner]),
            Term::Length(inner) => call("length", &[inner]),
            Term::Arithmetic(operation, left, right) => {
                let name = match operation {
                    Arithmetic::Plus => "plus",
                    Arithmetic::Minus => "minus",
                    Arithmetic::Times => "times",
                    Arithmetic::Over => "over",
                };
                call(name, &[left, right])
            }
            Term::Compare(compare, left, right) => {
                let name = match compare {
                    Compare::Eq => "eq",
                    Compare::Ne => "ne",
                    Compare::Lt => "lt",
                    Compare::Le => "le",
                    Compare::Gt => "gt",
                    Compare::Ge => "ge",
                };
                call(name, &[left, right])
            }
            Term::In(left, values) => {
                let values = values.iter().map(|it| self.expr(it)).collect();
                call("among", &[left]).with(Expr::List(values))
            }
            Term::IsNull(inner) => call("is_null", &[inner]),
            Term::Not(inner) => call("negated", &[inner]),
            Term::And(left, right) => call("both", &[left, right]),
            Term::Or(left, right) => call("either", &[left, right]),
        }
    }
}
