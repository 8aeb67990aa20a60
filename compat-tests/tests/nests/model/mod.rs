//! The rules of groups, scopes and shields as a naive machine: it shares no code with the facade.
//!
//! There are no wakers, flags or counts. Everything that is pending is polled again and again; whether a place is cancelled is found
//! by walking up, whether something holds by walking down, and when nothing goes on any more the clock jumps to the
//! next thing that happens. Rules C1, C2, C5, C6, T2 to T6, T9, T12.

mod group;
mod together;

use std::{
    collections::{BTreeMap, HashMap},
    task::Poll,
};

use group::Group;
use together::{Branch, Together};

use crate::nest::{Block, Nest, Step, What};

/// How each step and child ended, and when, in milliseconds.
pub(crate) type Log = BTreeMap<u32, (String, u64)>;

/// What the model says of a nest; `None` if two things happen in one instant, in which no rule orders them.
pub(crate) fn run(nest: &Nest) -> Option<Log> {
    let mut world = World::default();
    let root = world.region(None, false);
    for (at, target) in &nest.cancels {
        world.at(*at, Event::Cancel(*target));
    }
    let mut body = Runner::new(&nest.body, root);
    loop {
        let before = world.steps;
        if body.poll(&mut world).is_ready() {
            break;
        }
        if world.steps == before {
            world.next();
        }
    }
    (!world.tied).then_some(world.log)
}

/// Why a block ended before its last step.
#[derive(Clone, Copy)]
enum End {
    Failed(u32),
    Panicked,
}

type Ended = Result<(), End>;

#[derive(Default)]
struct World {
    now: u64,
    regions: Vec<Region>,
    events: BTreeMap<u64, Event>,
    targets: HashMap<u32, usize>,
    /// How much has happened: cancels, ends, and drops.
    steps: usize,
    tied: bool,
    log: Log,
}

struct Region {
    parent: Option<usize>,
    shield: bool,
    /// At which step it was cancelled itself.
    cancelled: Option<usize>,
}

enum Event {
    /// A sleep ends.
    Wake,
    /// The deadline of a region.
    Deadline(usize),
    /// A cancel from outside.
    Cancel(u32),
}

impl World {
    fn region(&mut self, parent: Option<usize>, shield: bool) -> usize {
        self.regions.push(Region {
            parent,
            shield,
            cancelled: None,
        });
        self.regions.len() - 1
    }

    fn below(&mut self, parent: usize) -> usize {
        self.region(Some(parent), false)
    }

    fn at(&mut self, at: u64, event: Event) {
        self.tied |= self.events.insert(at, event).is_some();
    }

    /// The clock jumps to the next event.
    fn next(&mut self) {
        let (at, event) = self.events.pop_first().expect("a nest never hangs");
        self.now = at;
        match event {
            Event::Wake => {}
            Event::Deadline(region) => self.cancel(region),
            Event::Cancel(target) => {
                if let Some(region) = self.targets.get(&target) {
                    self.cancel(*region);
                }
            }
        }
    }

    fn cancel(&mut self, region: usize) {
        if self.regions[region].cancelled.is_none() {
            self.steps += 1;
            self.regions[region].cancelled = Some(self.steps);
        }
    }

    /// The first cancel that reached a place, from the regions above `from` and itself, up to the next shield.
    fn first_cancel(&self, from: Option<usize>) -> Option<usize> {
        let mut first: Option<usize> = None;
        let mut current = from;
        while let Some(index) = current {
            let region = &self.regions[index];
            first = [first, region.cancelled].into_iter().flatten().min();
            current = if region.shield { None } else { region.parent };
        }
        first
    }

    fn is_cancelled(&self, region: usize) -> bool {
        self.first_cancel(Some(region)).is_some()
    }

    fn inherits(&self, region: usize) -> bool {
        let Region { parent, shield, .. } = self.regions[region];
        !shield && self.first_cancel(parent).is_some()
    }

    /// Whether the first cancel that reached `place`, which is dropped unfinished, came from further out than `outer`.
    fn is_cut(&self, place: usize, outer: usize) -> bool {
        let outside = self.first_cancel(self.regions[outer].parent);
        outside.is_some() && outside == self.first_cancel(Some(place))
    }

    fn note(&mut self, id: u32, what: impl Into<String>) {
        self.steps += 1;
        let known = self.log.insert(id, (what.into(), self.now));
        assert!(known.is_none(), "{id} ends once");
    }
}

/// A block that runs in a region.
struct Runner<'a> {
    left: std::slice::Iter<'a, Step>,
    current: Option<(u32, Box<State<'a>>)>,
    region: usize,
}

impl<'a> Runner<'a> {
    fn new(block: &'a Block, region: usize) -> Self {
        Self {
            left: block.iter(),
            current: None,
            region,
        }
    }

