//! Everyday mistakes in KDL text: named, explained, and mended in a copy so that parsing goes on.
//!
//! Each pass looks at tokens, reports what it recognises and returns the edits that mend it. The
//! parser then sees the mended copy and [`Mended::span`] leads every place back to the source, so
//! one mistake gives one diagnostic and hides nothing else. Clean text costs the token scan only.

mod balance;
mod lookalikes;
mod strings;
mod words;

use crate::base::code::Code;
use crate::base::diagnostic::{Diagnostic, Edit, Sink};
use crate::base::source::{FileId, Span};
use crate::syntax::codes;
use crate::syntax::lexer::{self, Token};

pub(crate) use balance::MAX_DEPTH;

/// Text that can be parsed, and the way back to the text that was written.
#[derive(Debug)]
pub(crate) struct Mended {
    pub(crate) file: FileId,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    /// One for each pass that changed something, in order.
    passes: Vec<Shift>,
    /// Places of the source that were mended, so that nothing else is said of them.
    touched: Vec<Span>,
    /// For each of these the end of whichever of it and those before it reaches furthest.
    reach: Vec<u32>,
    /// Lines of the source on which something unclear was left out.
    cut_lines: Vec<std::ops::Range<usize>>,
    /// Where the lines of the source begin on which something was recognised, sorted.
    mended_lines: Vec<usize>,
    /// Where each line of the source begins; empty when nothing was recognised.
    lines: Vec<usize>,
}

/// Mends the everyday mistakes in `text` and reports each.
pub(crate) fn mend(file: FileId, text: &str, sink: &mut Sink) -> Mended {
    let tokens = lexer::tokens(text);
    let (passes, touched, cut_lines) = (Vec::new(), Vec::new(), Vec::new());
    let (copy, reach) = (text.to_owned(), Vec::new());
    let (mended_lines, lines) = (Vec::new(), Vec::new());
    let mut mended =
        Mended { file, text: copy, tokens, passes, touched, reach, cut_lines, mended_lines, lines };
    for pass in [strings::comments, lookalikes::find, strings::find, balance::find, words::find] {
        let mut found = Findings { mended: &mended, list: Vec::new() };
        pass(&mut found);
        let list = found.list;
        mended.apply(list, text, sink);
    }
    mended.sort_places(text);
    mended
}

/// What a pass recognised: the diagnostic, and edits of the mended text (ascending, disjoint).
struct Finding {
    /// `None` where an edit belongs to a mistake already reported.
    diagnostic: Option<Diagnostic>,
    edits: Vec<Edit>,
    /// For an added `{`: where, and how far right the brace that closes it will stand.
    opens: Option<(usize, usize)>,
}

/// Collects what one pass recognises in one text.
struct Findings<'a> {
    mended: &'a Mended,
    list: Vec<Finding>,
}

impl<'a> Findings<'a> {
    fn text(&self) -> &'a str {
        &self.mended.text
    }

    fn tokens(&self) -> &'a [Token] {
        &self.mended.tokens
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.mended.file, start, end)
    }

    /// Reports a mistake whose fix is also how the parser shall see it.
    fn fixable(
        &mut self,
        code: &'static Code,
        at: Span,
        message: &str,
        label: &str,
        fix: (&str, Vec<(Span, String)>),
    ) {
        let (title, edits) = fix;
        let mut diagnostic = code.at(at, message).label(label);
        for (span, text) in &edits {
            diagnostic = diagnostic.fix(title, *span, text.clone());
        }
        let edits = edits.into_iter().map(|(span, text)| Edit { span, text }).collect();
        self.list.push(Finding { diagnostic: Some(diagnostic), edits, opens: None });
    }

    /// Reports a mistake with an edit only for the parser: what was meant is unclear.
    fn unclear(&mut self, diagnostic: Diagnostic, edits: Vec<(Span, String)>) {
        let edits = edits.into_iter().map(|(span, text)| Edit { span, text }).collect();
        self.list.push(Finding { diagnostic: Some(diagnostic), edits, opens: None });
    }
}

