//! Regular expressions of `matches`: whether they parse, and whether a text matches as a whole.

use regex_automata::nfa::thompson;
use regex_automata::nfa::thompson::pikevm::PikeVM;

/// Patterns whose automaton needs more memory than this are left to the data.
const AUTOMATON_BYTES: usize = 1 << 20;

/// Whether the whole text matches; `None` when the pattern does not parse or is too large to tell.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    let hir = regex_syntax::parse(&format!("^(?:{pattern})$")).ok()?;
    let config = thompson::Config::new().nfa_size_limit(Some(AUTOMATON_BYTES));
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(&hir).ok()?;
    let automaton = PikeVM::new_from_nfa(nfa).ok()?;
    Some(automaton.is_match(&mut automaton.create_cache(), text))
}
