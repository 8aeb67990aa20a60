//! The backends that anyrt ships, each in the ways it is used.

mod ambient;
mod erased;
mod owned;

pub use ambient::{AsyncStdAmbient, SmolAmbient, TokioAmbient};
pub use erased::{Erased, ErasedBackend, SmolErased, TokioErased};
pub use owned::{AsyncStdOwned, SimSeeded, SmolFour, SmolOne, TokioFour, TokioOne, set_seeds};

use crate::Column;

/// What `--backend all` runs.
pub const COLUMNS: &[Column] = &[
    Column::of::<TokioFour>(),
    Column::of::<TokioOne>(),
    Column::of::<TokioAmbient>(),
    Column::of::<SmolOne>(),
    Column::of::<SmolFour>(),
    Column::of::<SmolAmbient>(),
    Column::of::<AsyncStdOwned>(),
    Column::of::<AsyncStdAmbient>(),
    Column::of::<SimSeeded>(),
    Column::of::<TokioErased>(),
    Column::of::<SmolErased>(),
];