impl Findings<'_> {
    /// Adds an edit to the last finding if that is the same mistake on the same line.
    fn continues_last(&mut self, code: &'static Code, span: Span, text: &str) -> bool {
        let source = &self.mended.text;
        let Some(last) = self.list.last_mut() else { return false };
        let Some(diagnostic) = last.diagnostic.as_mut() else { return false };
        let between = diagnostic.primary.span.start as usize..span.start as usize;
        let same_line = source.get(between).is_some_and(|it| !it.contains('\n'));
        if diagnostic.code.slug != code.slug || !same_line {
            return false;
        }
        let edit = Edit { span, text: text.to_owned() };
        diagnostic.fix.iter_mut().for_each(|fix| fix.edits.push(edit.clone()));
        last.edits.push(edit);
        true
    }

    /// Adds an edit to the last finding if that is the same mistake on the line before.
    fn continues_list(&mut self, code: &'static Code, span: Span, text: &str) -> bool {
        let source = &self.mended.text;
        let Some(last) = self.list.last_mut() else { return false };
        let Some(diagnostic) = last.diagnostic.as_mut() else { return false };
        let end = last.edits.last().map_or(0, |it| it.span.end as usize);
        let between = source.get(end..span.start as usize).unwrap_or("\n\n");
        let listed = diagnostic.code.slug == code.slug
            || last.edits.len() > 1 && diagnostic.code.slug == codes::COLON_AFTER_NAME.slug
            || last.edits.first().is_some_and(|it| it.text == " ");
        if !listed || between.trim().contains(['\n', '{', '}', ';']) {
            return false;
        }
        let edit = Edit { span, text: text.to_owned() };
        diagnostic.fix.iter_mut().for_each(|fix| fix.edits.push(edit.clone()));
        last.edits.push(edit);
        true
    }

    /// Joins the first item of a YAML list to the finding about the colon that ends at `end`.
    fn swallows_colon(&mut self, end: usize, span: Span) -> bool {
        let Some(last) = self.list.last_mut() else { return false };
        let Some(diagnostic) = last.diagnostic.as_mut() else { return false };
        let colon = diagnostic.code.slug == codes::COLON_AFTER_NAME.slug
            && diagnostic.primary.span.end as usize == end;
        if colon {
            let edit = Edit { span, text: " ".to_owned() };
            diagnostic.fix.iter_mut().for_each(|fix| fix.edits = vec![edit.clone()]);
            last.edits = vec![edit];
        }
        colon
    }
}

impl Mended {
    /// Leads a byte range of the mended text back to the source.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let (start, end) = self
            .passes
            .iter()
            .rev()
            .fold((start, end), |(start, end), pass| (pass.start(start), pass.end(end)));
        Span::new(self.file, start, end)
    }

    /// Whether a place was mended: what else is said of it is an echo.
    pub(crate) fn was_touched(&self, span: Span) -> bool {
        let behind = self.touched.partition_point(|it| it.start <= span.start);
        let around = behind.checked_sub(1).and_then(|last| self.reach.get(last));
        let first = self.touched.partition_point(|it| it.start < span.start);
        // One that lies inside is an echo as well when it is at most two bytes shorter.
        let inside = self.touched.get(first..).unwrap_or_default();
        let mut inside = inside.iter().take_while(|it| it.start <= span.start + 2);
        around.is_some_and(|&end| end >= span.end)
            || inside.any(|it| span.contains(*it) && span.end - span.start <= it.end - it.start + 2)
    }

    fn sort_places(&mut self, source: &str) {
        if !self.touched.is_empty() {
            self.lines = source.match_indices('\n').map(|(at, _)| at + 1).collect();
        }
        let lines = self.touched.iter().map(|it| self.line_of(it.start as usize));
        self.mended_lines = lines.collect();
        self.mended_lines.sort_unstable();
        self.mended_lines.dedup();
        self.touched.retain(|it| !it.is_empty());
        self.touched.sort_unstable();
        let mut furthest = 0;
        let further = |it: &Span| {
            furthest = it.end.max(furthest);
            furthest
        };
        self.reach = self.touched.iter().map(further).collect();
        self.cut_lines.sort_unstable_by_key(|line| line.start);
        self.cut_lines.dedup();
    }

    /// Where the line of a place begins.
    fn line_of(&self, at: usize) -> usize {
        let behind = self.lines.partition_point(|start| *start <= at);
        behind.checked_sub(1).and_then(|last| self.lines.get(last)).copied().unwrap_or(0)
    }

    /// Whether something was recognised on the line where a place begins.
    pub(crate) fn was_mended_on_line_of(&self, span: Span) -> bool {
        let line = self.line_of(span.start as usize);
        self.mended_lines.binary_search(&line).is_ok()
    }

    /// Whether something was left out on the line where a place begins.
    pub(crate) fn was_cut_on_line_of(&self, span: Span) -> bool {
        let at = span.start as usize;
        let behind = self.cut_lines.partition_point(|line| line.start <= at);
        behind
            .checked_sub(1)
            .and_then(|last| self.cut_lines.get(last))
            .is_some_and(|it| at < it.end)
    }

    fn apply(&mut self, findings: Vec<Finding>, source: &str, sink: &mut Sink) {
        let mut edits = Vec::new();
        for finding in findings {
            edits.extend(finding.edits);
            let Some(diagnostic) = finding.diagnostic else { continue };
            let diagnostic = self.to_source(diagnostic);
            self.touched.push(diagnostic.primary.span);
            if diagnostic.fix.is_none() {
                self.cut_lines.push(line_around(source, diagnostic.primary.span.start as usize));
            }
            self.touched.extend(diagnostic.fix.iter().flat_map(|fix| &fix.edits).map(|it| it.span));
            sink.report(diagnostic);
        }
        if edits.is_empty() {
            return;
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let (text, shift) = shifted(&self.text, &edits);
        self.tokens = lexer::tokens(&text);
        self.text = text;
        self.passes.push(shift);
    }

    fn to_source(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        if self.passes.is_empty() {
            return diagnostic;
        }
        let back = |span: &mut Span| *span = self.span(span.start as usize, span.end as usize);
        back(&mut diagnostic.primary.span);
        diagnostic.secondary.iter_mut().for_each(|label| back(&mut label.span));
        for edit in diagnostic.fix.iter_mut().flat_map(|fix| &mut fix.edits) {
            back(&mut edit.span);
        }
        diagnostic
    }
}

