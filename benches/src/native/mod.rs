//! The native side of the rows: what somebody would write who knows the runtime well.

use std::future::Future;

use crate::{
    case::{Runtime, Setting},
    work::Sample,
};

pub(crate) mod channels;
pub(crate) mod locks;
pub(crate) mod smol;
pub(crate) mod tokio;

/// Runs `work` as a task of the runtime: for what belongs to no runtime itself.
fn run(setting: Setting, work: impl Future<Output = Sample> + Send + 'static) -> Sample {
    match setting.runtime {
        Runtime::Smol => smol::run(setting, |_| work),
        _ => tokio::run(setting, work),
    }
}
