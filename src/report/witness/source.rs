//! The program's source, as far as it can be read, and the call at a place of it. It knows as much of
//! Rust as it takes to find the ends of a call, and no more; who reads the files is the caller's.

use super::path::is_of_program;
use crate::witness::{Place, Witness};
use std::collections::BTreeMap;
use std::ops::Range;

/// The text of every file of the program that a witness names and that could be read.
#[derive(Debug, Default)]
pub(super) struct Sources(BTreeMap<&'static str, String>);

/// A call in the source: `shared.total.load(SeqCst)`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call<'a> {
    /// What is called: `load`; of a path, its first segment.
    pub(super) name: &'a str,
    /// What stands before the dot: `shared.total`; empty, if it is no method.
    pub(super) receiver: &'a str,
    /// From the receiver to the closing parenthesis, in bytes of the file; of a call of several lines, what stands on the
    /// line of its name.
    pub(super) span: Range<usize>,
}

/// The file at a path as the compiler was given it: relative to the directory of the workspace, which is
/// the current one or above it.
pub(super) fn read_file(path: &str) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().find_map(|directory| std::fs::read_to_string(directory.join(path)).ok())
}

impl Sources {
    /// The files that `witness` names, by a reader that may know nothing of some.
    pub(super) fn of(witness: &Witness, read: impl Fn(&str) -> Option<String>) -> Self {
        let steps = witness.steps.iter().filter_map(|step| step.place);
        let waits = witness.waits.iter().filter_map(|wait| wait.place);
        let made = witness.objects.iter().filter_map(|object| object.made_at);
        let mut texts = BTreeMap::new();
        for place in steps.chain(waits).chain(made).filter(|place| is_of_program(place.file)) {
            texts.entry(place.file).or_insert_with(|| read(place.file));
        }
        Sources(texts.into_iter().filter_map(|(file, text)| Some((file, text?))).collect())
    }

    pub(super) fn text(&self, file: &str) -> Option<&str> {
        self.0.get(file).map(String::as_str)
    }

    /// What stands before a place.
    pub(super) fn before(&self, place: Place) -> Option<&str> {
        let text = self.text(place.file)?;
        text.get(..offset(text, place)?)
    }

    /// The call at a place; `None` also when there is none, because the file is not what was compiled.
    pub(super) fn call(&self, place: Place) -> Option<Call<'_>> {
        let text = self.text(place.file)?;
        let start = offset(text, place)?;
        let (before, after) = text.split_at(start);
        let name = identifier_at_start(after);
        if name.is_empty() || before.ends_with(is_word) {
            return None;
        }
        let receiver = receiver_at_end(before);
        let receiver_start = if receiver.is_empty() { start } else { start_within(text, receiver) };
        let span = receiver_start..start + callee_and_arguments(after);
        Some(Call { name, receiver, span: on_one_line(text, span, start) })
    }
}

/// The part of `span` on the line of `at`, a place in it.
fn on_one_line(text: &str, span: Range<usize>, at: usize) -> Range<usize> {
    let before = &text[span.start..at];
    let start = before.rfind('\n').map_or(span.start, |newline| at - before[newline..].trim_start().len());
    let line = text[at..span.end].lines().next().unwrap_or_default();
    start..at + line.trim_end().len()
}

/// Where a place is, in bytes.
fn offset(text: &str, place: Place) -> Option<usize> {
    let line = text.split_inclusive('\n').nth(place.line.checked_sub(1)? as usize)?;
    let column = place.column.checked_sub(1)? as usize;
    let (within, _) = line.char_indices().nth(column)?;
    Some(start_within(text, line) + within)
}

/// Where `part`, a slice of `text`, starts in it.
fn start_within(text: &str, part: &str) -> usize {
    part.as_ptr().addr() - text.as_ptr().addr()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn identifier_at_start(text: &str) -> &str {
    let end = text.find(|c| !is_word(c)).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_numeric()) { "" } else { &text[..end] }
}

/// How many bytes the path, the generics and the arguments of a call take.
fn callee_and_arguments(text: &str) -> usize {
    let callee =
        text.find(|c: char| !is_word(c) && !matches!(c, ':' | '<' | '>' | '!')).unwrap_or(text.len());
    let arguments = if text[callee..].starts_with('(') { closing(&text[callee..]) } else { None };
    callee + arguments.unwrap_or(0)
}

