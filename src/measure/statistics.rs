//! The two numbers that sum up the runs of a row. Both shrug off a run that something disturbed.

use std::time::Duration;

/// The middle of `samples`, or the mean of the two in the middle; `None` when there are none.
pub fn median(samples: &[Duration]) -> Option<Duration> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(lower + (upper - lower) / 2)
}

/// The median absolute deviation from the median: half of the samples are closer to it than this.
pub fn median_absolute_deviation(samples: &[Duration]) -> Option<Duration> {
    let middle = median(samples)?;
    median(&samples.iter().map(|sample| sample.abs_diff(middle)).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_deviation_ignore_one_wild_sample() {
        let samples = [10, 12, 11, 900].map(Duration::from_millis);
        assert_eq!(median(&samples), Some(Duration::from_micros(11_500)));
        assert_eq!(median_absolute_deviation(&samples), Some(Duration::from_millis(1)));
        assert_eq!(median(&[]), None);
    }
}
