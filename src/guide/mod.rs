//! A guide: structured concurrency in Rust, from the first group to shutdown.
//!
//! | page | for whom |
//! |---|---|
//! | [`structured_concurrency`] | everybody: the ideas, in the order in which they are needed |
//! | [`from_tokio`] | who knows `JoinSet`, `select!`, `timeout` and `spawn_blocking` |
//! | [`from_anyio`] | who knows asyncio, trio or anyio |
//! | [`programs_that_hang`] | who waits for a program that does not go on |
//! | [`what_changed`] | who has a program that was written against earlier rules |
//!
//! # When not to use anyrt
//!
//! - **Your library only combines futures that it is given**, and starts no tasks and no timers: it needs no
//!   runtime; take `futures-concurrency` or `futures`.
//! - **You write one application for one runtime** and want detached tasks: the runtime itself is all
//!   you need.
//! - **`no_std`, or wasm.** anyrt needs threads, a clock and the standard library.
//! - **Every nanosecond of a spawn counts.** Finding the runtime costs 20 to 50 instructions a call; a
//!   library with the runtime as a type parameter pays nothing, and its users pay with the parameter.
//! - **You need work to outlive its caller by design** in many places, and no owner exists. One
//!   [`OwnedTaskGroup`](crate::task::OwnedTaskGroup) is an owner; many of them are a sign.

#[doc = include_str!("../../docs/guide/structured_concurrency.md")]
pub mod structured_concurrency {}

#[doc = include_str!("../../docs/guide/from_tokio.md")]
pub mod from_tokio {}

#[doc = include_str!("../../docs/guide/from_anyio.md")]
pub mod from_anyio {}

#[doc = include_str!("../../docs/guide/programs_that_hang.md")]
pub mod programs_that_hang {}

#[doc = include_str!("../../docs/guide/what_changed.md")]
pub mod what_changed {}

/// Runs an example of this guide, where there is a virtual clock to run it on.
#[doc(hidden)]
pub fn shown<Fut>(example: Fut)
where
    Fut: std::future::Future + Send + 'static,
    Fut::Output: Send + 'static,
{
    #[cfg(feature = "sim")]
    crate::Builder::new()
        .backend("sim")
        .run(example)
        .expect("the simulator starts");
    #[cfg(not(feature = "sim"))]
    drop(example);
}
