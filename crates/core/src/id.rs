//! Names of things, each a type of its own, so that an order's uid cannot be passed where a line's is meant.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The longest name that is accepted, in bytes. Real ones stay under 64.
pub const NAME_BYTES_MAX: usize = 200;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as it is; whoever reads from outside checks it with [`is_name`] first.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }

            /// The text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

name! {
    /// An order's uid, `SSSSS-LLL-NNNN`: POS session, login number, the device's counter. It never changes.
    OrderUid
}
name! {
    /// An orderline's uid. It never changes and is unique within its order.
    LineUid
}
name! {
    /// One till at work: a device and its login. "Another's change" means: another till's.
    Till
}
name! {
    /// The random id of a command. The same id is the same command, however often it arrives.
    CommandId
}
name! {
    /// The random id that came with an order's creation: it tells two orders apart that claim one uid.
    CreationId
}
name! {
    /// The digest of an order's bill, see [`crate::bill`].
    BillDigest
}

/// Whether a text from outside may serve as a name: not empty, not longer than [`NAME_BYTES_MAX`],
/// no control characters.
pub fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= NAME_BYTES_MAX && !text.chars().any(char::is_control)
}

/// A stable id of 32 hexadecimal digits from parts: SHA-256 over the parts, each preceded by its length,
/// so that `["ab", "c"]` and `["a", "bc"]` differ; the first 128 bits.
pub fn stable_id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).fold(String::with_capacity(32), |mut id, byte| {
        for half in [byte >> 4, byte & 15] {
            id.extend(char::from_digit(u32::from(half), 16));
        }
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stable_ids_tell_the_parts_apart() {
        assert_ne!(stable_id(&["ab", "c"]), stable_id(&["a", "bc"]));
        assert_eq!(stable_id(&["ab", "c"]), stable_id(&["ab", "c"]));
        assert_eq!(stable_id(&[]).len(), 32);
    }

    #[test]
    fn names_are_short_and_printable() {
        for (text, expected) in [("00001-004-0005", true), ("", false), ("a\nb", false), ("é", true)] {
            assert_eq!(is_name(text), expected, "{text:?}");
        }
        assert!(!is_name(&"x".repeat(NAME_BYTES_MAX + 1)));
    }
}
