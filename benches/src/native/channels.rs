//! Channels that other crates have: each function is the same work with another crate's channel.

use std::hint::black_box;

use ::smol::future::zip;
use ::tokio::task::JoinSet;

use super::run;
use crate::{
    case::Setting,
    work::{ROOM, SENDERS, Sample, timed},
};

macro_rules! channel {
    ($module:ident: $make:expr, $send:ident, $recv:ident) => {
        pub(crate) mod $module {
            use super::*;

            pub(crate) fn in_turn(setting: Setting, n: usize) -> Sample {
                run(
                    setting,
                    timed(async move {
                        #[allow(unused_mut)]
                        let (sender, mut receiver) = $make(ROOM);
                        for item in 0..n {
                            sender.$send(item).await.expect("there is a receiver");
                            black_box(receiver.$recv().await).expect("there is an item");
                        }
                    }),
                )
            }

            pub(crate) fn streamed(setting: Setting, n: usize) -> Sample {
                run(
                    setting,
                    timed(async move {
                        #[allow(unused_mut)]
                        let (sender, mut receiver) = $make(ROOM);
                        zip(
                            async {
                                for item in 0..n {
                                    sender.$send(item).await.expect("there is a receiver");
                                }
                            },
                            async {
                                for _ in 0..n {
                                    black_box(receiver.$recv().await).expect("there is an item");
                                }
                            },
                        )
                        .await;
                    }),
                )
            }
        }
    };
}

channel!(of_tokio: ::tokio::sync::mpsc::channel::<usize>, send, recv);
channel!(of_async_channel: ::smol::channel::bounded::<usize>, send, recv);
channel!(of_flume: flume::bounded::<usize>, send_async, recv_async);
channel!(of_kanal: kanal::bounded_async::<usize>, send, recv);

pub(crate) fn oneshot_of_tokio(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for item in 0..n {
                let (sender, receiver) = ::tokio::sync::oneshot::channel();
                sender.send(item).expect("there is a receiver");
                black_box(receiver.await).expect("there is an item");
            }
        }),
    )
}

/// On tokio.
pub(crate) fn crowded_of_tokio(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let (sender, mut receiver) = ::tokio::sync::mpsc::channel(1);
            let mut set = JoinSet::new();
            for _ in 0..SENDERS {
                let sender = sender.clone();
                set.spawn(async move {
                    for item in 0..n / SENDERS {
                        sender.send(item).await.expect("there is a receiver");
                    }
                });
            }
            drop(sender);
            while let Some(item) = receiver.recv().await {
                black_box(item);
            }
            while set.join_next().await.is_some() {}
        }),
    )
}