    fn poll(&mut self, world: &mut World) -> Poll<Ended> {
        loop {
            let (id, mut state) = match self.current.take() {
                Some(current) => current,
                None => match self.left.next() {
                    Some(step) => (step.id, Box::new(State::new(step, self.region, world))),
                    None => return Poll::Ready(Ok(())),
                },
            };
            let Poll::Ready((said, ended)) = state.poll(world) else {
                self.current = Some((id, state));
                return Poll::Pending;
            };
            world.note(id, said);
            if ended.is_err() {
                return Poll::Ready(ended);
            }
        }
    }

    /// Polls a body, which is dropped where it is pending, cancelled, and held by nothing.
    fn poll_and_look(this: &mut Option<Self>, world: &mut World) -> Poll<Option<Ended>> {
        let Some(runner) = this else {
            return Poll::Ready(None);
        };
        match runner.poll(world) {
            Poll::Ready(ended) => {
                world.steps += 1;
                *this = None;
                Poll::Ready(Some(ended))
            }
            Poll::Pending if world.is_cancelled(runner.region) && !runner.holds() => {
                world.steps += 1;
                runner.drop_at(world);
                *this = None;
                Poll::Ready(None)
            }
            Poll::Pending => Poll::Pending,
        }
    }

    fn holds(&self) -> bool {
        self.current
            .as_ref()
            .is_some_and(|(_, state)| state.holds())
    }

    fn drop_at(&mut self, world: &mut World) {
        if let Some((id, mut state)) = self.current.take() {
            state.drop_at(world);
            world.note(id, "dropped");
        }
    }
}

/// A step that is under way.
enum State<'a> {
    Sleep(u64),
    Ends(End),
    /// A scope; without a body once it waits for the cancelled one around it.
    Scope(usize, Option<Runner<'a>>),
    Shield(Runner<'a>),
    Group(Group<'a>),
    Together(Together<'a>),
}

impl<'a> State<'a> {
    fn new(step: &'a Step, around: usize, world: &mut World) -> Self {
        match &step.what {
            What::Sleep(ms) => {
                let at = world.now + ms;
                world.at(at, Event::Wake);
                Self::Sleep(at)
            }
            What::Fail => Self::Ends(End::Failed(step.id)),
            What::Panic => Self::Ends(End::Panicked),
            What::Scope(body) => {
                let region = world.below(around);
                world.targets.insert(step.id, region);
                Self::Scope(region, Some(Runner::new(body, region)))
            }
            What::MoveOn(ms, body) => {
                let region = world.below(around);
                world.at(world.now + ms, Event::Deadline(region));
                Self::Scope(region, Some(Runner::new(body, region)))
            }
            What::Shield(body) => {
                let region = world.region(Some(around), true);
                Self::Shield(Runner::new(body, region))
            }
            What::Group {
                tried,
                children,
                body,
            } => Self::Group(Group::new(step.id, *tried, children, body, around, world)),
            What::Gather(branches) => Self::Together(Together::new(false, branches, around, world)),
            What::Race(branches) => Self::Together(Together::new(true, branches, around, world)),
        }
    }

    /// What is logged of the end, and what becomes of the block.
    fn poll(&mut self, world: &mut World) -> Poll<(String, Ended)> {
        match self {
            Self::Sleep(at) if world.now < *at => Poll::Pending,
            Self::Sleep(_) => Poll::Ready(told(Ok(()))),
            Self::Ends(end) => Poll::Ready(told(Err(*end))),
            Self::Scope(region, body) => match Runner::poll_and_look(body, world) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(Some(ended)) => Poll::Ready(told(ended)),
                Poll::Ready(None) if world.inherits(*region) => Poll::Pending,
                Poll::Ready(None) => Poll::Ready(("cancelled".to_owned(), Ok(()))),
            },
            Self::Shield(body) => body.poll(world).map(told),
            Self::Group(group) => group.poll(world),
            Self::Together(together) => together.poll(world),
        }
    }

    fn holds(&self) -> bool {
        match self {
            Self::Sleep(_) | Self::Ends(_) => false,
            Self::Scope(_, body) => body.as_ref().is_some_and(Runner::holds),
            Self::Shield(_) => true,
            Self::Group(group) => group.is_open(),
            Self::Together(together) => together.branches.iter().any(Branch::holds),
        }
    }

    fn drop_at(&mut self, world: &mut World) {
        match self {
            Self::Sleep(_) | Self::Ends(_) => {}
            Self::Scope(_, body) => body.iter_mut().for_each(|body| body.drop_at(world)),
            Self::Shield(body) => body.drop_at(world),
            Self::Group(group) => assert!(!group.is_open(), "an open group holds"),
            Self::Together(together) => {
                for branch in &mut together.branches {
                    branch.drop_at(world);
                }
            }
        }
    }
}

fn told(ended: Ended) -> (String, Ended) {
    let said = match ended {
        Ok(()) => "done",
        Err(End::Failed(_)) => "failed",
        Err(End::Panicked) => "panicked",
    };
    (said.to_owned(), ended)
}
