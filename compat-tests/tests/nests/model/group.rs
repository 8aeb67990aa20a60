//! A task group (rules T2 to T6, T9).

use std::task::Poll;

use super::{End, Ended, Runner, World, told};
use crate::nest::{Block, Child};

pub(super) struct Group<'a> {
    tried: bool,
    outer: usize,
    body: Option<Runner<'a>>,
    tasks: Vec<Task<'a>>,
    spawned: bool,
    value: Ended,
    errors: Vec<u32>,
    panicked: bool,
    cut: bool,
}

struct Task<'a> {
    id: u32,
    daemon: bool,
    region: usize,
    body: Option<Runner<'a>>,
}

impl<'a> Group<'a> {
    pub(super) fn new(
        id: u32,
        tried: bool,
        children: &'a [Child],
        body: &'a Block,
        around: usize,
        world: &mut World,
    ) -> Self {
        let outer = world.below(around);
        let above_children = world.below(outer);
        world.targets.insert(id, above_children);
        let tasks = children
            .iter()
            .map(|child| {
                let region = world.below(above_children);
                world.targets.insert(child.id, region);
                Task {
                    id: child.id,
                    daemon: child.daemon,
                    region,
                    body: Some(Runner::new(&child.body, region)),
                }
            })
            .collect();
        let region = world.below(outer);
        Self {
            tried,
            outer,
            body: Some(Runner::new(body, region)),
            tasks,
            spawned: false,
            value: Ok(()),
            errors: Vec::new(),
            panicked: false,
            cut: false,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.body.is_some() || self.tasks.iter().any(|task| task.body.is_some())
    }

    pub(super) fn poll(&mut self, world: &mut World) -> Poll<(String, Ended)> {
        self.poll_body(world);
        // Children are tasks: the one that spawns them is suspended, or has ended, before they get a turn.
        if self.spawned {
            for index in 0..self.tasks.len() {
                self.poll_child(index, world);
            }
        } else {
            self.spawned = true;
            world.steps += 1;
        }
        self.end_daemons(world);
        if self.is_open() {
            return Poll::Pending;
        }
        if self.panicked {
            return Poll::Ready(("caught".to_owned(), Ok(())));
        }
        if !self.errors.is_empty() {
            self.errors.sort_unstable();
            return Poll::Ready((format!("errors {:?}", self.errors), Ok(())));
        }
        if self.cut {
            return Poll::Pending;
        }
        Poll::Ready(told(self.value))
    }

    fn poll_body(&mut self, world: &mut World) {
        let Some(region) = self.body.as_ref().map(|body| body.region) else {
            return;
        };
        match Runner::poll_and_look(&mut self.body, world) {
            Poll::Pending => {}
            Poll::Ready(None) => self.cut |= world.is_cut(region, self.outer),
            // The value of a body that can not fail its group.
            Poll::Ready(Some(ended @ Err(End::Failed(_)))) if !self.tried => self.value = ended,
            Poll::Ready(Some(ended)) => self.take(ended, world),
        }
    }

    fn poll_child(&mut self, index: usize, world: &mut World) {
        let task = &mut self.tasks[index];
        if task.body.is_none() {
            return;
        }
        let (id, daemon, region) = (task.id, task.daemon, task.region);
        let Poll::Ready(ended) = Runner::poll_and_look(&mut task.body, world) else {
            return;
        };
        match ended {
            None => {
                world.note(id, "dropped");
                self.cut |= !daemon && world.is_cut(region, self.outer);
            }
            Some(ended) => {
                world.note(id, told(ended).0);
                if self.tried || !matches!(ended, Err(End::Failed(_))) {
                    self.take(ended, world);
                }
            }
        }
    }

    /// A member has ended; its failure cancels the others.
    fn take(&mut self, ended: Ended, world: &mut World) {
        match ended {
            Ok(()) => return,
            Err(End::Failed(id)) => self.errors.push(id),
            Err(End::Panicked) => self.panicked = true,
        }
        world.cancel(self.outer);
    }

    fn end_daemons(&mut self, world: &mut World) {
        let goes_on = |task: &Task<'_>| task.body.is_some() && !task.daemon;
        if self.body.is_some() || self.tasks.iter().any(goes_on) {
            return;
        }
        for task in self.tasks.iter().filter(|task| task.body.is_some()) {
            world.cancel(task.region);
        }
    }
}
