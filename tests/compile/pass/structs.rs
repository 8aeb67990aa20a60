//! Facade futures have names, so that structs can hold them.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use anyrt::{
    cancel::{CancelScope, FailAfter, MoveOnAfter, Scope, Shield},
    channel::{Receiver, Sender, channel},
    fail_after, move_on_after, scope, shield, sleep,
    sync::{Acquire, CapacityLimiter},
    task::{TaskGroup, TaskGroupFuture, TaskHandle, TryTaskGroup, TryTaskGroupFuture},
    task_group,
    thread::ToThread,
    time::{Sleep, YieldNow},
    to_thread, try_task_group, yield_now,
};

use super::{Error, spawned};

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Make<G, T> = fn(G) -> Boxed<T>;

/// One of each.
struct Pending {
    sleep: Pin<Box<Sleep>>,
    step: YieldNow,
    timed: Pin<Box<FailAfter<Sleep>>>,
    shielded: Pin<Box<Shield<MoveOnAfter<Boxed<u32>>>>>,
    scoped: Pin<Box<Scope<Make<CancelScope, u32>>>>,
    group: Pin<Box<TaskGroupFuture<Make<TaskGroup, u32>>>>,
    failing: Pin<Box<Failing>>,
    handle: Option<TaskHandle<u32>>,
    thread: Pin<Box<ToThread<u32>>>,
    token: Acquire,
}

type Outcome = Result<u32, Error>;
type Failing = TryTaskGroupFuture<Make<TryTaskGroup<Error>, Outcome>, Boxed<Outcome>, u32, Error>;

impl Pending {
    fn new() -> Self {
        let second = Duration::from_secs(1);
        Self {
            sleep: Box::pin(sleep(second)),
            step: yield_now(),
            timed: Box::pin(fail_after(second, sleep(second))),
            shielded: Box::pin(shield(move_on_after(second, Box::pin(async { 1 })))),
            scoped: Box::pin(scope(|_| Box::pin(async { 1 }))),
            group: Box::pin(task_group(|_| Box::pin(async { 1 }))),
            failing: Box::pin(try_task_group(|_| Box::pin(async { Ok(1) }))),
            handle: None,
            thread: Box::pin(to_thread(|| 1)),
            token: CapacityLimiter::new(1).acquire(),
        }
    }
}

/// Ready as soon as one of its parts is.
impl Future for Pending {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let handle = this.handle.as_mut().map(Pin::new);
        let ready = this.sleep.as_mut().poll(cx).is_ready()
            || Pin::new(&mut this.step).poll(cx).is_ready()
            || this.timed.as_mut().poll(cx).is_ready()
            || this.shielded.as_mut().poll(cx).is_ready()
            || this.scoped.as_mut().poll(cx).is_ready()
            || this.group.as_mut().poll(cx).is_ready()
            || this.failing.as_mut().poll(cx).is_ready()
            || handle.is_some_and(|handle| handle.poll(cx).is_ready())
            || this.thread.as_mut().poll(cx).is_ready()
            || Pin::new(&mut this.token).poll(cx).is_ready();
        if ready {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }
}

#[test]
fn hold_facade_futures() {
    spawned(Pending::new());
}

/// A message that says where its answer goes, and jobs that several threads hand in.
#[allow(dead_code)]
struct Message {
    reply_to: Sender<Message>,
    jobs: std::sync::Arc<Queue>,
}

struct Queue {
    jobs: Sender<Box<dyn FnOnce() + Send>>,
    done: Receiver<Box<dyn FnOnce() + Send>>,
}

#[test]
fn channels_are_shared_and_hold_themselves() {
    fn is_shared<T: Send + Sync + 'static>(_: &T) {}
    let (jobs, done) = channel(1);
    let jobs = std::sync::Arc::new(Queue { jobs, done });
    let (reply_to, answers) = channel(1);
    let message = Message { reply_to, jobs };
    is_shared(&message);
    assert!(message.jobs.jobs.try_send(Box::new(|| ())).is_ok());
    let job = message.jobs.done.try_recv();
    assert!(job.is_ok_and(|job| (job(), true).1));
    let sender = message.reply_to.clone();
    assert!(sender.try_send(message).is_ok());
    assert!(answers.try_recv().is_ok());
}
