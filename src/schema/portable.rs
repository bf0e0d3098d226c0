//! What Python's `re` would reject or read differently in a pattern that Rust accepts, and the
//! form that both read alike.
//!
//! Generated Python compiles `^(?:PATTERN)\Z`; the group explains why flags must be scoped.

use regex_syntax::ast::{
    Assertion, AssertionKind, Ast, ClassBracketed, ClassSet, ClassSetItem, Flag, Flags,
    FlagsItemKind, Group, GroupKind, Literal, LiteralKind, Repetition, Span,
};
use regex_syntax::hir::translate::Translator;
use regex_syntax::hir::{Class, HirKind};
use std::ops::Range;

/// A flattened class with more ranges than this is no help to a reader.
const MOST_RANGES: usize = 12;

/// One place that Python does not read as Rust does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Bytes of the pattern.
    pub(crate) range: Range<usize>,
    /// Completes "Python ...".
    pub(crate) python: String,
    /// Replacements that make it portable; empty when there is none.
    edits: Vec<(Range<usize>, String)>,
}

/// Finds every difference. Precondition: `ast` was parsed from `pattern`.
pub(crate) fn differences(pattern: &str, ast: &Ast) -> Vec<Difference> {
    let mut walk = Walk { pattern, found: Vec::new() };
    walk.visit(ast, true);
    walk.found
}

/// The pattern that both read alike, when every difference has a form.
pub(crate) fn portable(pattern: &str, differences: &[Difference]) -> Option<String> {
    if differences.iter().any(|it| it.edits.is_empty()) {
        return None;
    }
    let mut edits: Vec<_> = differences.iter().flat_map(|it| it.edits.iter()).collect();
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    let (mut out, mut at) = (String::new(), 0);
    for (range, text) in edits {
        out.push_str(pattern.get(at..range.start)?);
        out.push_str(text);
        at = range.end;
    }
    out.push_str(pattern.get(at..)?);
    let ast = regex_syntax::ast::parse::Parser::new().parse(&out).ok()?;
    self::differences(&out, &ast).is_empty().then_some(out)
}

struct Walk<'p> {
    pattern: &'p str,
    found: Vec<Difference>,
}

