//! What somebody who mistyped a name may have meant.

/// The known name that is most like `name`, if any is like it at all.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |known: &str| strsim::levenshtein(name, known);
    known
        .into_iter()
        .min_by_key(|known| distance(known))
        .filter(|known| distance(known) <= 1 + name.chars().count() / 3)
}
