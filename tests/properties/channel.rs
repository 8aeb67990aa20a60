//! Channels: nothing is lost, nothing comes twice, items come in the order in which their sends completed, and a send that was
//! given up has sent nothing.

use std::collections::{BTreeSet, VecDeque};

use anyrt::channel::{
    Permit, Receiver, RecvError, SendError, Sender, TryRecvError, TrySendError, channel, unbounded,
};
use proptest::prelude::*;

use crate::waiting::{Waiting, config};

#[derive(Clone, Debug)]
enum Step {
    Send(usize),
    TrySend(usize),
    Receive(usize),
    TryReceive(usize),
    PollSend(usize),
    PollReceive(usize),
    GiveUpSend(usize),
    GiveUpReceive(usize),
    Reserve(usize),
    PollReserve(usize),
    GiveUpReserve(usize),
    UsePermit(usize),
    DropPermit(usize),
    CloseAll,
    CloseSender(usize),
    CloseReceiver(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let which = any::<usize>;
    prop_oneof![
        6 => which().prop_map(Step::Send),
        2 => which().prop_map(Step::TrySend),
        6 => which().prop_map(Step::Receive),
        2 => which().prop_map(Step::TryReceive),
        4 => which().prop_map(Step::PollSend),
        4 => which().prop_map(Step::PollReceive),
        3 => which().prop_map(Step::GiveUpSend),
        3 => which().prop_map(Step::GiveUpReceive),
        3 => which().prop_map(Step::Reserve),
        3 => which().prop_map(Step::PollReserve),
        1 => which().prop_map(Step::GiveUpReserve),
        3 => which().prop_map(Step::UsePermit),
        1 => which().prop_map(Step::DropPermit),
        1 => Just(Step::CloseAll),
        1 => which().prop_map(Step::CloseSender),
        1 => which().prop_map(Step::CloseReceiver),
    ]
}

struct Sending<'a> {
    item: u32,
    handle: usize,
    wait: Waiting<'a, Result<(), SendError<u32>>>,
}

struct Reserving<'a> {
    handle: usize,
    wait: Waiting<'a, Result<Permit<'a, u32>, SendError<()>>>,
}

struct Receiving<'a> {
    handle: usize,
    wait: Waiting<'a, Result<u32, RecvError>>,
}

/// Where every item is: in a sender's hands, in the channel (or handed to a receiver that has not looked),
/// received, or gone with whoever gave up.
struct Book<'a> {
    next: u32,
    sending: Vec<Sending<'a>>,
    receiving: Vec<Receiving<'a>>,
    reserving: Vec<Reserving<'a>>,
    permits: Vec<Permit<'a, u32>>,
    /// Whether senders have to meet their receivers.
    rendezvous: bool,
    /// Sent and not received, in the order in which the sends completed.
    inside: VecDeque<u32>,
    received: BTreeSet<u32>,
}

impl Book<'_> {
    fn came(&mut self, item: u32) {
        assert!(self.received.insert(item), "{item} came twice");
        if self.inside.front() == Some(&item) {
            self.inside.pop_front();
            return;
        }
        // Without room, and only there, it is sent once a receiver has it.
        let meets = self.sending.iter().any(|sending| sending.item == item);
        assert!(self.rendezvous && meets, "{item} came out of order");
    }

    fn sent(&mut self, item: u32) {
        if !self.received.contains(&item) {
            self.inside.push_back(item);
        }
    }

    fn new_item(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }
}

