//! From the words of a rule to its terms, with types checked on the way.

use crate::base::suggest::{did_you_mean, nearest};
use crate::schema::column::{ColumnType, Schema};
use crate::schema::literal;
use crate::schema::rule::lexer::{Token, tokens};
use crate::schema::rule::{Arithmetic, Compare, Kind, Mistake, Rule, Term};

/// How deep parentheses and `not` may go.
const DEEPEST: usize = 64;

type Typed = (Term, Kind);

struct Parser<'a> {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    types: &'a dyn Fn(&str) -> Option<ColumnType>,
    schema: &'a Schema,
    columns: Vec<String>,
    kinds: Vec<ColumnType>,
    depth: usize,
}

pub(super) fn read(
    text: &str,
    types: &dyn Fn(&str) -> Option<ColumnType>,
    schema: &Schema,
) -> Result<Rule, Mistake> {
    let tokens = tokens(text)?.into_iter().peekable();
    let mut parser =
        Parser { tokens, types, schema, columns: Vec::new(), kinds: Vec::new(), depth: 0 };
    let (term, kind) = parser.either()?;
    if let Some(token) = parser.tokens.next() {
        let text = format!("`{}` is not expected here", token.shown());
        return Err(match token {
            Token::Sign("<" | "<=" | ">" | ">=" | "==" | "!=") => {
                Mistake::new(text).help("join two comparisons with `and`: `0 < a and a < 10`")
            }
            Token::Name(_)
            | Token::Keyword(_)
            | Token::Number(_)
            | Token::Text(_)
            | Token::Sign(_) => Mistake::new(text),
        });
    }
    if kind != Kind::Truth {
        return Err(Mistake::new(format!("a rule is true or false, and this is {}", kind.said()))
            .help("compare it with something: `a > 0`"));
    }
    if parser.columns.is_empty() {
        return Err(Mistake::new("a rule is about columns, and this names none"));
    }
    Ok(Rule { columns: parser.columns, types: parser.kinds, term })
}

