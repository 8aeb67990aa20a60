//! The extension traits, for `use anyrt::prelude::*;`.
//!
//! ```
//! use anyrt::prelude::*;
//!
//! # fn first(outcome: Result<u32, anyrt::task::Errors<String>>) -> Result<u32, String> {
//! outcome.first_err()
//! # }
//! ```

pub use crate::task::FirstError as _;
