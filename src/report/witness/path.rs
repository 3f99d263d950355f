//! Paths of source files: how they are shown, and whose they are.

/// Below the directory of this crate's sources, what speaks for the program that is checked.
const FACADE: [&str; 8] = ["sync", "thread", "task", "time", "cell", "panic", "process", "backend"];

/// A path without detours; of another crate or the standard library, from the crate's name on.
pub(crate) fn shown(path: &str) -> String {
    let path = path.replace('\\', "/");
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !["", ".."].contains(last)) => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let is_absolute = path.starts_with('/') || path.get(1..3) == Some(":/");
    let crate_name = parts.iter().rposition(|&part| part == "src").filter(|&at| at > 1 && is_absolute);
    parts[crate_name.map_or(0, |src| src - 1)..].join("/")
}

/// Whether a file is the program's: neither the standard library's nor this crate's facade.
pub(crate) fn is_of_program(path: &str) -> bool {
    let path = path.replace('\\', "/");
    let here = file!().replace('\\', "/");
    let root = here.trim_end_matches("report/witness/path.rs");
    let facade = path.strip_prefix(root).and_then(|path| path.split(['/', '.']).next());
    let is_std = path.starts_with("/rustc/") || path.contains("/rustlib/src/rust/library/");
    !is_std && facade.is_none_or(|first| !FACADE.contains(&first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detour_is_not_shown() {
        assert_eq!(shown("src/../models/threads/x.rs"), "models/threads/x.rs");
        assert_eq!(shown("./a/b/../../c.rs"), "c.rs");
        assert_eq!(shown("../other/src/c.rs"), "../other/src/c.rs");
    }

    #[test]
    fn files_of_other_crates_begin_with_their_crate() {
        let registry = "/home/me/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f/rand-0.8.5/src/rng.rs";
        assert_eq!(shown(registry), "rand-0.8.5/src/rng.rs");
        assert_eq!(shown("/rustc/17067e9ac6d/library/core/src/ops/function.rs"), "core/src/ops/function.rs");
        assert_eq!(shown("C:\\me\\work\\src\\main.rs"), "work/src/main.rs");
        assert_eq!(shown("/tests/main.rs"), "/tests/main.rs");
    }

    #[test]
    fn the_facade_and_the_standard_library_are_not_the_program() {
        assert!(!is_of_program("src/sync/condvar.rs"));
        assert!(!is_of_program("src/time.rs"));
        assert!(!is_of_program("/rustc/17067e9ac6d/library/core/src/ops/function.rs"));
        assert!(is_of_program("src/../models/threads/x.rs"));
        assert!(is_of_program("src/threads.rs"));
        assert!(is_of_program("tests/it/main.rs"));
        assert!(is_of_program("other/src/sync/mutex.rs"));
    }
}
