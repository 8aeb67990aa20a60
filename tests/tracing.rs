//! What the crate `tracing` hears of a run (rule T16), on every backend.

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt::{Debug, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use anyrt::{Builder, scope, task::TryTaskGroup, time::sleep_forever, try_task_group, yield_now};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    info, info_span,
    span::{Attributes, Id, Record},
    subscriber,
};

/// What was heard of a span.
#[derive(Clone, Debug, Default)]
struct Heard {
    fields: String,
    parent: Option<u64>,
    entered: usize,
    events: Vec<(Level, String)>,
    closed: bool,
}

/// Spans by their identity; events outside of all are kept under 0.
static HEARD: Mutex<Option<HashMap<u64, Heard>>> = Mutex::new(None);
static NEXT: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static CURRENT: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
}

fn heard() -> MutexGuard<'static, Option<HashMap<u64, Heard>>> {
    HEARD.lock().unwrap_or_else(PoisonError::into_inner)
}

fn change(id: u64, change: impl FnOnce(&mut Heard)) {
    change(heard().get_or_insert_default().entry(id).or_default());
}

fn current() -> Option<u64> {
    CURRENT.with_borrow(|stack| stack.last().copied())
}

/// The one span with this field, as it is now.
fn span(field: &str) -> (u64, Heard) {
    let heard = heard();
    let mut found = heard
        .iter()
        .flatten()
        .filter(|(_, span)| span.fields.contains(field));
    let (id, span) = found
        .next()
        .unwrap_or_else(|| panic!("no span has {field}: {heard:?}"));
    assert!(found.next().is_none(), "two spans have {field}");
    (*id, span.clone())
}

struct Fields(String);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, "{field}={value:?};").unwrap();
    }
}

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        ["anyrt", "test"].contains(&metadata.target())
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let id = NEXT.fetch_add(1, Relaxed);
        let mut fields = Fields(format!("{};", span.metadata().name()));
        span.record(&mut fields);
        let parent = current().filter(|_| span.is_contextual());
        change(id, |heard| {
            heard.fields = fields.0;
            heard.parent = parent;
        });
        Id::from_u64(id)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields(String::new());
        event.record(&mut fields);
        change(current().unwrap_or(0), |heard| {
            heard.events.push((*event.metadata().level(), fields.0));
        });
    }

    fn enter(&self, id: &Id) {
        CURRENT.with_borrow_mut(|stack| stack.push(id.into_u64()));
        change(id.into_u64(), |heard| heard.entered += 1);
    }

    fn exit(&self, id: &Id) {
        let left = CURRENT.with_borrow_mut(Vec::pop);
        assert_eq!(left, Some(id.into_u64()));
    }

    fn try_close(&self, id: Id) -> bool {
        change(id.into_u64(), |heard| heard.closed = true);
        true
    }
}

fn backends() -> impl Iterator<Item = &'static str> {
    let all = [
        ("tokio", cfg!(feature = "tokio")),
        ("smol", cfg!(feature = "smol")),
        ("async-std", cfg!(feature = "async-std")),
        ("sim", cfg!(feature = "sim")),
    ];
    all.into_iter()
        .filter_map(|(name, is_on)| is_on.then_some(name))
}

fn told(level: Level, text: &str) -> (Level, String) {
    (level, text.to_owned())
}

/// Says so in the current span when it is dropped.
struct SaysGoodbye;

impl Drop for SaysGoodbye {
    fn drop(&mut self) {
        info!(target: "test", "dropped");
    }
}

