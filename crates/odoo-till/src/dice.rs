//! The little randomness of a till, from a seed: nonces and waiting times.

/// How many nonces of six letters there are: 36 to the power of 6.
const NONCES: u64 = 2_176_782_336;

/// A stream of numbers that looks random and is the same for the same seed.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    state: u64,
    nonce: u64,
}

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self { state: seed, nonce: 0 };
        dice.nonce = dice.next() % NONCES;
        dice
    }

    /// A nonce as the client writes them, six of `0-9a-z`. None comes twice in the first two billion.
    pub(crate) fn nonce(&mut self) -> String {
        // The step has no factor in common with 36, so all nonces come before one is repeated.
        self.nonce = (self.nonce + 1_327_217_885) % NONCES;
        let mut rest = self.nonce;
        (0..6)
            .map(|_| {
                let letter = char::from_digit((rest % 36) as u32, 36).unwrap_or('0');
                rest /= 36;
                letter
            })
            .collect()
    }

    /// 1 to `sides`.
    pub(crate) fn throw(&mut self, sides: u64) -> u64 {
        self.next() % sides + 1
    }

    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn nonces_differ_and_come_again_with_the_seed() {
        let nonces = |seed| {
            let mut dice = Dice::new(seed);
            (0..2000).map(move |_| dice.nonce()).collect::<Vec<_>>()
        };
        assert_eq!(nonces(1).iter().collect::<BTreeSet<_>>().len(), 2000);
        assert_eq!(nonces(1), nonces(1));
        assert_ne!(nonces(1), nonces(2));
        assert!(nonces(3).iter().all(|nonce| nonce.len() == 6));
    }
}
