//! The backends that anyrt ships, each in the ways it is used, and each behind its own feature.

#[cfg(feature = "async-std")]
mod async_std;
#[cfg(any(feature = "tokio", feature = "smol"))]
mod erased;
#[cfg(feature = "sim")]
mod sim;
#[cfg(feature = "smol")]
mod smol;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "async-std")]
pub use self::async_std::{AsyncStdAmbient, AsyncStdOwned};
#[cfg(any(feature = "tokio", feature = "smol"))]
pub use self::erased::{Erased, ErasedBackend};
#[cfg(feature = "sim")]
pub use self::sim::{SimSeeded, set_seeds};
#[cfg(feature = "smol")]
pub use self::smol::{SmolAmbient, SmolErased, SmolFour, SmolOne, SmolZero};
#[cfg(feature = "tokio")]
pub use self::tokio::{TokioAmbient, TokioErased, TokioFour, TokioOne};

use crate::Column;

/// What `--backend all` runs.
pub const COLUMNS: &[Column] = &[
    #[cfg(feature = "tokio")]
    Column::of::<TokioFour>(),
    #[cfg(feature = "tokio")]
    Column::of::<TokioOne>(),
    #[cfg(feature = "tokio")]
    Column::of::<TokioAmbient>(),
    #[cfg(feature = "smol")]
    Column::of::<SmolZero>(),
    #[cfg(feature = "smol")]
    Column::of::<SmolOne>(),
    #[cfg(feature = "smol")]
    Column::of::<SmolFour>(),
    #[cfg(feature = "smol")]
    Column::of::<SmolAmbient>(),
    #[cfg(feature = "async-std")]
    Column::of::<AsyncStdOwned>(),
    #[cfg(feature = "async-std")]
    Column::of::<AsyncStdAmbient>(),
    #[cfg(feature = "sim")]
    Column::of::<SimSeeded>(),
    #[cfg(feature = "tokio")]
    Column::of::<TokioErased>(),
    #[cfg(feature = "smol")]
    Column::of::<SmolErased>(),
];
