//! Arguments that several commands take, each with words that say what it should have been.

use std::net::SocketAddr;

use tillsync_core::id::is_name;

/// Reads an address to listen on.
pub fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let hint =
        "it is an IP address and a port, such as 127.0.0.1:8090, or 0.0.0.0:8090 for the whole network";
    text.parse().map_err(|_| hint.to_owned())
}

/// Reads an Odoo database's name.
pub fn database(text: &str) -> Result<String, String> {
    let hint = "it is the Odoo database's name as its tills say it (dbname in their requests), such as shop, without spaces around it";
    if is_name(text) && text.trim() == text { Ok(text.to_owned()) } else { Err(hint.to_owned()) }
}

/// Reads a multi-session's id, as Odoo counts its records: from 1, within 32 bits.
pub fn multi_session(text: &str) -> Result<i64, String> {
    whole(text, 1..=i64::from(i32::MAX)).ok_or_else(|| {
        "it is a whole number from 1 on: the multi-session's id, which stands as id= in the address of its form \
         in Odoo"
            .to_owned()
    })
}

/// Reads the number of an address's key.
pub fn key_number(text: &str) -> Result<i64, String> {
    whole(text, 1..=i64::MAX)
        .ok_or_else(|| "it is the key's number, as 'tillsync odoo list' shows it: 1, 2, 3 …".to_owned())
}

/// Reads a run, which Odoo counts from 1.
pub fn run(text: &str) -> Result<u32, String> {
    let run = whole(text, 0..=i64::from(u32::MAX)).and_then(|run| u32::try_from(run).ok());
    run.ok_or_else(|| "it is a whole number: the run_ID that Odoo's tills send".to_owned())
}

/// Reads a switch that an environment variable may turn.
pub fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" | "y" | "t" => Ok(true),
        "" | "0" | "false" | "no" | "off" | "n" | "f" => Ok(false),
        _ => Err("it is 1, true, yes or on, or else 0, false, no or off".to_owned()),
    }
}

fn whole(text: &str, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
    text.parse().ok().filter(|number| range.contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_told_what_it_should_have_been() {
        assert_eq!(multi_session("2"), Ok(2));
        assert_eq!(run("0"), Ok(0));
        assert_eq!(key_number("7"), Ok(7));
        for wrong in ["", "abc", "0", "-1", "1.5", "2147483648", "99999999999999999999"] {
            assert!(multi_session(wrong).is_err_and(|error| error.contains("id=")), "{wrong}");
        }
        for wrong in ["", "x", "-1", "4294967296"] {
            assert!(run(wrong).is_err_and(|error| error.contains("run_ID")), "{wrong}");
        }
        for wrong in ["x", "0", "-3"] {
            assert!(key_number(wrong).is_err_and(|error| error.contains("odoo list")), "{wrong}");
        }
        assert!(listen_address("somewhere").is_err_and(|error| error.contains("0.0.0.0:8090")));
    }

    #[test]
    fn switches_take_the_usual_words() {
        for (text, is_on) in
            [("1", true), ("TRUE", true), ("On", true), ("no", false), ("0", false), ("", false)]
        {
            assert_eq!(switch(text), Ok(is_on), "{text}");
        }
        assert!(switch("maybe").is_err_and(|error| error.contains("yes or on")));
    }
}
