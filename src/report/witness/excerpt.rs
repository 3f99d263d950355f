//! The source at the places that matter, with what happened there.

use super::path::shown;
use super::source::Sources;
use super::theme::width;
use crate::witness::Place;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;

/// So many columns are the source's, the rest the labels'.
const SOURCE_WIDTH: usize = 40;
/// Labels at one place take so few columns at least, and one is always there.
const LABELS_WIDTH_MIN: usize = 20;

/// What is said of each part of a file, by the end of the part.
type Spans<'a> = BTreeMap<usize, (Range<usize>, Vec<&'a str>)>;

/// How the excerpt looks.
pub(super) struct Look {
    pub(super) color: bool,
    pub(super) ascii: bool,
    pub(super) width: usize,
}

/// The lines around `labels`, in the order of the first in each file; empty where there is no source.
pub(super) fn excerpt(labels: &[(Place, String)], sources: &Sources, look: &Look) -> String {
    let mut files: Vec<&str> = Vec::new();
    let mut by_file: BTreeMap<&str, Spans> = BTreeMap::new();
    for (place, label) in labels {
        let Some(call) = sources.call(*place) else { continue };
        if !files.contains(&place.file) {
            files.push(place.file);
        }
        let spans = by_file.entry(place.file).or_default();
        // Calls in a chain begin at the same place, and end at different ones.
        spans.entry(call.span.end).or_insert((call.span, vec![])).1.push(label);
    }
    let snippets: Vec<_> = files
        .iter()
        .filter_map(|file| Some(snippet(file, sources.text(file)?, &by_file[file], look)))
        .collect();
    if snippets.is_empty() {
        return String::new();
    }
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if look.ascii { DecorStyle::Ascii } else { DecorStyle::Unicode };
    let group = Group::with_level(Level::ERROR).elements(snippets);
    let text = renderer.decor_style(decor).term_width(look.width).render(&[group]);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// "T1 reads 0 (step 3), T2 reads 0 (step 4) and 5 more".
fn first_of(labels: &[&str], room: usize) -> String {
    let mut text = labels[0].to_string();
    for (at, label) in labels.iter().enumerate().skip(1) {
        if width(&text) + width(label) > room {
            return format!("{text} and {} more", labels.len() - at);
        }
        text += &format!(", {label}");
    }
    text
}

fn snippet<'a>(file: &'a str, text: &'a str, spans: &Spans, look: &Look) -> Snippet<'a, Annotation<'a>> {
    let room = look.width.saturating_sub(SOURCE_WIDTH).max(LABELS_WIDTH_MIN);
    let last = spans.len() - 1;
    let annotations = spans.values().enumerate().map(|(at, (span, labels))| {
        // The last place in the file is most often where it goes wrong.
        let kind = if at == last { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(span.clone()).label(first_of(labels, room))
    });
    Snippet::source(text).path(shown(file)).annotations(annotations)
}
