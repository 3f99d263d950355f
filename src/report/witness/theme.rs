//! The signs and the colours of the text, and how wide it is. Meaning is never in a colour alone.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The signs that a terminal without Unicode has to get otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) arrow: &'static str,
    pub(super) times: &'static str,
    pub(super) ellipsis: &'static str,
    pub(super) vertical: &'static str,
    pub(super) horizontal: &'static str,
    pub(super) crossing: &'static str,
    pub(super) cut: &'static str,
    pub(super) pointer: &'static str,
    pub(super) call: &'static str,
    pub(super) cross: &'static str,
}

pub(super) const UNICODE: Signs = Signs {
    arrow: "→",
    times: "×",
    ellipsis: "…",
    vertical: "│",
    horizontal: "─",
    crossing: "┼",
    cut: "╌",
    pointer: "◀",
    call: "▶",
    cross: "✗",
};

pub(super) const ASCII: Signs = Signs {
    arrow: "->",
    times: "x",
    ellipsis: "..",
    vertical: "|",
    horizontal: "-",
    crossing: "+",
    cut: "~",
    pointer: "<-",
    call: "->",
    cross: "!",
};

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Strong,
    Faint,
    Bad,
    Switch,
}

impl Tone {
    fn style(self) -> Style {
        match self {
            Tone::Plain => Style::new(),
            Tone::Strong => Style::new().bold(),
            Tone::Faint => Style::new().dimmed(),
            Tone::Bad => AnsiColor::Red.on_default().bold(),
            Tone::Switch => AnsiColor::Yellow.on_default(),
        }
    }

    /// `text` in this tone, where colours are wanted.
    pub(super) fn paint(self, text: &str, color: bool) -> String {
        if !color || self == Tone::Plain || text.trim().is_empty() {
            return text.to_string();
        }
        let style = self.style();
        format!("{style}{text}{style:#}")
    }
}

/// How many columns a text takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// `text`, cut at its end if it takes more than `max` columns.
pub(super) fn cut(text: &str, max: usize, signs: &Signs) -> String {
    if width(text) <= max {
        return text.to_string();
    }
    let room = max.saturating_sub(width(signs.ellipsis));
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}{}", kept.trim_end(), signs.ellipsis)
}

/// `text` and spaces up to `columns`.
pub(super) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// `text` in lines of at most `max` columns, all but the first after an indent.
pub(super) fn wrap(text: &str, max: usize, indent: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("one at least");
        if !line.trim().is_empty() && width(line) + 1 + width(word) > max {
            lines.push(format!("{indent}{word}"));
        } else {
            *line += if line.is_empty() { "" } else { " " };
            *line += word;
        }
    }
    lines.join("\n")
}

/// [`wrap`] with at most so many columns and lines; what is more is cut.
pub(super) fn clip(text: &str, (columns, lines): (usize, usize), indent: &str, signs: &Signs) -> String {
    let wrapped = wrap(text, columns, indent);
    let mut kept: Vec<String> = wrapped.lines().take(lines).map(|line| cut(line, columns, signs)).collect();
    if wrapped.lines().count() > lines {
        let last = kept.pop().unwrap_or_default();
        let room = columns.saturating_sub(width(signs.ellipsis));
        let last = cut(&last, room, signs);
        kept.push(if last.ends_with(signs.ellipsis) { last } else { last + signs.ellipsis });
    }
    kept.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_has_the_width_that_was_asked_for() {
        assert_eq!(cut("load counter", 12, &UNICODE), "load counter");
        assert_eq!(cut("load counter", 8, &UNICODE), "load co…");
        assert_eq!(cut("load counter", 6, &UNICODE), "load…");
        assert_eq!(cut("load counter", 8, &ASCII), "load c..");
        assert_eq!(cut("数字数字", 5, &UNICODE), "数字…");
    }

    #[test]
    fn a_long_sentence_goes_on_in_the_next_line() {
        assert_eq!(wrap("one two three", 8, "  "), "one two\n  three");
        assert_eq!(wrap("one two", 80, "  "), "one two");
        assert_eq!(wrap("unbreakable word", 3, " "), "unbreakable\n word");
    }

    #[test]
    fn a_text_of_many_lines_is_cut() {
        let clip = |text, columns| clip(text, (columns, 2), " ", &UNICODE);
        assert_eq!(clip("one two three", 8), "one two\n three");
        assert_eq!(clip("one two three four five", 8), "one two\n three…");
        assert_eq!(clip("one twothreefour five", 8), "one\n twoth…");
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        assert_eq!(Tone::Bad.paint("lost", false), "lost");
        assert_eq!(Tone::Bad.paint("lost", true), "\u{1b}[1m\u{1b}[31mlost\u{1b}[0m");
    }
}
