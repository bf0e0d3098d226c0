//! The words of a rule.

use crate::base::bound::Number;
use crate::schema::rule::Mistake;

/// The longest rule, in bytes.
const LONGEST: usize = 4096;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name that is no keyword, or one in backticks.
    Name(String),
    Keyword(&'static str),
    Number(Number),
    Text(String),
    Sign(&'static str),
}

const KEYWORDS: &[&str] = &["and", "or", "not", "in", "is", "null", "true", "false"];

/// Longer ones first.
const SIGNS: &[&str] = &["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", ","];

/// What others write, and what is written here.
const FOREIGN: &[(&str, &str)] = &[
    ("&&", "and"),
    ("||", "or"),
    ("<>", "!="),
    ("=", "=="),
    ("&", "and"),
    ("|", "or"),
    ("!", "not"),
];

impl Token {
    /// As it is shown in a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Name(name) => name.clone(),
            Self::Keyword(word) | Self::Sign(word) => (*word).to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => format!("'{text}'"),
        }
    }
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Mistake> {
    if text.len() > LONGEST {
        return Err(Mistake::new(format!("a rule has at most {LONGEST} bytes"))
            .help("split it into several: all must hold"));
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '\'' | '"' | '`' => quoted(rest, first)?,
            '0'..='9' | '.' => number(rest)?,
            c if c.is_alphabetic() || c == '_' => word(rest),
            _ => (sign(rest)?, 0),
        };
        let length = match &token {
            Token::Sign(sign) => sign.len(),
            Token::Name(_) | Token::Keyword(_) | Token::Number(_) | Token::Text(_) => length,
        };
        tokens.push(token);
        rest = rest.get(length..).unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

fn quoted(rest: &str, quote: char) -> Result<(Token, usize), Mistake> {
    let inner = rest.get(1..).unwrap_or_default();
    let Some(end) = inner.find(quote) else {
        return Err(Mistake::new(format!("nothing closes the quote before `{inner}`")));
    };
    let text = inner.get(..end).unwrap_or_default().to_owned();
    Ok((if quote == '`' { Token::Name(text) } else { Token::Text(text) }, end + 2))
}

fn number(rest: &str) -> Result<(Token, usize), Mistake> {
    let mut before = ' ';
    let part = |c: &char| {
        let exponent_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E');
        before = *c;
        c.is_alphanumeric() || matches!(c, '.' | '_') || exponent_sign
    };
    let word: String = rest.chars().take_while(part).collect();
    let digits = word.replace('_', "");
    let whole = digits.parse().map(Number::Int).ok();
    let number =
        whole.or_else(|| digits.parse().ok().filter(|it: &f64| it.is_finite()).map(Number::Float));
    match number {
        Some(number) => Ok((Token::Number(number), word.len())),
        None => Err(Mistake::new(format!("`{word}` is no number"))
            .help("a column whose name is no plain word stands in backticks: `` `2nd` ``")),
    }
}

fn word(rest: &str) -> (Token, usize) {
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    let word = rest.get(..end).unwrap_or_default();
    let keyword = KEYWORDS.iter().find(|it| it.eq_ignore_ascii_case(word));
    match keyword {
        Some(keyword) => (Token::Keyword(keyword), end),
        None => (Token::Name(word.to_owned()), end),
    }
}

fn sign(rest: &str) -> Result<Token, Mistake> {
    // `!` is foreign, `!=` is not.
    if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign))
        && !(*sign == "<" && rest.starts_with("<>"))
    {
        return Ok(Token::Sign(sign));
    }
    if let Some((foreign, ours)) = FOREIGN.iter().find(|(foreign, _)| rest.starts_with(foreign)) {
        return Err(Mistake::new(format!("`{foreign}` is not known in rules"))
            .help(format!("write `{ours}`")));
    }
    let first: String = rest.chars().take(1).collect();
    Err(Mistake::new(format!("`{first}` is not known in rules")))
}
