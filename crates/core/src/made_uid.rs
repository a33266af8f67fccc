//! The uids of orders that the server makes out of others (rule N5): `SSSSS-999-NNNN`.
//!
//! They keep the form of a till's, so that whatever reads 14 characters of an order's name (Odoo does) finds a
//! reference of its own. Their login counts down from 999: real ones count up from 1 with each page that is loaded in
//! a session.

use crate::id::OrderUid;

/// The first login number.
const LOGIN: u64 = 999;

/// How many login numbers are the server's; after them come such of four digits.
const LOGINS: u64 = 100;

/// How many uids have one login number: a uid's counter has four digits.
const OF_LOGIN: u64 = 10_000;

/// In place of the session, where the other uid has none.
const NO_SESSION: &str = "00000";

/// The uid with this number, of the session of another one.
pub(crate) fn of(origin: &OrderUid, n: u64) -> OrderUid {
    let session = origin.as_str().split('-').next().filter(|part| is_session(part)).unwrap_or(NO_SESSION);
    let down = n / OF_LOGIN;
    let login = if down < LOGINS { LOGIN - down } else { LOGIN + down };
    OrderUid::new(format!("{session}-{login}-{:04}", n % OF_LOGIN))
}

/// The number of a uid of this form.
pub(crate) fn number(uid: &OrderUid) -> Option<u64> {
    let mut parts = uid.as_str().split('-');
    let session = parts.next()?;
    let (login, counter) = (parts.next()?, parts.next()?);
    if !is_session(session) || !is_digits(login, 3) || !is_digits(counter, 4) || parts.next().is_some() {
        return None;
    }
    let (login, counter): (u64, u64) = (login.parse().ok()?, counter.parse().ok()?);
    let down = LOGIN.checked_sub(login).filter(|down| *down < LOGINS)?;
    Some(down * OF_LOGIN + counter)
}

/// Whether this is the first part of a uid: a POS session's id.
fn is_session(part: &str) -> bool {
    (5..=10).contains(&part.len()) && is_digits(part, part.len())
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_it_is_written_and_from_nothing_else() {
        for n in [0, 1, 9_999, 10_000, 999_999] {
            assert_eq!(number(&of(&OrderUid::new("00001-004-0005"), n)), Some(n));
        }
        let beyond = of(&OrderUid::new("00001-004-0005"), 1_000_000);
        assert_eq!((beyond.as_str(), number(&beyond)), ("00001-1099-0000", None));
        for uid in
            ["00001-899-0005", "00001-1000-0005", "00001-999-00005", "1-999-0005", "00001-999-0005-1", "abc"]
        {
            assert_eq!(number(&OrderUid::new(uid)), None, "{uid}");
        }
    }
}
