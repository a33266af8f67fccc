//! `creation_date`, in the two ways in which the client writes it.

/// A moment, or what somebody else wrote about one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// Milliseconds since 1970, UTC.
    At(u64),
    /// As it came; it is passed on unread.
    Text(String),
}

/// Where a date is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Medium {
    /// Odoo's RPC: `2026-11-21 01:14:20`.
    Rpc,
    /// The local storage, and so `order_data`: `2026-11-21T01:14:20.682Z`.
    Storage,
}

impl Stamp {
    pub(crate) fn write(&self, medium: Medium) -> String {
        match (self, medium) {
            (Self::Text(text), _) => text.clone(),
            (Self::At(ms), Medium::Rpc) => {
                let (date, time, _) = parts(*ms);
                format!("{date} {time}")
            }
            (Self::At(ms), Medium::Storage) => {
                let (date, time, fraction) = parts(*ms);
                format!("{date}T{time}.{fraction:03}Z")
            }
        }
    }
}

fn parts(ms: u64) -> (String, String, u64) {
    let seconds = ms / 1000;
    let (year, month, day) = civil(seconds / 86_400);
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    (format!("{year:04}-{month:02}-{day:02}"), format!("{hour:02}:{minute:02}:{second:02}"), ms % 1000)
}

/// Year, month and day of a day since 1970, after Howard Hinnant's `civil_from_days`.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_as_the_recordings_have_them() {
        let stamp = Stamp::At(1_795_224_128_682);
        assert_eq!(stamp.write(Medium::Rpc), "2026-11-21 01:22:08");
        assert_eq!(stamp.write(Medium::Storage), "2026-11-21T01:22:08.682Z");
        assert_eq!(Stamp::At(0).write(Medium::Rpc), "1970-01-01 00:00:00");
        assert_eq!(Stamp::At(951_782_400_000).write(Medium::Rpc), "2000-02-29 00:00:00");
    }
}
