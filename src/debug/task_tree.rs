//! Every task of a run, in the groups that they are in.

use std::{fmt, panic::Location, slice};

use anyrt_core::{
    Instant, Shared,
    tree::{Activity, Holder, HolderKind, NodeRef},
};

use crate::runtime::{self, NoRuntime};

/// The tasks and groups of a run, each below the one it is in; made by [`task_tree`].
///
/// Printed, it is a line for each, indented by its depth.
#[derive(Clone, Debug)]
pub struct TaskTree {
    entries: Vec<TreeEntry>,
}

/// One task or group.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TreeEntry {
    /// How many tasks and groups are around it.
    pub depth: usize,
    /// The name that it was given.
    pub name: Option<String>,
    /// Where it was spawned or opened.
    pub place: &'static Location<'static>,
    /// What it is, and what it is doing.
    pub state: TaskState,
    /// Whether it, or something around it up to a shield, is cancelled.
    pub is_cancelled: bool,
    /// Whether something in it must finish before a cancel can end it: a shield, a group, a worker thread.
    pub is_held: bool,
    /// What that is, in the task itself: operations inside the groups below it are named there. Also a call that
    /// waits for a token of a limiter, which holds nothing.
    pub holders: Vec<Holder>,
}

/// What a task is doing, and that a group is no task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// A group of tasks.
    Group,
    /// A task that has not been polled yet.
    New,
    /// A task that is being polled at this moment.
    Running,
    /// A task that waits for something, or for its turn.
    Waiting,
}

/// Every task and group of the run around the caller; inside foreign runtimes, of the whole process.
///
/// A snapshot, taken while the others run on: for people, not for decisions.
///
/// ```no_run
/// anyrt::run(async {
///     let tree = anyrt::debug::task_tree().unwrap();
///     assert_eq!(tree.tasks().count(), 1); // this one
///     println!("{tree}");
/// });
/// ```
///
/// # Errors
///
/// When there is no runtime around the caller.
pub fn task_tree() -> Result<TaskTree, NoRuntime> {
    runtime::with(|handle, shared| TaskTree::of(shared, Some(handle.now())))
}

impl TaskTree {
    /// What is in a run that is known; `now` is the time on its clock, unless that stands still.
    pub(crate) fn of(shared: &Shared, now: Option<Instant>) -> Self {
        let mut tree = Self {
            entries: Vec::new(),
        };
        tree.add(shared.root().node().below(), now);
        tree.add(shared.remembered(), now);
        tree
    }

    /// All entries, each after the one it is in.
    pub fn iter(&self) -> slice::Iter<'_, TreeEntry> {
        self.entries.iter()
    }

    /// The tasks alone.
    pub fn tasks(&self) -> impl Iterator<Item = &TreeEntry> {
        self.iter().filter(|entry| entry.state != TaskState::Group)
    }

    /// A loop, not a recursion: trees may be deep.
    fn add(&mut self, roots: Vec<NodeRef>, now: Option<Instant>) {
        // With each node the entry that it is in.
        let at = |depth: usize, inside: Option<usize>| move |node: NodeRef| (node, depth, inside);
        let mut pending: Vec<_> = roots.into_iter().rev().map(at(0, None)).collect();
        while let Some((branch, depth, mut inside)) = pending.pop() {
            let node = branch.node();
            let kids = node.below();
            let mut below = depth;
            // Of a task that has ended, and what it was polling has not, only that is of interest.
            if let Some(label) = branch.label().filter(|_| !node.has_ended()) {
                below += 1;
                inside = Some(self.entries.len());
                self.entries.push(TreeEntry {
                    depth,
                    name: label.name.map(str::to_owned),
                    place: label.place,
                    state: match label.activity {
                        Activity::Group => TaskState::Group,
                        Activity::New => TaskState::New,
                        Activity::Running => TaskState::Running,
                        _ => TaskState::Waiting,
                    },
                    is_cancelled: node.is_cancelled(),
                    is_held: node.is_held(),
                    holders: Vec::new(),
                });
            }
            if let (Some(holder), Some(inside)) = (node.holder(now), inside) {
                if holder.not_polled || !is_listed_below(&holder, &kids) {
                    self.entries[inside].holders.push(holder);
                }
            }
            pending.extend(kids.into_iter().rev().map(at(below, inside)));
        }
    }
}

/// Whether a hold is that of a group which has an entry of its own.
fn is_listed_below(holder: &Holder, kids: &[NodeRef]) -> bool {
    holder.kind == HolderKind::TaskGroup
        && kids.iter().any(|kid| {
            kid.label()
                .is_some_and(|label| label.activity == Activity::Group)
        })
}

impl<'a> IntoIterator for &'a TaskTree {
    type Item = &'a TreeEntry;
    type IntoIter = slice::Iter<'a, TreeEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for TaskTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, entry) in self.entries.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{:indent$}{entry}", "", indent = 2 * entry.depth)?;
        }
        Ok(())
    }
}

impl fmt::Display for TreeEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, made, state) = match self.state {
            TaskState::Group => ("group", "opened", None),
            TaskState::New => ("task", "spawned", Some("new")),
            TaskState::Running => ("task", "spawned", Some("running")),
            TaskState::Waiting => ("task", "spawned", Some("waiting")),
        };
        f.write_str(kind)?;
        if let Some(name) = &self.name {
            write!(f, " `{name}`")?;
        }
        write!(f, " {made} at {}", self.place)?;
        let marks = [
            state,
            self.is_cancelled.then_some("cancelled"),
            (self.is_cancelled && self.is_held && self.holders.is_empty()).then_some("held"),
        ];
        for mark in marks.into_iter().flatten() {
            write!(f, ", {mark}")?;
        }
        for holder in &self.holders {
            match holder.kind {
                HolderKind::Token => write!(f, ", waits for {holder}")?,
                _ => write!(f, ", held by {holder}")?,
            }
        }
        Ok(())
    }
}
