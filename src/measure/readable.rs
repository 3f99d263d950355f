//! Durations for readers, in the unit that suits their size.

use std::time::Duration;

/// `1.250 s`, `3.40 ms` or `2.10 µs`.
///
/// ```
/// use conccheck::measure::readable;
/// use std::time::Duration;
///
/// assert_eq!(readable(Duration::from_micros(9_999)), "10.00 ms");
/// assert_eq!(readable(Duration::from_millis(1_250)), "1.250 s");
/// ```
pub fn readable(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds if seconds >= 0.01 => format!("{seconds:.3} s"),
        seconds if seconds >= 1e-5 || seconds == 0.0 => format!("{:.2} ms", 1e3 * seconds),
        seconds => format!("{:.2} µs", 1e6 * seconds),
    }
}