async fn body() {
    let outcome = try_task_group(async |tg: TryTaskGroup<&str>| {
        info_span!(target: "test", "request").in_scope(|| {
            tg.named("failing").spawn(async {
                info!(target: "test", "at work");
                yield_now().await;
                Err("error")
            });
        });
        tg.named("service").spawn_daemon(async {
            let _goodbye = SaysGoodbye;
            sleep_forever().await;
            Ok(())
        });
        sleep_forever().await;
        Ok(())
    })
    .await;
    assert!(outcome.is_err());

    let (request, _) = span("request");
    let (_, failing) = span("name=\"failing\"");
    assert_eq!(failing.parent, Some(request));
    assert!(failing.fields.contains("tests/tracing.rs:"), "{failing:?}");
    assert!(failing.fields.contains("kind=\"task\""), "{failing:?}");
    assert!(failing.entered >= 2, "{failing:?}");
    assert!(failing.closed, "{failing:?}");
    let expected = [
        told(Level::INFO, "message=at work;"),
        told(Level::WARN, "message=the task failed;"),
    ];
    assert_eq!(failing.events[..2], expected);

    let (main, _) = span("name=\"main\"");
    let (_, service) = span("name=\"service\"");
    assert_eq!(service.parent, Some(main));
    assert!(service.fields.contains("kind=\"daemon\""), "{service:?}");
    assert_eq!(service.events, [told(Level::INFO, "message=dropped;")]);
    assert!(service.closed, "{service:?}");

    let cancelled = scope(async |s| {
        s.cancel();
        s.cancel();
        sleep_forever().await;
    })
    .await;
    assert!(cancelled.is_err());
    let (_, main) = span("name=\"main\"");
    let cancels = main
        .events
        .iter()
        .filter(|(level, text)| *level == Level::DEBUG && text.contains("what=\"scope\""))
        .map(|(_, text)| text.as_str())
        .collect::<Vec<_>>();
    assert_eq!(
        cancels,
        ["message=cancelled;what=\"scope\";reason=cancelled explicitly;"]
    );

    let closed = try_task_group(async |tg: TryTaskGroup<&str>| Ok(tg)).await;
    let refused = closed.unwrap().named("late").spawn(async { Ok(()) });
    assert!(refused.was_refused());
    let (_, main) = span("name=\"main\"");
    let refusals = main
        .events
        .iter()
        .filter(|(level, text)| *level == Level::WARN && text.contains("name=\"late\""));
    assert_eq!(refusals.count(), 1);

    try_task_group(async |tg: TryTaskGroup<&str>| {
        tg.named("panicking").spawn(async { panic!("on purpose") });
        Ok(())
    })
    .await
    .unwrap();
}

#[test]
fn spans_and_events_of_a_run() {
    subscriber::set_global_default(Listener).unwrap();
    for backend in backends() {
        *heard() = None;
        let ended = catch_unwind(AssertUnwindSafe(|| {
            Builder::new().backend(backend).run(body())
        }));
        let panic = ended.expect_err("the child's panic resumes in main");
        assert_eq!(panic.downcast_ref(), Some(&"on purpose"), "{backend}");
        let (_, panicking) = span("name=\"panicking\"");
        assert_eq!(
            panicking.events[0],
            told(Level::ERROR, "message=the task panicked;"),
            "{backend}"
        );
        assert!(panicking.closed, "{backend}");
        let (_, main) = span("name=\"main\"");
        assert!(main.closed, "{backend}");
    }
}

/// On one thread, so that the subscriber of this thread hears everything.
#[cfg(feature = "sim")]
mod broken {
    use std::sync::Mutex;

    use anyrt::{
        Builder, debug::on_unhandled_error, task::TryTaskGroup, time::sleep_forever,
        try_task_group, yield_now,
    };
    use tracing::{
        Event, Metadata, Subscriber,
        span::{Attributes, Id, Record},
        subscriber,
    };

    /// Panics at each call for a span or an event of ours, of the kinds that are asked for.
    struct Broken(&'static [&'static str]);

    impl Broken {
        fn at(&self, call: &'static str) {
            if self.0.contains(&call) {
                std::panic::panic_any(call);
            }
        }
    }

    impl Subscriber for Broken {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "anyrt"
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            self.at("new");
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}

        fn record_follows_from(&self, _: &Id, _: &Id) {}

        fn event(&self, _: &Event<'_>) {
            self.at("event");
        }

        fn enter(&self, _: &Id) {
            self.at("enter");
        }

        fn exit(&self, _: &Id) {
            self.at("exit");
        }

        fn try_close(&self, _: Id) -> bool {
            self.at("close");
            true
        }
    }

    /// What the unhandled-error hook has heard of subscribers.
    static LOST: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

    #[test]
    fn a_subscriber_that_panics_keeps_no_group_from_ending() {
        on_unhandled_error(|lost| {
            assert!(lost.to_string().contains("`tracing` subscriber"), "{lost}");
            let call = lost.error.downcast_ref::<&str>();
            LOST.lock().unwrap().push(call.expect("a call's name"));
        });
        for calls in [
            &["new"][..],
            &["enter"],
            &["exit"],
            &["close"],
            &["event"],
            &["exit", "close", "event"],
        ] {
            let ended = subscriber::with_default(Broken(calls), || {
                Builder::new().backend("sim").run(async {
                    try_task_group(async |tg: TryTaskGroup<&str>| {
                        let value = tg.spawn_value(async {
                            yield_now().await;
                            Ok(7)
                        });
                        assert_eq!(value.await, Ok(7));
                        tg.spawn(async { Err("error") });
                        sleep_forever().await;
                        Ok(())
                    })
                    .await
                    .map_err(|errors| errors.into_first())
                })
            });
            assert_eq!(
                ended.expect("the run ends"),
                Err::<(), _>("error"),
                "{calls:?}"
            );
            let heard = std::mem::take(&mut *LOST.lock().unwrap());
            for call in calls {
                assert!(heard.contains(call), "{call} of {calls:?}: {heard:?}");
            }
        }
    }
}