/// With `whole` nobody closes a receiver, so that every item can be accounted for in the end.
fn check(ends: (Sender<u32>, Receiver<u32>), whole: bool, steps: Vec<Step>) {
    let senders = [ends.0.clone(), ends.0];
    let receivers = [ends.1.clone(), ends.1];
    let mut book = Book {
        next: 0,
        sending: Vec::new(),
        receiving: Vec::new(),
        reserving: Vec::new(),
        permits: Vec::new(),
        rendezvous: senders[0].statistics().capacity == Some(0),
        inside: VecDeque::new(),
        received: BTreeSet::new(),
    };
    let mut lost = BTreeSet::new();
    for step in steps {
        match step {
            Step::Send(which) => {
                let (handle, item) = (which % senders.len(), book.new_item());
                match Waiting::start(senders[handle].send(item)) {
                    Ok(Ok(())) => book.sent(item),
                    Ok(Err(error)) => {
                        assert_error(&error, senders[handle].is_closed(), &receivers);
                        lost.insert(error.into_inner());
                    }
                    Err(wait) => book.sending.push(Sending { item, handle, wait }),
                }
            }
            Step::TrySend(which) => {
                let (handle, item) = (which % senders.len(), book.new_item());
                match senders[handle].try_send(item) {
                    Ok(()) => book.sent(item),
                    Err(error) => {
                        if let TrySendError::WouldBlock(_) = error {
                            let now = senders[handle].statistics();
                            let taken = now.buffered + now.granted + now.permits;
                            assert!(now.capacity.is_some_and(|capacity| taken >= capacity));
                            assert!(!book.rendezvous || now.waiting_receivers <= taken);
                        }
                        lost.insert(error.into_inner());
                    }
                }
            }
            Step::Receive(which) => {
                let handle = which % receivers.len();
                match Waiting::start(receivers[handle].recv()) {
                    Ok(Ok(item)) => book.came(item),
                    Ok(Err(RecvError::Closed)) => assert!(receivers[handle].is_closed()),
                    Ok(Err(_)) => assert!(senders.iter().all(Sender::is_closed)),
                    Err(wait) => book.receiving.push(Receiving { handle, wait }),
                }
            }
            Step::TryReceive(which) => {
                let receiver = &receivers[which % receivers.len()];
                match receiver.try_recv() {
                    Ok(item) => book.came(item),
                    Err(TryRecvError::WouldBlock) => {
                        let now = receiver.statistics();
                        assert_eq!(now.buffered, 0);
                        let kept = now.granted + now.permits > 0;
                        assert!(book.rendezvous || kept || now.waiting_senders == 0);
                    }
                    Err(_) => {}
                }
            }
            Step::PollSend(which) if !book.sending.is_empty() => {
                let which = which % book.sending.len();
                let Some(outcome) = book.sending[which].wait.poll() else {
                    continue;
                };
                let Sending { item, handle, .. } = book.sending.remove(which);
                match outcome {
                    Ok(()) => book.sent(item),
                    Err(error) => {
                        assert_error(&error, senders[handle].is_closed(), &receivers);
                        lost.insert(item);
                    }
                }
            }
            Step::PollReceive(which) if !book.receiving.is_empty() => {
                let which = which % book.receiving.len();
                let Some(outcome) = book.receiving[which].wait.poll() else {
                    continue;
                };
                let Receiving { handle, .. } = book.receiving.remove(which);
                match outcome {
                    Ok(item) => book.came(item),
                    Err(RecvError::Closed) => assert!(receivers[handle].is_closed()),
                    Err(_) => assert!(senders.iter().all(Sender::is_closed)),
                }
            }
            Step::GiveUpSend(which) if !book.sending.is_empty() => {
                let Sending { item, wait, .. } =
                    book.sending.swap_remove(which % book.sending.len());
                drop(wait);
                if !book.received.contains(&item) {
                    lost.insert(item);
                }
            }
            Step::GiveUpReceive(which) if !book.receiving.is_empty() => {
                drop(book.receiving.swap_remove(which % book.receiving.len()));
            }
            Step::Reserve(which) => {
                let handle = which % senders.len();
                match Waiting::start(senders[handle].reserve()) {
                    Ok(Ok(permit)) => book.permits.push(permit),
                    Ok(Err(error)) => {
                        assert_error(&error, senders[handle].is_closed(), &receivers);
                    }
                    Err(wait) => book.reserving.push(Reserving { handle, wait }),
                }
            }
            Step::PollReserve(which) if !book.reserving.is_empty() => {
                let which = which % book.reserving.len();
                let Some(outcome) = book.reserving[which].wait.poll() else {
                    continue;
                };
                let Reserving { handle, .. } = book.reserving.remove(which);
                match outcome {
                    Ok(permit) => book.permits.push(permit),
                    Err(error) => assert_error(&error, senders[handle].is_closed(), &receivers),
                }
            }
            Step::GiveUpReserve(which) if !book.reserving.is_empty() => {
                drop(book.reserving.swap_remove(which % book.reserving.len()));
            }
            Step::UsePermit(which) if !book.permits.is_empty() => {
                let permit = book.permits.swap_remove(which % book.permits.len());
                let item = book.new_item();
                match permit.send(item) {
                    Ok(()) => book.sent(item),
                    Err(error) => {
                        assert_error(&error, false, &receivers);
                        lost.insert(item);
                    }
                }
            }
            Step::DropPermit(which) if !book.permits.is_empty() => {
                drop(book.permits.swap_remove(which % book.permits.len()));
            }
            Step::CloseAll if !whole => senders[0].close_all(),
            Step::CloseSender(which) if !whole => senders[which % senders.len()].close(),
            Step::CloseReceiver(which) if !whole => receivers[which % receivers.len()].close(),
            Step::PollSend(_)
            | Step::PollReceive(_)
            | Step::GiveUpSend(_)
            | Step::GiveUpReceive(_)
            | Step::PollReserve(_)
            | Step::GiveUpReserve(_)
            | Step::UsePermit(_)
            | Step::DropPermit(_)
            | Step::CloseAll
            | Step::CloseSender(_)
            | Step::CloseReceiver(_) => {}
        }
    }
    if whole {
        account(book, lost, &receivers[0]);
    }
}

fn assert_error<T>(error: &SendError<T>, closed: bool, receivers: &[Receiver<u32>]) {
    match error {
        SendError::Closed(_) => assert!(closed),
        _ => assert!(receivers.iter().all(Receiver::is_closed)),
    }
}

/// Everybody gives up or finishes; then every item must be somewhere.
fn account(mut book: Book<'_>, mut lost: BTreeSet<u32>, receiver: &Receiver<u32>) {
    book.receiving.clear();
    book.reserving.clear();
    book.permits.clear();
    loop {
        while let Ok(item) = receiver.try_recv() {
            book.came(item);
        }
        let Some(Sending { item, mut wait, .. }) = book.sending.pop() else {
            break;
        };
        match wait.poll() {
            Some(outcome) => {
                assert!(outcome.is_ok());
                book.sent(item);
            }
            None => drop(lost.insert(item)),
        }
    }
    assert!(book.inside.is_empty(), "lost: {:?}", book.inside);
    let accounted: BTreeSet<u32> = book.received.union(&lost).copied().collect();
    assert_eq!(accounted, (0..book.next).collect());
    let now = receiver.statistics();
    assert_eq!(
        (now.buffered, now.waiting_receivers, now.waiting_senders),
        (0, 0, 0)
    );
    assert_eq!((now.granted, now.permits), (0, 0));
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_item_is_lost(capacity in 0..3usize, steps in proptest::collection::vec(step(), 1..50)) {
        check(channel(capacity), true, steps);
    }

    #[test]
    fn no_item_is_lost_without_a_limit(steps in proptest::collection::vec(step(), 1..50)) {
        check(unbounded(), true, steps);
    }

    #[test]
    fn every_end_is_told_apart(capacity in 0..3usize, steps in proptest::collection::vec(step(), 1..50)) {
        check(channel(capacity), false, steps);
    }
}
