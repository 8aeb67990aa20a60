//! The facade's locks and semaphores.

use std::sync::Arc;

use anyrt::{
    sync::{Mutex, Semaphore},
    task_group,
};
use tokio::task::yield_now;

use super::run;
use crate::{
    case::Setting,
    work::{CONTENDERS, PERMITS, Sample, timed},
};

pub(crate) fn mutex(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let lock = Mutex::new(0);
            for _ in 0..n {
                *lock.lock().await += 1;
            }
        }),
    )
}

pub(crate) fn semaphore(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let semaphore = Semaphore::new(PERMITS);
            for _ in 0..n {
                drop(semaphore.acquire().await);
            }
        }),
    )
}

/// On tokio, whose yield serves both sides.
pub(crate) fn contended_mutex(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let lock = Arc::new(Mutex::new(0));
            task_group(async |tg| {
                for _ in 0..CONTENDERS {
                    let lock = Arc::clone(&lock);
                    tg.spawn(async move {
                        for _ in 0..n / CONTENDERS {
                            let mut locked = lock.lock().await;
                            yield_now().await;
                            *locked += 1;
                        }
                    });
                }
            })
            .await;
        }),
    )
}

/// On tokio, whose yield serves both sides.
pub(crate) fn contended_semaphore(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let semaphore = Arc::new(Semaphore::new(PERMITS));
            task_group(async |tg| {
                for _ in 0..CONTENDERS {
                    let semaphore = Arc::clone(&semaphore);
                    tg.spawn(async move {
                        for _ in 0..n / CONTENDERS {
                            let permit = semaphore.acquire().await;
                            yield_now().await;
                            drop(permit);
                        }
                    });
                }
            })
            .await;
        }),
    )
}
