//! How much is going on in a room.

/// Minutes that are remembered.
const MINUTES: usize = 60;
const MINUTE_MS: u64 = 60_000;

/// Events in each of the last minutes.
#[derive(Debug)]
pub(super) struct Pace {
    /// By the number of the minute since 1970, modulo [`MINUTES`].
    counts: [u32; MINUTES],
    /// The last minute that was counted in.
    last: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { counts: [0; MINUTES], last: 0 }
    }
}

impl Pace {
    /// Counts an event.
    pub fn count(&mut self, now_ms: u64) {
        let minute = self.go_to(now_ms);
        let count = &mut self.counts[minute as usize % MINUTES];
        *count = count.saturating_add(1);
    }

    /// The counts, oldest first; the last is of the minute that it is.
    pub fn minutes(&mut self, now_ms: u64) -> Vec<u32> {
        let minute = self.go_to(now_ms);
        let oldest = minute as usize % MINUTES + 1;
        (0..MINUTES).map(|n| self.counts[(oldest + n) % MINUTES]).collect()
    }

    /// Begins the minutes that have passed; a clock that was put back goes on in the last one.
    fn go_to(&mut self, now_ms: u64) -> u64 {
        let minute = (now_ms / MINUTE_MS).max(self.last);
        for passed in (self.last + 1..=minute).rev().take(MINUTES) {
            self.counts[passed as usize % MINUTES] = 0;
        }
        self.last = minute;
        minute
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_pass() {
        let mut pace = Pace::default();
        let at = |minute: u64| minute * MINUTE_MS + 7;
        for (minute, events) in [(1_000, 2), (1_001, 3), (1_059, 1)] {
            (0..events).for_each(|_| pace.count(at(minute)));
        }
        let minutes = pace.minutes(at(1_059));
        assert_eq!((minutes[0], minutes[1], minutes[59], minutes.iter().sum::<u32>()), (2, 3, 1, 6));
        assert_eq!(pace.minutes(at(1_060)).iter().sum::<u32>(), 4, "the oldest is forgotten");
        assert_eq!(pace.minutes(at(5_000)), vec![0; MINUTES]);
        pace.count(at(3));
        assert_eq!(pace.minutes(at(3))[59], 1, "the clock was put back");
    }
}
