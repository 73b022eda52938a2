//! Statistics of several figures, and how figures are written.

/// Mean of the two middle figures, which are one if their number is odd. NaN if there are none.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
    f64::midpoint(middle(sorted.len().saturating_sub(1) / 2), middle(sorted.len() / 2))
}

pub(crate) fn least(figures: &[f64]) -> f64 {
    figures.iter().copied().fold(f64::NAN, f64::min)
}

/// Distance of the largest from the smallest figure, as a part of the median.
pub(crate) fn spread(figures: &[f64]) -> f64 {
    let largest = figures.iter().copied().fold(f64::NAN, f64::max);
    (largest - least(figures)) / median(figures)
}

/// The number with commas between thousands.
pub(crate) fn fixed(number: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", number.abs());
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{grouped}{fraction}")
}

pub(crate) fn micros(seconds: f64) -> String {
    format!("{} us", fixed(seconds * 1e6, 1))
}

pub(crate) fn millis(seconds: f64) -> String {
    format!("{} ms", fixed(seconds * 1e3, 1))
}

pub(crate) fn percent(part: f64) -> String {
    format!("{}%", fixed(part * 100.0, 0))
}

pub(crate) fn megabytes(bytes: f64) -> String {
    format!("{} MB", fixed(bytes / 1e6, 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_or_the_mean_of_two() {
        assert_eq!(median(&[3.0, 1.0, 2.0]).to_string(), "2");
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]).to_string(), "2.5");
    }

    #[test]
    fn thousands_are_separated_by_commas() {
        assert_eq!(fixed(1_234_567.891, 2), "1,234,567.89");
        assert_eq!(fixed(-999.0, 0), "-999");
        assert_eq!(fixed(1000.4, 0), "1,000");
    }
}
