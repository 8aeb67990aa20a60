//! The key under which a token is borrowed.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

/// Who borrows, when it is not a guard: a name or a number, cheap to clone and to compare.
///
/// Names are equal by their text, whatever they were made from.
///
/// ```
/// use anyrt_core::limiter::Borrower;
///
/// assert_eq!(Borrower::from("upload"), Borrower::from(String::from("upload")));
/// assert_ne!(Borrower::from("7"), Borrower::from(7_u64));
/// ```
#[derive(Clone)]
pub struct Borrower(Key);

#[derive(Clone)]
enum Key {
    Number(u64),
    Static(&'static str),
    Shared(Arc<str>),
}

/// What a key is compared by.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Number(u64),
    Name(&'a str),
}

impl Borrower {
    fn identity(&self) -> Identity<'_> {
        match &self.0 {
            Key::Number(number) => Identity::Number(*number),
            Key::Static(name) => Identity::Name(name),
            Key::Shared(name) => Identity::Name(name),
        }
    }
}

impl PartialEq for Borrower {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Borrower {}

impl Hash for Borrower {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for Borrower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.identity() {
            Identity::Number(number) => number.fmt(f),
            Identity::Name(name) => name.fmt(f),
        }
    }
}

impl From<&'static str> for Borrower {
    fn from(name: &'static str) -> Self {
        Self(Key::Static(name))
    }
}

impl From<String> for Borrower {
    fn from(name: String) -> Self {
        Self(Key::Shared(name.into()))
    }
}

impl From<u64> for Borrower {
    fn from(number: u64) -> Self {
        Self(Key::Number(number))
    }
}

impl From<usize> for Borrower {
    fn from(number: usize) -> Self {
        // No platform that Rust supports has a wider `usize`.
        Self(Key::Number(number as u64))
    }
}
