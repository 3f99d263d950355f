//! The most memory that this process had resident since a moment. Only Linux tells.

use std::fs;

/// Starts anew: [`peak_bytes`] counts from what is resident now.
pub fn reset_peak() {
    // "5" resets the high-water mark (proc(5)). Where it cannot be written, `peak_bytes` would tell
    // an older peak; it cannot be read there either.
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// The high-water mark of resident memory, `None` on systems that keep none.
pub fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