impl Walk<'_> {
    /// `last`: whether nothing of the pattern follows.
    fn visit(&mut self, ast: &Ast, last: bool) {
        match ast {
            Ast::Empty(_) | Ast::Dot(_) | Ast::ClassPerl(_) => {}
            Ast::Flags(set) => self.set_flags(&set.span, &set.flags),
            Ast::Literal(literal) => self.literal(literal),
            Ast::Assertion(assertion) => self.assertion(assertion, last),
            Ast::ClassUnicode(class) => self.class(&class.span, ast),
            Ast::ClassBracketed(class) => self.bracketed(class, ast),
            Ast::Repetition(repetition) => self.repetition(repetition),
            Ast::Group(group) => self.group(group, last),
            Ast::Alternation(branches) => {
                branches.asts.iter().for_each(|branch| self.visit(branch, last));
            }
            Ast::Concat(items) => {
                let count = items.asts.len();
                for (at, item) in items.asts.iter().enumerate() {
                    self.visit(item, last && at + 1 == count);
                }
            }
        }
    }

    fn differs(&mut self, span: &Span, python: &str, edits: Vec<(Range<usize>, String)>) {
        let range = span.start.offset..span.end.offset;
        self.found.push(Difference { range, python: python.to_owned(), edits });
    }

    fn replaced(&mut self, span: &Span, python: &str, by: Option<String>) {
        let range = span.start.offset..span.end.offset;
        self.differs(span, python, by.map(|text| (range, text)).into_iter().collect());
    }

    /// `(?i)abc` is `(?i:abc)` in both, when it stands first.
    fn set_flags(&mut self, span: &Span, flags: &Flags) {
        let text = self.text(span).trim_end_matches(')').to_owned();
        let end = self.pattern.len();
        let edits = if span.start.offset == 0 && are_common(flags) {
            vec![(0..span.end.offset, format!("{text}:")), (end..end, ")".to_owned())]
        } else {
            Vec::new()
        };
        self.differs(span, "takes flags only at the start, or for a group: `(?i:...)`", edits);
    }

    fn literal(&mut self, literal: &Literal) {
        if matches!(literal.kind, LiteralKind::HexBrace(_)) {
            let by = escaped_code(literal.c);
            self.replaced(&literal.span, "has no braces in escapes", Some(by));
        }
    }

    fn assertion(&mut self, assertion: &Assertion, last: bool) {
        let span = &assertion.span;
        match assertion.kind {
            AssertionKind::StartLine
            | AssertionKind::StartText
            | AssertionKind::WordBoundary
            | AssertionKind::NotWordBoundary => {}
            AssertionKind::EndText => {
                // The whole text is matched, so that the end needs no saying.
                let by = last.then(String::new);
                self.replaced(span, "rejects `\\z` before version 3.14", by);
            }
            AssertionKind::EndLine if last || self.is_multi_line() => {}
            AssertionKind::EndLine => {
                self.replaced(span, "lets `$` match before a final line break too", None);
            }
            AssertionKind::WordBoundaryStart
            | AssertionKind::WordBoundaryEnd
            | AssertionKind::WordBoundaryStartHalf
            | AssertionKind::WordBoundaryEndHalf => {
                self.replaced(span, "has only `\\b` and `\\B` for word boundaries", None);
            }
            AssertionKind::WordBoundaryStartAngle | AssertionKind::WordBoundaryEndAngle => {
                self.replaced(span, "reads it as the character itself", None);
            }
        }
    }

    fn is_multi_line(&self) -> bool {
        self.has_flag('m')
    }

    /// Whether some flags name it. Text that only looks like flags errs to silence or to no form.
    fn has_flag(&self, flag: char) -> bool {
        self.pattern.split("(?").skip(1).any(|rest| {
            let flags = rest.split([':', ')']).next().unwrap_or_default();
            flags.contains(flag) && flags.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
        })
    }

    fn repetition(&mut self, repetition: &Repetition) {
        let inner = repetition.ast.span();
        let (start, end) = (inner.start.offset, inner.end.offset);
        match &*repetition.ast {
            Ast::Repetition(_) => {
                let python = "rejects a repetition of a repetition, or takes it as possessive";
                let edits = vec![(start..start, "(?:".to_owned()), (end..end, ")".to_owned())];
                self.differs(&repetition.span, python, edits);
            }
            Ast::Assertion(_) | Ast::Empty(_) | Ast::Flags(_) => {
                self.replaced(&repetition.span, "finds nothing to repeat here", None);
            }
            Ast::Literal(_)
            | Ast::Dot(_)
            | Ast::ClassUnicode(_)
            | Ast::ClassPerl(_)
            | Ast::ClassBracketed(_)
            | Ast::Group(_)
            | Ast::Alternation(_)
            | Ast::Concat(_) => {}
        }
        self.visit(&repetition.ast, false);
    }

    fn group(&mut self, group: &Group, last: bool) {
        let start = group.span.start.offset;
        match &group.kind {
            GroupKind::CaptureIndex(_) => {}
            GroupKind::CaptureName { starts_with_p, name } => {
                let identifier = name.name.chars().all(|c| c.is_alphanumeric() || c == '_');
                let head = start..name.span.end.offset + 1;
                if !identifier {
                    let edits = vec![(head, "(".to_owned())];
                    self.differs(&name.span, "takes only identifiers as names", edits);
                } else if !starts_with_p {
                    let edits = vec![(head, format!("(?P<{}>", name.name))];
                    self.differs(&name.span, "writes a named group `(?P<name>...)`", edits);
                }
            }
            GroupKind::NonCapturing(flags) if !are_common(flags) => {
                self.replaced(&flags.span, "has only the flags `i`, `m` and `s` in common", None);
            }
            GroupKind::NonCapturing(_) => {}
        }
        self.visit(&group.ast, last);
    }

    fn bracketed(&mut self, class: &ClassBracketed, ast: &Ast) {
        if !is_plain(&class.kind) {
            self.class(&class.span, ast);
        }
    }

    /// A class that only Rust knows: written out when it is short.
    fn class(&mut self, span: &Span, ast: &Ast) {
        // Under `i` the complement of a class is not what its ranges tell.
        let flat = if self.has_flag('i') { None } else { flattened(self.pattern, ast) };
        let python = if matches!(ast, Ast::ClassUnicode(_)) {
            "has no `\\p` classes"
        } else {
            "has no nested classes, class operators or `\\p`, `[:name:]` and `\\x{}` in classes"
        };
        self.replaced(span, python, flat);
    }

    fn text(&self, span: &Span) -> &str {
        self.pattern.get(span.start.offset..span.end.offset).unwrap_or_default()
    }
}

/// Whether both languages have these flags, meaning the same.
fn are_common(flags: &Flags) -> bool {
    flags.items.iter().all(|item| {
        matches!(
            item.kind,
            FlagsItemKind::Negation
                | FlagsItemKind::Flag(
                    Flag::CaseInsensitive | Flag::MultiLine | Flag::DotMatchesNewLine
                )
        )
    })
}

/// Whether a class has nothing but characters, ranges and `\d`, `\w`, `\s`.
fn is_plain(set: &ClassSet) -> bool {
    let braces = |literal: &Literal| matches!(literal.kind, LiteralKind::HexBrace(_));
    let item = |item: &ClassSetItem| match item {
        ClassSetItem::Empty(_) | ClassSetItem::Perl(_) => true,
        ClassSetItem::Literal(literal) => !braces(literal),
        ClassSetItem::Range(range) => !braces(&range.start) && !braces(&range.end),
        ClassSetItem::Ascii(_)
        | ClassSetItem::Unicode(_)
        | ClassSetItem::Bracketed(_)
        | ClassSetItem::Union(_) => false,
    };
    match set {
        ClassSet::Item(ClassSetItem::Union(union)) => union.items.iter().all(item),
        ClassSet::Item(only) => item(only),
        ClassSet::BinaryOp(_) => false,
    }
}

