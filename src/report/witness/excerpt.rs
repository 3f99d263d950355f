//! The source at the places that matter, with what happened there.

use super::source::Sources;
use crate::witness::Place;
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;

/// How the excerpt looks.
pub(super) struct Look {
    pub(super) color: bool,
    pub(super) ascii: bool,
    pub(super) width: usize,
}

/// The lines around `labels`, in the order of the first in each file; empty where there is no source.
pub(super) fn excerpt(labels: &[(Place, String)], sources: &Sources, look: &Look) -> String {
    let mut files: Vec<&str> = Vec::new();
    let mut by_file: BTreeMap<&str, BTreeMap<usize, (Range<usize>, Vec<&str>)>> = BTreeMap::new();
    for (place, label) in labels {
        let Some(call) = sources.call(*place) else { continue };
        if !files.contains(&place.file) {
            files.push(place.file);
        }
        let spans = by_file.entry(place.file).or_default();
        // Calls in a chain begin at the same place, and end at different ones.
        spans.entry(call.span.end).or_insert((call.span, vec![])).1.push(label);
    }
    let snippets: Vec<_> =
        files.iter().filter_map(|file| Some(snippet(file, sources.text(file)?, &by_file[file]))).collect();
    if snippets.is_empty() {
        return String::new();
    }
    let renderer = if look.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if look.ascii { DecorStyle::Ascii } else { DecorStyle::Unicode };
    let group = Group::with_level(Level::ERROR).elements(snippets);
    let text = renderer.decor_style(decor).term_width(look.width).render(&[group]);
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn snippet<'a>(
    file: &'a str,
    text: &'a str,
    spans: &BTreeMap<usize, (Range<usize>, Vec<&str>)>,
) -> Snippet<'a, Annotation<'a>> {
    let last = spans.len() - 1;
    let annotations = spans.values().enumerate().map(|(at, (span, labels))| {
        // The last place in the file is most often where it goes wrong.
        let kind = if at == last { AnnotationKind::Primary } else { AnnotationKind::Context };
        kind.span(span.clone()).label(labels.join(", "))
    });
    Snippet::source(text).path(file).annotations(annotations)
}
