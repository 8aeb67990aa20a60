//! Why a limiter said no.

use std::{error::Error, fmt};

use super::Borrower;

/// No token is free, or others wait for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WouldBlock;

impl fmt::Display for WouldBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no token of the limiter is free: wait for one, or raise the limiter's total")
    }
}

impl Error for WouldBlock {}

/// A key asked for a second token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlreadyBorrowed {
    borrower: Borrower,
}

impl AlreadyBorrowed {
    pub(super) fn new(borrower: Borrower) -> Self {
        Self { borrower }
    }

    /// Which key it was.
    pub fn borrower(&self) -> &Borrower {
        &self.borrower
    }
}

impl fmt::Display for AlreadyBorrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "borrower {:?} already has, or waits for, a token of the limiter: \
             release it first, or borrow under another key",
            self.borrower
        )
    }
}

impl Error for AlreadyBorrowed {}

/// Why a token could not be borrowed at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcquireError {
    /// See [`WouldBlock`].
    WouldBlock,
    /// See [`AlreadyBorrowed`].
    AlreadyBorrowed(AlreadyBorrowed),
}

impl fmt::Display for AcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WouldBlock => WouldBlock.fmt(f),
            Self::AlreadyBorrowed(error) => error.fmt(f),
        }
    }
}

impl Error for AcquireError {}

impl From<WouldBlock> for AcquireError {
    fn from(WouldBlock: WouldBlock) -> Self {
        Self::WouldBlock
    }
}

impl From<AlreadyBorrowed> for AcquireError {
    fn from(error: AlreadyBorrowed) -> Self {
        Self::AlreadyBorrowed(error)
    }
}

/// A key gave back a token that it does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotBorrowed {
    borrower: Borrower,
}

impl NotBorrowed {
    pub(super) fn new(borrower: Borrower) -> Self {
        Self { borrower }
    }

    /// Which key it was.
    pub fn borrower(&self) -> &Borrower {
        &self.borrower
    }
}

impl fmt::Display for NotBorrowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "borrower {:?} has no token of the limiter: \
             release once, and only after the key was lent a token",
            self.borrower
        )
    }
}

impl Error for NotBorrowed {}
