//! What every public type may be used for: sent, shared, moved after its first poll, kept across a caught panic.
//!
//! It is the same with every set of features: a library that compiles without any must compile with each.

use std::{
    future::{Future, Ready},
    marker::PhantomData,
    panic::{RefUnwindSafe, UnwindSafe},
    pin::Pin,
    rc::Rc,
};

use anyrt::{
    Builder, LaunchBuilder, RunError,
    cancel::{
        CancelRequested, CancelScope, Cancelled, Deadline, FailAfter, Finally, FinallySpawned,
        GraceShield, MoveOnAfter, Reason, Scope, Shield, TimedOut,
    },
    channel::{
        Dropped, OneshotReceiver, OneshotSender, Permit, Receiver, RecvError, RecvItem,
        ReservePlace, SendError, SendItem, Sender, WaitClosed,
    },
    context::{ContextVar, RunVar, Scoped},
    debug::{Counts, Holder, OverdueScope, SlowPoll, TaskTree, UnhandledError},
    runtime::{Handle, NoRuntime},
    sync::{
        Acquire, AcquireError, AcquireFor, AcquireOwnedPermits, AcquirePermits, AlreadyBorrowed,
        Barrier, BarrierWait, Borrower, CapacityLimiter, Condition, ConditionWait, Event,
        EventWait, LimiterStatistics, LockMutex, LockOwnedMutex, Mutex, MutexGuard, NotBorrowed,
        OnceCell, OwnedMutexGuard, OwnedPermits, Permits, ReadGuard, ReadRwLock, ResourceGuard,
        RwLock, Semaphore, Token, WouldBlock, WriteGuard, WriteRwLock,
    },
    task::{
        AsCompleted, Close, Completed, Errors, FirstOk, Gather, GroupStatistics, Join,
        LocalTaskGroup, LocalTaskGroupFuture, LocalTaskGroupUnsend, LocalTaskGroupUnsendFuture,
        LocalTaskHandle, Named, NextCompleted, NoBranches, OwnedTaskGroup, Race, Start, StartError,
        TaskError, TaskGroup, TaskGroupFuture, TaskHandle, TryGather, TryOwnedTaskGroup, TryStart,
        TryTaskGroup, TryTaskGroupFuture,
    },
    thread::{
        Portal, PortalCall, PortalError, PortalGuard, PortalProvider, SharedPortal, Stop,
        ThreadError, ToThread, TryToThread,
    },
    time::{Instant, Interval, MissedTick, Sleep, Tick, YieldNow, ZeroPeriod},
};

/// What a type is without a trait. Where it has the trait, an inherent constant of the same name comes first.
trait Otherwise {
    const HOLDS: bool = false;
}

macro_rules! traits_of {
    ($type:ty) => {{
        let mut found = Vec::new();
        macro_rules! look {
            ($trait:ident) => {{
                struct Look<T>(PhantomData<T>);
                impl<T> Otherwise for Look<T> {}
                #[allow(dead_code)]
                impl<T: $trait> Look<T> {
                    const HOLDS: bool = true;
                }
                if <Look<$type>>::HOLDS {
                    found.push(stringify!($trait));
                }
            }};
        }
        look!(Send);
        look!(Sync);
        look!(Unpin);
        look!(UnwindSafe);
        look!(RefUnwindSafe);
        found.join(" ")
    }};
}

