//! PINs of the people at the tills: kept as hashes, tried a few times only.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};

use crate::clock::now_ms;

/// Digits of a PIN.
pub const PIN_DIGITS_MIN: usize = 4;
/// Digits of a PIN.
pub const PIN_DIGITS_MAX: usize = 12;

/// Wrong PINs in a row that cost nothing; a slip of the finger is no attack.
const FREE_TRIES: u32 = 3;
/// How long the next one has to wait, for each wrong PIN beyond those; the last one stands for all that follow.
const WAITS_S: &[u64] = &[5, 15, 60, 300, 900];
/// People whose wrong PINs are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// What came of a PIN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It is theirs.
    Right,
    /// It is not; the next one is looked at after this.
    Wrong(Duration),
    /// Too many were wrong: this one was not looked at.
    Wait(Duration),
}

/// Somebody: the database and the user.
type Who = (Arc<str>, i64);

/// Who typed wrong PINs lately.
#[derive(Debug, Clone, Default)]
pub struct Tries {
    wrong: Arc<Mutex<HashMap<Who, Wrong>>>,
}

#[derive(Debug, Clone, Copy)]
struct Wrong {
    times: u32,
    until_ms: u64,
}

/// Whether it can be somebody's PIN.
pub fn is_pin(text: &str) -> bool {
    (PIN_DIGITS_MIN..=PIN_DIGITS_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The hash that is kept of a PIN (argon2id, a salt of its own). Takes some ten milliseconds.
pub fn hash(pin: &str) -> String {
    let chance: [u8; 16] = rand::random();
    let hashed = SaltString::encode_b64(&chance)
        .and_then(|salt| Ok(Argon2::default().hash_password(pin.as_bytes(), &salt)?.to_string()));
    // It fails for salts of another length and passwords of gigabytes only; what is empty is nobody's PIN.
    hashed.unwrap_or_default()
}

impl Tries {
    /// Looks at a PIN, on a thread that may block; wrong ones make the next one wait.
    pub async fn look(&self, database: &Arc<str>, user: i64, pin: String, hash: String) -> Tried {
        let key = (database.clone(), user);
        if let Some(wait) = self.waits(&key) {
            return Tried::Wait(wait);
        }
        // Counted before it is looked at, so that a hundred at once are not a hundred free tries.
        let wait = self.count(key.clone());
        let is_right = tokio::task::spawn_blocking(move || is_of(&pin, &hash)).await.unwrap_or(false);
        if !is_right {
            return Tried::Wrong(wait);
        }
        self.lock().remove(&key);
        Tried::Right
    }

    fn waits(&self, key: &Who) -> Option<Duration> {
        let until = self.lock().get(key)?.until_ms;
        let left = until.saturating_sub(now_ms());
        (left > 0).then(|| Duration::from_millis(left))
    }

    fn count(&self, key: Who) -> Duration {
        let mut wrong = self.lock();
        if wrong.len() >= REMEMBERED_MAX && !wrong.contains_key(&key) {
            let now = now_ms();
            wrong.retain(|_, wrong| wrong.until_ms > now);
        }
        let known = wrong.entry(key).or_insert(Wrong { times: 0, until_ms: 0 });
        known.times += 1;
        let over = known.times.saturating_sub(FREE_TRIES) as usize;
        let wait = match over {
            0 => Duration::ZERO,
            over => Duration::from_secs(WAITS_S[over.min(WAITS_S.len()) - 1]),
        };
        known.until_ms = now_ms() + wait.as_millis() as u64;
        wait
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Who, Wrong>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_of(pin: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_few_wrong_pins_are_free_and_then_one_waits() {
        let (tries, main) = (Tries::default(), Arc::from("main"));
        let hash = hash("1234");
        assert_eq!(tries.look(&main, 1, "1234".into(), hash.clone()).await, Tried::Right);
        for _ in 0..FREE_TRIES {
            let tried = tries.look(&main, 1, "0000".into(), hash.clone()).await;
            assert_eq!(tried, Tried::Wrong(Duration::ZERO));
        }
        let tried = tries.look(&main, 1, "0000".into(), hash.clone()).await;
        assert_eq!(tried, Tried::Wrong(Duration::from_secs(WAITS_S[0])));
        assert!(matches!(tries.look(&main, 1, "1234".into(), hash.clone()).await, Tried::Wait(_)));
        // Another person is not kept waiting by that.
        assert_eq!(tries.look(&main, 2, "1234".into(), hash).await, Tried::Right);
    }

    #[test]
    fn a_pin_is_some_digits() {
        for (text, expected) in [("1234", true), ("123", false), ("123456789012", true), ("12a4", false)] {
            assert_eq!(is_pin(text), expected, "{text}");
        }
    }
}
