//! Calendar days.

use std::fmt;

use serde::{Serialize, Serializer};
use time::format_description::well_known::Iso8601;
use time::{Date, Month, OffsetDateTime};

/// Calendar day, such as `2026-12-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// Returns today's date in UTC.
    pub(crate) fn today() -> Self {
        Self(OffsetDateTime::now_utc().date())
    }

    /// Parses a date such as `2026-12-01`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        // The parser also accepts formats other than YYYY-MM-DD, so the date is formatted again and compared with the
        // text.
        Date::parse(text, &Iso8601::DATE).ok().map(Self).filter(|day| day.to_string() == text)
    }

    /// Returns the same day of the month, some months later, or earlier if `months` is negative. If that month is too
    /// short, returns the month's last day.
    pub(crate) fn plus_months(self, months: i32) -> Self {
        let index = i32::from(self.month()) - 1 + months;
        let year = self.year() + index.div_euclid(12);
        let month = u8::try_from(index.rem_euclid(12) + 1).ok().and_then(|month| Month::try_from(month).ok());
        let later = month.and_then(|month| {
            Date::from_calendar_date(year, month, self.0.day().min(month.length(year))).ok()
        });
        later.map_or(self, Self) // fails only after the year 9999
    }

    /// Returns the difference of the months of two dates. The days of the month are ignored.
    pub(crate) fn months_until(self, later: Self) -> i32 {
        (later.year() - self.year()) * 12 + i32::from(later.month()) - i32::from(self.month())
    }

    pub(crate) fn year(self) -> i32 {
        self.0.year()
    }

    /// Returns the number of the month, 1 to 12.
    pub(crate) fn month(self) -> u8 {
        self.0.month().into()
    }

    /// Returns the first date, from today on, that has this day of the month.
    pub(crate) fn next(day_of_month: u8, today: Self) -> Self {
        match today.0.replace_day(day_of_month) {
            Ok(date) if Self(date) >= today => Self(date),
            Ok(date) => Self(date).plus_months(1),
            Err(_) => today,
        }
    }

    /// Returns the date in words, such as "1 December 2026".
    pub(crate) fn in_words(self) -> String {
        format!("{} {} {}", self.0.day(), self.0.month(), self.0.year())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_added_and_dates_are_parsed() {
        let day = |text| Day::parse(text).unwrap();
        assert_eq!(day("2026-11-30").plus_months(3).to_string(), "2027-02-28");
        assert_eq!(day("2026-01-31").plus_months(12).to_string(), "2027-01-31");
        assert_eq!(day("2026-03-31").plus_months(-13).to_string(), "2025-02-28");
        assert_eq!(day("2026-12-31").months_until(day("2028-01-01")), 13);
        assert_eq!(Day::next(12, day("2026-12-12")), day("2026-12-12"));
        assert_eq!(Day::next(12, day("2026-12-13")), day("2027-01-12"));
        assert_eq!(day("2026-12-01").in_words(), "1 December 2026");
        assert!(
            ["", "2026-13-01", "2026-02-30", "1.2.2026", "2026-12-01T00:00"]
                .map(Day::parse)
                .iter()
                .all(Option::is_none)
        );
    }
}
