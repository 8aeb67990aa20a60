//! The facade's channels.

use std::hint::black_box;

use anyrt::{
    channel::{channel, oneshot},
    task_group,
};
use smol::future::zip;

use super::run;
use crate::{
    case::Setting,
    work::{ROOM, SENDERS, Sample, timed},
};

pub(crate) fn in_turn(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let (sender, receiver) = channel(ROOM);
            for item in 0..n {
                sender.send(item).await.expect("there is a receiver");
                black_box(receiver.recv().await).expect("there is an item");
            }
        }),
    )
}

pub(crate) fn streamed(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let (sender, receiver) = channel(ROOM);
            zip(
                async {
                    for item in 0..n {
                        sender.send(item).await.expect("there is a receiver");
                    }
                },
                async {
                    for _ in 0..n {
                        black_box(receiver.recv().await).expect("there is an item");
                    }
                },
            )
            .await;
        }),
    )
}

/// Many senders share a channel with room for one item: almost every send waits.
pub(crate) fn crowded(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            let (sender, receiver) = channel(1);
            task_group(async |tg| {
                for _ in 0..SENDERS {
                    let sender = sender.clone();
                    tg.spawn(async move {
                        for item in 0..n / SENDERS {
                            sender.send(item).await.expect("there is a receiver");
                        }
                    });
                }
                drop(sender);
                while let Ok(item) = receiver.recv().await {
                    black_box(item);
                }
            })
            .await;
        }),
    )
}

pub(crate) fn oneshots(setting: Setting, n: usize) -> Sample {
    run(
        setting,
        timed(async move {
            for item in 0..n {
                let (sender, receiver) = oneshot();
                sender.send(item).expect("there is a receiver");
                black_box(receiver.await).expect("there is an item");
            }
        }),
    )
}
