//! Which places are the program's, and which this crate's own: readers know nothing of these.

use std::panic::Location;

/// Whether it is none of this crate's.
pub(super) fn is_of_program(place: &Location) -> bool {
    let here = file!().replace('\\', "/");
    let root = here.trim_end_matches("engine/place.rs");
    let file = place.file().replace('\\', "/");
    // The models are beside the sources.
    file.strip_prefix(root).is_none_or(|within| within.starts_with(".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_here_is_none_of_the_programs() {
        assert!(!is_of_program(Location::caller()));
    }
}
