//! Locks and semaphores that other crates have: each function is the same work with another crate's.

use std::sync::Arc;

use ::tokio::task::{JoinSet, yield_now};

use super::run;
use crate::{
    case::Setting,
    work::{CONTENDERS, PERMITS, Sample, timed},
};

macro_rules! locks {
    ($module:ident: $mutex:ty, $semaphore:ty, |$permit:ident| $permitted:expr) => {
        pub(crate) mod $module {
            use super::*;

            pub(crate) fn mutex(setting: Setting, n: usize) -> Sample {
                run(
                    setting,
                    timed(async move {
                        let lock = <$mutex>::new(0);
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
                        let semaphore = <$semaphore>::new(PERMITS);
                        for _ in 0..n {
                            let $permit = semaphore.acquire().await;
                            drop($permitted);
                        }
                    }),
                )
            }

            /// On tokio.
            pub(crate) fn contended_mutex(setting: Setting, n: usize) -> Sample {
                run(
                    setting,
                    timed(async move {
                        let lock = Arc::new(<$mutex>::new(0));
                        let mut set = JoinSet::new();
                        for _ in 0..CONTENDERS {
                            let lock = Arc::clone(&lock);
                            set.spawn(async move {
                                for _ in 0..n / CONTENDERS {
                                    let mut locked = lock.lock().await;
                                    yield_now().await;
                                    *locked += 1;
                                }
                            });
                        }
                        while set.join_next().await.is_some() {}
                    }),
                )
            }

            /// On tokio.
            pub(crate) fn contended_semaphore(setting: Setting, n: usize) -> Sample {
                run(
                    setting,
                    timed(async move {
                        let semaphore = Arc::new(<$semaphore>::new(PERMITS));
                        let mut set = JoinSet::new();
                        for _ in 0..CONTENDERS {
                            let semaphore = Arc::clone(&semaphore);
                            set.spawn(async move {
                                for _ in 0..n / CONTENDERS {
                                    let $permit = semaphore.acquire().await;
                                    let permit = $permitted;
                                    yield_now().await;
                                    drop(permit);
                                }
                            });
                        }
                        while set.join_next().await.is_some() {}
                    }),
                )
            }
        }
    };
}

locks!(of_tokio: ::tokio::sync::Mutex<u64>, ::tokio::sync::Semaphore, |permit| permit.expect("it is open"));
locks!(of_async_lock: async_lock::Mutex<u64>, async_lock::Semaphore, |permit| permit);
