//! anyrt on async-std.