/// The class as `[a-z0-9]`, or as `[^...]` when that is shorter.
fn flattened(pattern: &str, ast: &Ast) -> Option<String> {
    let hir = Translator::new().translate(pattern, ast).ok()?;
    let mut class = match hir.into_kind() {
        HirKind::Class(Class::Unicode(class)) => class,
        // A class of one character is a literal by now.
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            return Some(text.chars().map(|c| format!("[{}]", in_class(c))).collect());
        }
        HirKind::Class(Class::Bytes(_))
        | HirKind::Empty
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => return None,
    };
    let mut negated = class.clone();
    negated.negate();
    let sign = if negated.ranges().len() < class.ranges().len() { "^" } else { "" };
    if !sign.is_empty() {
        class = negated;
    }
    let short = !class.ranges().is_empty() && class.ranges().len() <= MOST_RANGES;
    let ranges = class.ranges().iter().map(|range| match (range.start(), range.end()) {
        (start, end) if start == end => in_class(start),
        (start, end) => format!("{}-{}", in_class(start), in_class(end)),
    });
    short.then(|| format!("[{sign}{}]", ranges.collect::<String>()))
}

fn in_class(c: char) -> String {
    match c {
        '\\' | ']' | '[' | '^' | '-' | '&' | '~' | '|' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c if c.is_alphanumeric() => c.to_string(),
        c => escaped_code(c),
    }
}

/// An escape without braces, which both read.
fn escaped_code(c: char) -> String {
    match u32::from(c) {
        code @ 0..=0xff => format!("\\x{code:02x}"),
        code @ 0x100..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str) -> (usize, Option<String>) {
        let ast = regex_syntax::ast::parse::Parser::new().parse(pattern).expect("parses");
        let found = differences(pattern, &ast);
        let form = portable(pattern, &found);
        (found.len(), form.filter(|_| !found.is_empty()))
    }

    #[test]
    fn what_both_read_alike_is_left_alone() {
        for pattern in [
            r"[A-Z]{2}-\d{4}",
            r"^[^@\s]+@[^@\s]+$",
            r"(?P<year>\d{4})-(?:0[1-9]|1[0-2])",
            r"a|b$",
            r"(?i:abc)\.png",
            r"(?m:^a$)+",
            r"[\w.+-]*?\bx\B",
            r"\x41\u0041\U0001F600\-\/\ ",
            r"[]a-c\]\[]",
            r"a{2}?b{1,}c{0,3}",
            r"\Aabc",
            "",
        ] {
            assert_eq!(read(pattern), (0, None), "{pattern}");
        }
    }

    #[test]
    fn what_python_reads_otherwise_gets_a_portable_form() {
        for (pattern, form) in [
            (r"abc\z", Some("abc")),
            (r"(?:a\z|b)", Some("(?:a|b)")),
            (r"a\z\n?", None),
            (r"a$\n?", None),
            ("(?i)abc", Some("(?i:abc)")),
            ("(?i)a|b", Some("(?i:a|b)")),
            ("a(?i)b", None),
            ("(?x)a b", None),
            ("(?U:a+)", None),
            (r"(?-u:\w)", None),
            ("(?<year>a)", Some("(?P<year>a)")),
            (r"(?P<a.b>x)", Some("(x)")),
            ("a++", Some("(?:a+)+")),
            ("(a*)?+b", Some("(?:(a*)?)+b")),
            ("a{2}{3}", Some("(?:a{2}){3}")),
            ("a+*?", Some("(?:a+)*?")),
            ("^*a", None),
            (r"\x{41}\u{1F600}", Some(r"\x41\U0001f600")),
            (r"[\x{41}-\x{43}]", Some("[A-C]")),
            ("[a-z&&[^aeiou]]", Some("[b-df-hj-np-tv-z]")),
            ("[a-d--b]", Some("[ac-d]")),
            ("[[:digit:]]+", Some("[0-9]+")),
            ("[[:alpha:]_]", Some("[A-Z_a-z]")),
            ("[a[b]]", Some("[a-b]")),
            ("[^[:space:]]", Some(r"[^\x09-\x0d ]")),
            (r"\pL+", None),
            (r"[\p{Greek}a]", None),
            (r"\p{ASCII}", Some(r"[\x00-\x7f]")),
            (r"(?i:[^[:alpha:]])", None),
            (r"\<word\>", None),
            (r"\b{start}a", None),
        ] {
            let (count, got) = read(pattern);
            assert!(count > 0, "{pattern}");
            assert_eq!(got.as_deref(), form, "{pattern}");
        }
    }
}
