//! Regular expressions of `matches`: whether they parse, and whether a text matches as a whole.

use regex_automata::meta;
use regex_automata::nfa::thompson;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_syntax::ast::Ast;
use regex_syntax::ast::parse::Parser;
use regex_syntax::hir::translate::Translator;

/// Patterns whose automaton needs more memory than this are left to the data.
const AUTOMATON_BYTES: usize = 1 << 20;

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadPattern {
    /// What is wrong, in the words of the parser.
    pub(crate) reason: String,
    /// The part of the pattern at fault; may be empty.
    pub(crate) part: String,
}

/// Parses a pattern as Rust's `regex` does.
pub(crate) fn parse(pattern: &str) -> Result<Ast, BadPattern> {
    let bad = |reason: String, span: &regex_syntax::ast::Span| {
        let part = pattern.get(span.start.offset..span.end.offset).unwrap_or_default();
        BadPattern { reason, part: part.to_owned() }
    };
    let ast = Parser::new()
        .parse(pattern)
        .map_err(|error| bad(error.kind().to_string(), error.span()))?;
    let translated = Translator::new().translate(pattern, &ast);
    translated.map_err(|error| bad(error.kind().to_string(), error.span()))?;
    Ok(ast)
}

/// Whether the whole text matches; `None` when the pattern does not parse or is too large to tell.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let hir = regex_syntax::parse(&format!("^(?:{pattern})$")).ok()?;
    let config = thompson::Config::new().nfa_size_limit(Some(AUTOMATON_BYTES));
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(&hir).ok()?;
    let automaton = PikeVM::new_from_nfa(nfa).ok()?;
    Some(automaton.is_match(&mut automaton.create_cache(), text))
}

/// A pattern ready to be matched against many texts, in time linear in their length.
pub(crate) struct Pattern {
    automaton: meta::Regex,
}

impl Pattern {
    /// `None` when it does not parse, which rules have reported, or takes more than 64 MiB.
    pub(crate) fn new(pattern: &str) -> Option<Self> {
        Self::build(&format!("^(?:{pattern})$"))
    }

    /// The same for a match anywhere in the text.
    pub(crate) fn anywhere(pattern: &str) -> Option<Self> {
        Self::build(&format!("(?:{pattern})"))
    }

    fn build(pattern: &str) -> Option<Self> {
        let config = meta::Config::new().nfa_size_limit(Some(64 * AUTOMATON_BYTES));
        let automaton = meta::Regex::builder().configure(config).build(pattern).ok()?;
        Some(Self { automaton })
    }

    /// Whether the text matches, as a whole or anywhere.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.automaton.is_match(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, text, want) in [
            ("a|b", "b", Some(true)),
            ("a|b", "ab", Some(false)),
            (r"\d{4}", "2024", Some(true)),
            (r"\d{4}", "2024\n", Some(false)),
            ("", "", Some(true)),
            ("(", "(", None),
            (r"\w{1000}{1000}", "a", None),
        ] {
            assert_eq!(matches(pattern, text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn faults_name_their_part() {
        for (pattern, part) in [("a(b", "("), ("(?=a)", "(?="), (r"a\Z", r"\Z"), (r"(a)\1", r"\1")]
        {
            assert_eq!(parse(pattern).expect_err(pattern).part, part, "{pattern}");
        }
        assert!(parse(r"\p{Klingon}").is_err());
    }
}
