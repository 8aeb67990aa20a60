//! shared reactor.