fn line_around(text: &str, at: usize) -> std::ops::Range<usize> {
    let start = text.get(..at).and_then(|it| it.rfind('\n')).map_or(0, |it| it + 1);
    let end = text.get(at..).and_then(|it| it.find('\n')).map_or(text.len(), |it| at + it);
    start..end
}

/// Where one pass replaced text: (start and end before, start and end after), ascending.
#[derive(Debug)]
struct Shift {
    regions: Vec<Region>,
}

#[derive(Clone, Copy, Debug)]
struct Region {
    before: (usize, usize),
    after: (usize, usize),
}

impl Shift {
    /// Maps the start of a range back: inside replaced text it is where the replacement began.
    fn start(&self, at: usize) -> usize {
        let index = self.regions.partition_point(|region| region.after.0 <= at);
        self.back(index, at, |region| at < region.after.1, |region| region.before.0)
    }

    /// Maps the end of a range back: inside replaced text it is where the replaced text ended.
    fn end(&self, at: usize) -> usize {
        let index = self.regions.partition_point(|region| region.after.0 < at);
        self.back(index, at, |region| at <= region.after.1, |region| region.before.1)
    }

    fn back(
        &self,
        index: usize,
        at: usize,
        inside: impl Fn(&Region) -> bool,
        edge: impl Fn(&Region) -> usize,
    ) -> usize {
        match index.checked_sub(1).and_then(|last| self.regions.get(last)) {
            None => at,
            Some(region) if inside(region) => edge(region),
            Some(region) => at - region.after.1 + region.before.1,
        }
    }
}

/// Applies ascending edits, leaving out those that overlap an earlier one.
fn shifted(text: &str, edits: &[Edit]) -> (String, Shift) {
    let mut result = String::with_capacity(text.len() + 16);
    let mut regions = Vec::with_capacity(edits.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        if range.start < done {
            continue;
        }
        result.push_str(text.get(done..range.start).unwrap_or_default());
        let start = result.len();
        result.push_str(&edit.text);
        regions.push(Region { before: (range.start, range.end), after: (start, result.len()) });
        done = range.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    (result, Shift { regions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_the_source() {
        let file = FileId(0);
        let text = "a 30s b";
        let edits = [Edit { span: Span::new(file, 2, 5), text: "\"30s\"".into() }];
        let (mended, shift) = shifted(text, &edits);
        assert_eq!(mended, "a \"30s\" b");
        for (range, want) in
            [((2, 7), (2, 5)), ((8, 9), (6, 7)), ((0, 1), (0, 1)), ((0, 9), (0, 7))]
        {
            assert_eq!((shift.start(range.0), shift.end(range.1)), want, "{range:?}");
        }
    }
}