impl Parser<'_> {
    fn takes(&mut self, wanted: &Token) -> bool {
        self.tokens.next_if_eq(wanted).is_some()
    }

    fn keyword(&mut self, word: &'static str) -> bool {
        self.takes(&Token::Keyword(word))
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Mistake::new("this rule is nested too deeply")
                .help("split it into several: all must hold"));
        }
        let result = read(self);
        self.depth -= 1;
        result
    }

    fn either(&mut self) -> Result<Typed, Mistake> {
        let mut left = self.both()?;
        while self.keyword("or") {
            truth("or", left.1)?;
            let right = self.both()?;
            truth("or", right.1)?;
            left = (Term::Or(Box::new(left.0), Box::new(right.0)), Kind::Truth);
        }
        Ok(left)
    }

    fn both(&mut self) -> Result<Typed, Mistake> {
        let mut left = self.not()?;
        while self.keyword("and") {
            truth("and", left.1)?;
            let right = self.not()?;
            truth("and", right.1)?;
            left = (Term::And(Box::new(left.0), Box::new(right.0)), Kind::Truth);
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Typed, Mistake> {
        if !self.keyword("not") {
            return self.comparison();
        }
        let (term, kind) = self.deeper(Self::not)?;
        truth("not", kind)?;
        Ok((Term::Not(Box::new(term)), Kind::Truth))
    }

    fn comparison(&mut self) -> Result<Typed, Mistake> {
        let left = self.sum()?;
        if self.keyword("is") {
            let negated = self.keyword("not");
            if !self.keyword("null") {
                return Err(Mistake::new("behind `is` stands `null` or `not null`"));
            }
            return Ok((negated_if(negated, Term::IsNull(Box::new(left.0))), Kind::Truth));
        }
        let negated = self.keyword("not");
        if self.keyword("in") {
            return self.list(left, negated);
        }
        if negated {
            return Err(Mistake::new("behind a value `not` is followed by `in`"));
        }
        let compare = match self.tokens.peek() {
            Some(Token::Sign("==")) => Compare::Eq,
            Some(Token::Sign("!=")) => Compare::Ne,
            Some(Token::Sign("<")) => Compare::Lt,
            Some(Token::Sign("<=")) => Compare::Le,
            Some(Token::Sign(">")) => Compare::Gt,
            Some(Token::Sign(">=")) => Compare::Ge,
            _ => return Ok(left),
        };
        self.tokens.next();
        let right = self.sum()?;
        let (left, right, kind) = alike(left, right)?;
        let equality = matches!(compare, Compare::Eq | Compare::Ne);
        if kind == Kind::Truth && !equality {
            return Err(Mistake::new("true and false have no order: compare them with `==`"));
        }
        Ok((Term::Compare(compare, Box::new(left), Box::new(right)), Kind::Truth))
    }

    /// The values in parentheses behind `in`.
    fn list(&mut self, left: Typed, negated: bool) -> Result<Typed, Mistake> {
        if !self.takes(&Token::Sign("(")) {
            return Err(Mistake::new("behind `in` stands a list in parentheses")
                .help("for example `country in ('DE', 'US')`"));
        }
        let (mut left, mut values) = (left, Vec::new());
        loop {
            let value = self.sum()?;
            if !is_literal(&value.0) {
                return Err(Mistake::new("a list holds numbers, texts, `true` and `false`"));
            }
            let (own, value, kind) = alike(left, value)?;
            left = (own, kind);
            values.push(value);
            if self.takes(&Token::Sign(")")) {
                break;
            }
            if !self.takes(&Token::Sign(",")) {
                return Err(Mistake::new(
                    "the values of a list are parted by commas, and end in `)`",
                ));
            }
        }
        Ok((negated_if(negated, Term::In(Box::new(left.0), values)), Kind::Truth))
    }

    fn sum(&mut self) -> Result<Typed, Mistake> {
        let mut left = self.product()?;
        loop {
            let operation = match self.tokens.peek() {
                Some(Token::Sign("+")) => Arithmetic::Plus,
                Some(Token::Sign("-")) => Arithmetic::Minus,
                _ => return Ok(left),
            };
            self.tokens.next();
            let right = self.product()?;
            left = computed(operation, left, right)?;
        }
    }

    fn product(&mut self) -> Result<Typed, Mistake> {
        let mut left = self.factor()?;
        loop {
            let operation = match self.tokens.peek() {
                Some(Token::Sign("*")) => Arithmetic::Times,
                Some(Token::Sign("/")) => Arithmetic::Over,
                _ => return Ok(left),
            };
            self.tokens.next();
            let right = self.factor()?;
            left = computed(operation, left, right)?;
        }
    }

    fn factor(&mut self) -> Result<Typed, Mistake> {
        match self.tokens.next() {
            Some(Token::Sign("(")) => {
                let inner = self.deeper(Self::either)?;
                if self.takes(&Token::Sign(")")) {
                    return Ok(inner);
                }
                Err(Mistake::new("nothing closes a parenthesis"))
            }
            Some(Token::Sign("-")) => {
                let (term, kind) = self.deeper(Self::factor)?;
                number("-", kind)?;
                Ok((Term::Negative(Box::new(term)), Kind::Number))
            }
            Some(Token::Number(value)) => Ok((Term::Number(value), Kind::Number)),
            Some(Token::Text(text)) => Ok((Term::Text(text), Kind::Text)),
            Some(Token::Keyword("true")) => Ok((Term::Flag(true), Kind::Truth)),
            Some(Token::Keyword("false")) => Ok((Term::Flag(false), Kind::Truth)),
            Some(Token::Keyword("null")) => {
                Err(Mistake::new("nothing equals `null`").help("write `is null` or `is not null`"))
            }
            Some(Token::Name(name)) => self.name(name),
            Some(token) => Err(Mistake::new(format!(
                "a column or a value is expected before `{}`",
                token.shown()
            ))),
            None => Err(Mistake::new("the rule ends where a column or a value is expected")),
        }
    }

    /// A column, or a function of one value.
    fn name(&mut self, name: String) -> Result<Typed, Mistake> {
        let function: Option<fn(Box<Term>) -> Term> = match name.as_str() {
            "abs" => Some(Term::Absolute),
            "length" => Some(Term::Length),
            _ => None,
        };
        if self.tokens.peek() == Some(&Token::Sign("(")) {
            let Some(function) = function else {
                return Err(Mistake::new(format!("there is no function `{name}`"))
                    .help("there are `abs(…)` of a number and `length(…)` of a text"));
            };
            let (term, kind) = self.factor()?;
            match name.as_str() {
                "abs" => number("abs", kind)?,
                _ if kind != Kind::Text => {
                    return Err(Mistake::new(format!(
                        "`length` takes a text, not {}",
                        kind.said()
                    )));
                }
                _ => {}
            }
            return Ok((function(Box::new(term)), Kind::Number));
        }
        let Some(ty) = (self.types)(&name) else { return Err(self.unknown(&name)) };
        let place = self.columns.iter().position(|it| *it == name).unwrap_or_else(|| {
            self.columns.push(name);
            self.kinds.push(ty);
            self.columns.len() - 1
        });
        Ok((Term::Column(place), Kind::of(ty)))
    }

    fn unknown(&self, name: &str) -> Mistake {
        let names = self.schema.columns.iter().map(|it| it.name.value.as_str());
        let mistake = Mistake::new(format!("`{name}` is no column of this schema"));
        match nearest(name, names.clone()) {
            Some(near) => mistake.help(format!("did you mean `{near}`?")),
            None => Mistake {
                help: did_you_mean(name, names)
                    .or_else(|| Some("a text stands in quotes: `'DE'`".to_owned())),
                ..mistake
            },
        }
    }
}

fn negated_if(negated: bool, term: Term) -> Term {
    if negated { Term::Not(Box::new(term)) } else { term }
}

fn is_literal(term: &Term) -> bool {
    match term {
        Term::Number(_) | Term::Text(_) | Term::Flag(_) | Term::Moment(..) => true,
        Term::Negative(inner) => matches!(**inner, Term::Number(_)),
        Term::Column(_)
        | Term::Absolute(_)
        | Term::Length(_)
        | Term::Arithmetic(..)
        | Term::Compare(..)
        | Term::In(..)
        | Term::IsNull(_)
        | Term::Not(_)
        | Term::And(..)
        | Term::Or(..) => false,
    }
}

fn truth(word: &str, kind: Kind) -> Result<(), Mistake> {
    if kind == Kind::Truth {
        return Ok(());
    }
    Err(Mistake::new(format!("`{word}` joins what is true or false, and this is {}", kind.said())))
}

fn number(sign: &str, kind: Kind) -> Result<(), Mistake> {
    if kind == Kind::Number {
        return Ok(());
    }
    Err(Mistake::new(format!("`{sign}` takes numbers, not {}", kind.said())))
}

fn computed(operation: Arithmetic, left: Typed, right: Typed) -> Result<Typed, Mistake> {
    let sign = match operation {
        Arithmetic::Plus => "+",
        Arithmetic::Minus => "-",
        Arithmetic::Times => "*",
        Arithmetic::Over => "/",
    };
    number(sign, left.1)?;
    number(sign, right.1)?;
    Ok((Term::Arithmetic(operation, Box::new(left.0), Box::new(right.0)), Kind::Number))
}

/// Both sides as the same kind: a text beside a date is read as one.
fn alike(left: Typed, right: Typed) -> Result<(Term, Term, Kind), Mistake> {
    let moment = |text: &str, ty: ColumnType| match literal::ordinal(text, ty) {
        Some(number) => Ok(Term::Moment(number, ty)),
        None => Err(Mistake::new(format!(
            "`{text}` is no {}",
            Kind::Moment(ty).said().trim_start_matches("a ")
        ))
        .help("dates are written `'2024-01-31'`, times `'2024-01-31T12:00:00'`")),
    };
    match (left, right) {
        ((left, Kind::Moment(ty)), (Term::Text(text), _)) => {
            Ok((left, moment(&text, ty)?, Kind::Moment(ty)))
        }
        ((Term::Text(text), _), (right, Kind::Moment(ty))) => {
            Ok((moment(&text, ty)?, right, Kind::Moment(ty)))
        }
        ((left, a), (right, b)) if a == b => Ok((left, right, a)),
        ((_, a), (_, b)) => {
            Err(Mistake::new(format!("{} cannot be compared with {}", a.said(), b.said())))
        }
    }
}