/// How many bytes it takes up to the bracket that closes the first one. Brackets in strings count too.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// Where the bracket is that the last one closes.
pub(super) fn opening(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' | '[' | '{' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// The expression whose method follows: of `let old = self.slots[i].top.`, `self.slots[i].top`.
fn receiver_at_end(text: &str) -> &str {
    let Some(expression) = text.trim_end().strip_suffix('.').map(str::trim_end) else { return "" };
    let mut rest = expression;
    loop {
        let after_word = rest.trim_end_matches(is_word);
        rest = match rest.chars().next_back() {
            Some('?') => &rest[..rest.len() - 1],
            Some(')' | ']') => &rest[..opening(rest).unwrap_or(rest.len())],
            _ if after_word.len() < rest.len() => {
                let before = after_word.trim_end();
                match before.strip_suffix('.').or(before.strip_suffix("::")) {
                    Some(more) if !more.ends_with('.') => more.trim_end(),
                    _ => return &expression[after_word.len()..],
                }
            }
            _ => return expression[rest.len()..].trim_start(),
        };
        if rest.is_empty() {
            return expression;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::witness::sample::place;

    fn call_at(text: &'static str, at: &str) -> Option<(String, String, String)> {
        let sources = Sources([("a.rs", text.to_string())].into());
        let call = sources.call(place("a.rs", text, at))?;
        Some((call.name.to_string(), call.receiver.to_string(), text[call.span].to_string()))
    }

    fn receiver(text: &'static str) -> String {
        call_at(text, "load(").expect("a call").1
    }

    #[test]
    fn a_method_has_its_receiver_and_its_arguments() {
        let (name, receiver, span) = call_at("let n = shared.total.load(SeqCst) + 1;", "load").unwrap();
        assert_eq!((&*name, &*receiver, &*span), ("load", "shared.total", "shared.total.load(SeqCst)"));
    }

    #[test]
    fn a_function_has_no_receiver() {
        let (name, receiver, span) = call_at("let t = thread::spawn(move || f(1)); g()", "thread").unwrap();
        assert_eq!((&*name, &*receiver, &*span), ("thread", "", "thread::spawn(move || f(1))"));
    }

    #[test]
    fn of_a_call_of_several_lines_the_line_of_its_name_is_shown() {
        let (.., span) =
            call_at("let t = thread::spawn({\n    let n = 1;\n    move || n\n});", "thread").unwrap();
        assert_eq!(span, "thread::spawn({");
        let (.., span) = call_at("shared\n    .total\n    .store(\n        1,\n    );", "store").unwrap();
        assert_eq!(span, ".store(");
    }

    #[test]
    fn receivers_may_be_indexed_called_questioned_and_on_lines_of_their_own() {
        assert_eq!(receiver("x = a[(j + 1) % n].load(SeqCst)"), "a[(j + 1) % n]");
        assert_eq!(receiver("return state()?.top.load(SeqCst)"), "state()?.top");
        assert_eq!(receiver("f(shared\n        .total\n        .load(SeqCst))"), "shared\n        .total");
        assert_eq!(receiver("!Self::TOTAL.load(SeqCst)"), "Self::TOTAL");
        assert_eq!(receiver("(*pointer).load(SeqCst)"), "(*pointer)");
        assert_eq!(receiver("größe.load(SeqCst)"), "größe");
        assert_eq!(receiver("0..end.load(SeqCst)"), "end");
    }

    struct Probe;

    impl Probe {
        #[track_caller]
        fn load(&self) -> Place {
            let here = std::panic::Location::caller();
            Place { file: here.file(), line: here.line(), column: here.column() }
        }
    }

    #[test]
    fn the_compiler_gives_places_as_they_are_understood_here() {
        struct Shared {
            total: [Probe; 1],
        }
        let shared = Shared { total: [Probe] };
        #[rustfmt::skip]
        let places = [
            shared.total[0].load(),
            shared
                .total[0]
                .load(),
        ];
        for place in places {
            let text = read_file(place.file).expect("this file");
            let sources = Sources([(place.file, text)].into());
            let call = sources.call(place).expect("a call");
            let receiver: String = call.receiver.split_whitespace().collect();
            assert_eq!((call.name, &*receiver), ("load", "shared.total[0]"));
        }
    }

    #[test]
    fn a_place_that_begins_no_call_has_none() {
        assert_eq!(call_at("let total = 1;", "otal"), None);
        assert_eq!(call_at("let total = 1;", "= 1"), None);
        let sources = Sources([("a.rs", "short".to_string())].into());
        assert_eq!(sources.call(Place { file: "a.rs", line: 9, column: 1 }), None);
        assert_eq!(sources.call(Place { file: "b.rs", line: 1, column: 1 }), None);
    }
}
