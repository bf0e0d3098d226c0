//! Layouts of dates and times in text, as `datetime.strptime` of Python 3 reads them.
//!
//! Python makes a regular expression of the layout, ignores case, and then asks whether such a day
//! and time exist; so does this. Left out is what depends on the place (`%c %x %X %Z`), on weeks of
//! the year, and zones (`%z`), of which the releases of Python differ.

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::syntax;

/// The directives, each with the expression of what it reads.
const DIRECTIVES: &[(char, &str)] = &[
    ('Y', "[0-9]{4}"),
    ('y', "[0-9]{2}"),
    ('m', "1[0-2]|0[1-9]|[1-9]"),
    ('d', "3[0-1]|[1-2][0-9]|0[1-9]|[1-9]| [1-9]"),
    ('H', "2[0-3]|[0-1][0-9]|[0-9]"),
    ('I', "1[0-2]|0[1-9]|[1-9]"),
    ('M', "[0-5][0-9]|[0-9]"),
    ('S', "[0-5][0-9]|[0-9]"),
    ('f', "[0-9]{1,6}"),
    ('j', "36[0-6]|3[0-5][0-9]|[1-2][0-9]{2}|0[1-9][0-9]|00[1-9]|[1-9][0-9]|0[1-9]|[1-9]"),
    ('p', "am|pm"),
    ('b', "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"),
    ('B', "january|february|march|april|may|june|july|august|september|october|november|december"),
    ('a', "mon|tue|wed|thu|fri|sat|sun"),
    ('A', "monday|tuesday|wednesday|thursday|friday|saturday|sunday"),
];

/// Why a text is no layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadLayout {
    /// There is no directive in it.
    Constant,
    /// A `%` with nothing behind it.
    Open,
    /// This directive is not known here.
    Unknown(char),
    /// This one is there twice, which Python refuses.
    Twice(char),
}

/// A layout ready to be held against texts.
#[derive(Debug)]
pub(crate) struct Layout {
    regex: Regex,
    /// What each group reads.
    directives: Vec<char>,
}

/// The directives and the expression of a layout.
fn read(layout: &str) -> Result<(Vec<char>, String), BadLayout> {
    let (mut directives, mut pattern) = (Vec::new(), String::from("^"));
    let mut chars = layout.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '%' => match chars.next().ok_or(BadLayout::Open)? {
                '%' => pattern.push('%'),
                name => {
                    let known = DIRECTIVES.iter().find(|(known, _)| *known == name);
                    let (_, reads) = known.ok_or(BadLayout::Unknown(name))?;
                    if directives.contains(&name) {
                        return Err(BadLayout::Twice(name));
                    }
                    directives.push(name);
                    pattern.push_str(&format!("({reads})"));
                }
            },
            // Any white space is read for some white space.
            c if is_space(c) => {
                while chars.next_if(|it| is_space(*it)).is_some() {}
                pattern.push_str(r"[\s\x1c-\x1f]+");
            }
            c => pattern.push_str(&regex_syntax::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    match directives.is_empty() {
        true => Err(BadLayout::Constant),
        false => Ok((directives, pattern)),
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c)
}

/// Whether a text is a layout.
pub(crate) fn parse(layout: &str) -> Result<(), BadLayout> {
    read(layout).map(|_| ())
}

impl Layout {
    /// `None` when it is none, which rules have reported.
    pub(crate) fn new(layout: &str) -> Option<Self> {
        let (directives, pattern) = read(layout).ok()?;
        let config = syntax::Config::new().case_insensitive(true);
        let regex = Regex::builder().syntax(config).build(&pattern).ok()?;
        Some(Self { regex, directives })
    }

    /// Whether the whole text is a date or a time of this layout, and one that exists.
    pub(crate) fn reads(&self, text: &str) -> bool {
        let mut found = self.regex.create_captures();
        self.regex.search_captures(&Input::new(text), &mut found);
        let whole = found.get_match().is_some_and(|it| it.end() == text.len());
        if !whole {
            return false;
        }
        let number = |name: char| {
            let group = self.directives.iter().position(|it| *it == name)? + 1;
            let part = text.get(found.get_group(group)?.range())?.trim_start();
            part.parse::<i32>().ok().or_else(|| month(part))
        };
        let two = number('y').map(|it| if it <= 68 { 2000 + it } else { 1900 + it });
        // What is not said is that of 1 January 1900.
        let year = number('Y').or(two).unwrap_or(1900);
        let month = number('m').or_else(|| number('b')).or_else(|| number('B')).unwrap_or(1);
        match number('j') {
            // The day of the year stands for the day and the month, and may lead into the next.
            Some(day) => year >= 1 && (year, day) != (9999, 366),
            None => year >= 1 && number('d').unwrap_or(1) <= days(year, month),
        }
    }
}

/// The number of a month by its name.
fn month(name: &str) -> Option<i32> {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let short = name.get(..3)?.to_ascii_lowercase();
    i32::try_from(MONTHS.find(&short)? / 3 + 1).ok()
}

fn days(year: i32, month: i32) -> i32 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answers are those of Python 3.11.
    #[test]
    fn texts_are_read_as_python_reads_them() {
        for (layout, text, want) in [
            ("%Y-%m-%d", "2024-02-29", true),
            ("%Y-%m-%d", "2023-02-29", false),
            ("%Y-%m-%d", "2024-1-5", true),
            ("%Y-%m-%d", "2024-01-05 ", false),
            ("%Y-%m-%d", "0000-01-05", false),
            ("%Y-%m-%d", "٢٠٢٤-01-05", false),
            ("%d.%m.%y", " 5.12.69", true),
            ("%d %B %Y", "31 april 2024", false),
            ("%d %b %Y", "30  APR\t2024", true),
            ("%d %B", "29 February", false),
            ("%H:%M:%S", "24:00:00", false),
            ("%H:%M:%S", "23:59:60", false),
            ("%H:%M:%S.%f", "1:2:3.5", true),
            ("%I:%M %p", "12:30 pm", true),
            ("%I:%M %p", "13:30 pm", false),
            ("%Y/%j", "2023/366", true),
            ("%Y/%j", "9999/366", false),
            ("%Y%m%dT%H%M", "20240131t2359", true),
            ("100%% %Y", "100% 2024", true),
            ("%A %d", "Monday 1", true),
        ] {
            let found = Layout::new(layout).expect("a layout").reads(text);
            assert_eq!(found, want, "{layout} {text}");
        }
    }

    #[test]
    fn what_is_no_layout_is_told() {
        for (layout, want) in [
            ("today", BadLayout::Constant),
            ("100%%", BadLayout::Constant),
            ("%Y%", BadLayout::Open),
            ("%Q", BadLayout::Unknown('Q')),
            ("%Y-%Y", BadLayout::Twice('Y')),
        ] {
            assert_eq!(parse(layout), Err(want), "{layout}");
        }
    }
}
