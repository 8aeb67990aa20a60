//! The same nests, as a program on the facade.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::{Pin, pin},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use anyrt::{
    cancel::CancelScope,
    gather, move_on_after, race, scope, shield, sleep,
    task::{TaskGroup, TryTaskGroup},
    task_group,
    time::Instant,
    try_task_group,
};
use anyrt_sim::{Order, SimRuntime};

use crate::{
    model::Log,
    nest::{Block, Child, Nest, Step, What},
};

type Ended = Result<(), u32>;
type Running<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Runs a nest on the simulator, and tells how its steps ended.
pub(crate) fn run(nest: &Nest, order: Order) -> Log {
    let (body, cancels) = (nest.body.clone(), nest.cancels.clone());
    anyrt::Builder::launch(SimRuntime::new(order))
        .run(async move {
            let program = Arc::new(Program {
                start: Instant::now(),
                log: Mutex::default(),
                targets: Mutex::default(),
            });
            task_group(async |tg: TaskGroup| {
                for (at, target) in cancels {
                    let program = Arc::clone(&program);
                    tg.spawn_daemon(async move {
                        sleep(Duration::from_millis(at)).await;
                        program.cancel(target);
                    });
                }
                let _ = caught(block(Arc::clone(&program), body)).await;
            })
            .await;
            let log = program.log.lock().unwrap();
            log.clone()
        })
        .unwrap()
}

struct Program {
    start: Instant,
    log: Mutex<Log>,
    targets: Mutex<HashMap<u32, Target>>,
}

type Target = Box<dyn Fn() + Send>;

impl Program {
    fn note(&self, id: u32, what: String) {
        let at = Instant::now().duration_since(self.start).as_millis();
        let at = u64::try_from(at).unwrap();
        let known = self.log.lock().unwrap().insert(id, (what, at));
        if let Some(known) = known {
            // Not in a destructor that runs while something unwinds.
            self.log.lock().unwrap().insert(u32::MAX - id, known);
        }
    }

    fn cancel(&self, target: u32) {
        if let Some(cancel) = self.targets.lock().unwrap().get(&target) {
            cancel();
        }
    }

    fn can_cancel(&self, target: u32, cancel: impl Fn() + Send + 'static) {
        let mut targets = self.targets.lock().unwrap();
        targets.insert(target, Box::new(cancel));
    }
}

/// Notes how a step or a child ended, also where it is dropped or unwinds.
struct Noted {
    program: Arc<Program>,
    id: u32,
    said: Option<String>,
}

impl Drop for Noted {
    fn drop(&mut self) {
        let said = match self.said.take() {
            Some(said) => said,
            None if thread::panicking() => "panicked".to_owned(),
            None => "dropped".to_owned(),
        };
        self.program.note(self.id, said);
    }
}

fn told(ended: &Ended) -> String {
    match ended {
        Ok(()) => "done",
        Err(_) => "failed",
    }
    .to_owned()
}

fn block(program: Arc<Program>, steps: Block) -> Running<Ended> {
    Box::pin(async move {
        for step in steps {
            perform(&program, step).await?;
        }
        Ok(())
    })
}

async fn perform(program: &Arc<Program>, step: Step) -> Ended {
    let mut noted = Noted {
        program: Arc::clone(program),
        id: step.id,
        said: None,
    };
    let inside = |body| block(Arc::clone(program), body);
    let (said, ended) = match step.what {
        What::Sleep(ms) => {
            sleep(Duration::from_millis(ms)).await;
            (None, Ok(()))
        }
        What::Fail => (None, Err(step.id)),
        // Without the hook, which would print each.
        What::Panic => resume_unwind(Box::new("planned")),
        What::Scope(body) => {
            let outcome = scope(async |handle: CancelScope| {
                program.can_cancel(step.id, move || handle.cancel());
                inside(body).await
            });
            or_cancelled(outcome.await.ok())
        }
        What::MoveOn(ms, body) => {
            or_cancelled(move_on_after(Duration::from_millis(ms), inside(body)).await)
        }
        What::Shield(body) => (None, shield(inside(body)).await),
        What::Group {
            tried,
            children,
            body,
        } => {
            let group: Running<_> = if tried {
                let group = try_group(Arc::clone(program), step.id, children, inside(body));
                Box::pin(group)
            } else {
                let group = group(Arc::clone(program), step.id, children, inside(body));
                Box::pin(group)
            };
            caught(group)
                .await
                .unwrap_or_else(|()| (Some("caught".to_owned()), Ok(())))
        }
        What::Gather(branches) => {
            let branches: Vec<_> = branches.into_iter().map(inside).collect();
            let ended: Vec<Ended> = gather(branches).await;
            (None, ended.into_iter().collect())
        }
        What::Race(branches) => {
            let branches: Vec<_> = branches.into_iter().map(inside).collect();
            (None, race(branches).await.expect("a race has branches"))
        }
    };
    noted.said = Some(said.unwrap_or_else(|| told(&ended)));
    ended
}

fn or_cancelled(ended: Option<Ended>) -> (Option<String>, Ended) {
    match ended {
        Some(ended) => (None, ended),
        None => (Some("cancelled".to_owned()), Ok(())),
    }
}

async fn group(
    program: Arc<Program>,
    id: u32,
    children: Vec<Child>,
    body: Running<Ended>,
) -> (Option<String>, Ended) {
    let ended = task_group(async move |tg: TaskGroup| {
        let handle = tg.clone();
        program.can_cancel(id, move || handle.cancel());
        for child in children {
            let (id, daemon) = (child.id, child.daemon);
            let work = member(Arc::clone(&program), child);
            let work = async {
                let _ = work.await;
            };
            let handle = if daemon {
                tg.spawn_daemon(work)
            } else {
                tg.spawn(work)
            };
            program.can_cancel(id, move || handle.cancel());
        }
        body.await
    })
    .await;
    (None, ended)
}

async fn try_group(
    program: Arc<Program>,
    id: u32,
    children: Vec<Child>,
    body: Running<Ended>,
) -> (Option<String>, Ended) {
    let outcome = try_task_group(async move |tg: TryTaskGroup<u32>| {
        let handle = tg.clone();
        program.can_cancel(id, move || handle.cancel());
        for child in children {
            let (id, daemon) = (child.id, child.daemon);
            let work = member(Arc::clone(&program), child);
            let handle = if daemon {
                tg.spawn_daemon(work)
            } else {
                tg.spawn(work)
            };
            program.can_cancel(id, move || handle.cancel());
        }
        body.await
    })
    .await;
    match outcome {
        Ok(()) => (None, Ok(())),
        Err(errors) => {
            let mut errors: Vec<u32> = errors.into_iter().collect();
            errors.sort_unstable();
            (Some(format!("errors {errors:?}")), Ok(()))
        }
    }
}

async fn member(program: Arc<Program>, child: Child) -> Ended {
    let mut noted = Noted {
        program: Arc::clone(&program),
        id: child.id,
        said: None,
    };
    let ended = block(program, child.body).await;
    noted.said = Some(told(&ended));
    ended
}

/// The value, or an error where the future panics.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, ()> {
    let mut future = pin!(future);
    poll_fn(
        |cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(Ok),
            Err(_payload) => std::task::Poll::Ready(Err(())),
        },
    )
    .await
}
