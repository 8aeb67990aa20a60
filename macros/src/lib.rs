//! The attributes `#[anyrt::main]` and `#[anyrt::test]`.
//!
//! Use them through `anyrt` with its feature `macros`, where they are documented; this crate is how they
//! are made. Which backends are on is a matter of `anyrt`'s features, which are not this crate's: what is made here asks for
//! them by `anyrt`'s own macros `__if_tokio!` and so on, which expand to the one or the other of two parts.

#![forbid(unsafe_code)]

mod arguments;
mod backend;
mod entry;
mod function;
mod tests;

use proc_macro::TokenStream;

/// Makes an async `main` the main function: it is run by `anyrt::run`.
///
/// ```ignore
/// #[anyrt::main(backend = "tokio")]
/// async fn main() {
///     anyrt::sleep(std::time::Duration::from_millis(1)).await;
/// }
/// ```
///
/// An application names its backend: another may be on through a crate that is built with it. Without a name it is the
/// one that `ANYRT_BACKEND` names, else the only one that is on.
///
/// It may return whatever a `main` may, with the same effect: an error, which need not be `Send`, is printed as
/// `Error: {error:?}` once the run has ended, and the exit code is 1. A function of another name keeps its type,
/// which then is to be `Send`.
///
/// | argument | what it does |
/// |---|---|
/// | `backend = "tokio"` | `Builder::backend`; an error where that feature is off |
/// | `worker_threads = 2` | `Builder::worker_threads` |
/// | `local` | `Builder::run_local`: main stays on its thread and need not be `Send` |
/// | `crate = "path"` | where `anyrt` is, if not at `::anyrt` |
///
/// # Panics
///
/// The function made panics as `anyrt::run` does: without a backend to choose, or inside a runtime.
#[proc_macro_attribute]
pub fn main(arguments: TokenStream, item: TokenStream) -> TokenStream {
    entry::expand(arguments.into(), item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}

/// Makes an async function a test on every backend that is on: `name::tokio`, `name::smol` …
///
/// ```ignore
/// #[anyrt::test]
/// async fn a_sleep_ends() {
///     anyrt::sleep(std::time::Duration::from_millis(1)).await;
/// }
/// ```
///
/// Each is a `#[test]` of its own in a module of the function's name, run by `anyrt::run`. The
/// function may return whatever a `#[test]` may, `Result<(), Box<dyn Error>>` too. `#[should_panic]`, `#[ignore]` and all other attributes stay.
///
/// | argument | what it does |
/// |---|---|
/// | `backends = ["tokio", "sim"]` | only on these, as far as they are on |
/// | `local` | by `anyrt::run_local`: the test stays on its thread and need not be `Send` |
/// | `seeds = 100` | on `sim`: in a hundred orders; one that fails prints its seed, and `ANYRT_SIM_SEED` repeats it |
/// | `crate = "path"` | where `anyrt` is, if not at `::anyrt` |
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    tests::expand(arguments.into(), item.into())
        .unwrap_or_else(|error| error.into_compile_error())
        .into()
}
