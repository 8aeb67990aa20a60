//! Facade futures in other hands: foreign combinators, wakers of all kinds, drops at every point, moves between tasks.

pub mod combinators;
pub mod drops;
pub mod moves;
mod operations;
mod primitives;
pub mod wakers;