macro_rules! table {
    ($($type:ty: $traits:literal;)*) => {
        [$((stringify!($type), traits_of!($type), $traits)),*]
    };
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;
type Body<H> = fn(H) -> Boxed<()>;
/// A body that borrows nothing and shares with nobody.
type Plain<H> = fn(H) -> Ready<()>;
type Failing = fn(TryTaskGroup<u8>) -> Ready<Result<(), u8>>;
/// A future that stays on its thread.
type Local = Ready<Rc<()>>;

#[test]
fn every_public_type_has_the_traits_that_are_promised() {
    let table = table! {
        Sleep: "Send Sync";
        YieldNow: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Interval: "Send Sync Unpin";
        Tick<'static>: "Send Sync Unpin";
        Scope<Body<CancelScope>>: "Send";
        Scope<Plain<CancelScope>>: "Send Sync";
        Scope<fn(CancelScope) -> Local>: "";
        MoveOnAfter<Ready<()>>: "Send Sync";
        FailAfter<Ready<()>>: "Send Sync";
        FailAfter<Local>: "";
        Shield<Ready<()>>: "Send Sync Unpin";
        Shield<Local>: "Unpin";
        CancelRequested: "Send Sync Unpin";
        TaskGroupFuture<Plain<TaskGroup>>: "Send Sync Unpin";
        TaskGroupFuture<fn(TaskGroup) -> Local>: "Unpin";
        TryTaskGroupFuture<Failing, Ready<Result<(), u8>>, (), u8>: "Send Sync Unpin";
        TaskHandle<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TaskHandle<Rc<()>>: "Unpin UnwindSafe RefUnwindSafe";
        ToThread<()>: "Send Unpin";
        TryToThread<()>: "Send Unpin";
        PortalCall<()>: "Send Sync Unpin";
        Scoped<'static, Ready<()>>: "Send Sync Unpin";
        ContextVar<u8>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RunVar<u8>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Portal: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        PortalGuard: "Send Sync Unpin";
        PortalProvider: "Send Sync Unpin";
        SharedPortal: "Send Sync Unpin";
        PortalError: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Stop: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Acquire: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        AcquireFor: "Send Sync Unpin UnwindSafe RefUnwindSafe";

        CancelScope: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TaskGroup: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TryTaskGroup<u8>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TryTaskGroup<Rc<()>>: "Unpin UnwindSafe RefUnwindSafe";
        CapacityLimiter: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Token: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Borrower: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Handle: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Builder: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        LaunchBuilder<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";

        Instant: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Deadline: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Reason: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        MissedTick: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Counts: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        GroupStatistics: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        LimiterStatistics: "Send Sync Unpin UnwindSafe RefUnwindSafe";

        Cancelled: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TimedOut: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TaskError: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Errors<u8>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RunError: "Send Sync Unpin";
        NoRuntime: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        ThreadError: "Send Sync Unpin";
        ZeroPeriod: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        WouldBlock: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        AcquireError: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        AlreadyBorrowed: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        NotBorrowed: "Send Sync Unpin UnwindSafe RefUnwindSafe";

        GraceShield<Ready<()>>: "Send Sync";
        Finally<Ready<()>, fn() -> Ready<()>, Ready<()>, ()>: "Send Unpin";
        Finally<Local, fn() -> Ready<()>, Ready<()>, Rc<()>>: "Unpin";
        FinallySpawned<Ready<()>, fn() -> Ready<()>, Ready<()>, ()>: "Send Unpin";
        Gather<[Ready<()>; 2]>: "Send Unpin";
        Gather<(Ready<()>, Boxed<()>)>: "Send Unpin";
        Gather<Vec<Local>>: "Unpin";
        TryGather<[Ready<Result<(), u8>>; 2], u8>: "Send Unpin";
        Race<[Ready<()>; 2], ()>: "Send Unpin";
        FirstOk<[Ready<Result<(), u8>>; 2], (), u8>: "Send Unpin";
        AsCompleted<[Ready<()>; 2], (), Plain<Completed<()>>, Ready<()>>: "Send Unpin";
        NextCompleted<'static, ()>: "Send Sync Unpin RefUnwindSafe";
        LocalTaskGroupFuture<'static, ()>: "Send Unpin";
        LocalTaskGroupUnsendFuture<'static, ()>: "Unpin";
        LocalTaskHandle<()>: "Send Sync Unpin";
        Start<fn(anyrt::task::Ready<()>) -> Ready<()>, Ready<()>, ()>: "Send Sync Unpin";
        TryStart<fn(anyrt::task::Ready<()>) -> Ready<Result<(), u8>>, Ready<Result<(), u8>>, (), u8>: "Send Sync Unpin";
        Join<'static, TaskGroup>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Join<'static, TryTaskGroup<u8>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Close<'static, TaskGroup>: "Send Sync Unpin";
        EventWait<'static>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        BarrierWait<'static>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        ConditionWait<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        LockMutex<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        LockOwnedMutex<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        ReadRwLock<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        WriteRwLock<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        AcquirePermits<'static>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        AcquireOwnedPermits: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        SendItem<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RecvItem<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RecvItem<'static, std::cell::Cell<()>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        ReservePlace<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        WaitClosed<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Permit<'static, std::cell::Cell<()>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        OneshotReceiver<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";

        Named<'static, TaskGroup>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        LocalTaskGroup<'static>: "Send Sync Unpin";
        LocalTaskGroupUnsend<'static>: "Unpin";
        OwnedTaskGroup: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        TryOwnedTaskGroup<u8>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Completed<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        anyrt::task::Ready<()>: "Send Sync Unpin";
        Event: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Barrier: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Condition: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Mutex<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Mutex<std::cell::Cell<()>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Mutex<Rc<()>>: "Unpin UnwindSafe RefUnwindSafe";
        MutexGuard<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        OwnedMutexGuard<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RwLock<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RwLock<std::cell::Cell<()>>: "Unpin UnwindSafe RefUnwindSafe";
        ReadGuard<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        WriteGuard<'static, ()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Semaphore: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Permits<'static>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        OwnedPermits: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        OnceCell<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        ResourceGuard: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Sender<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Sender<std::cell::Cell<()>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Sender<Box<dyn FnOnce() + Send>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Receiver<Box<dyn FnOnce() + Send>>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Sender<Rc<()>>: "Unpin UnwindSafe RefUnwindSafe";
        Receiver<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        OneshotSender<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";

        TaskTree: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        SlowPoll<'static>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        UnhandledError: "Send Unpin";
        OverdueScope: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Holder: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        StartError<u8>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        NoBranches: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        Dropped: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        RecvError: "Send Sync Unpin UnwindSafe RefUnwindSafe";
        SendError<()>: "Send Sync Unpin UnwindSafe RefUnwindSafe";
    };
    let mut wrong = String::new();
    for (name, found, promised) in table {
        if found != promised {
            wrong += &format!("        {name}: \"{found}\";\n");
        }
    }
    assert!(wrong.is_empty(), "these have other traits:\n{wrong}");
}
