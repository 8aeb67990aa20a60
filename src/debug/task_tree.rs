//! Every task of a run, in the groups that they are in.

use std::{fmt, panic::Location, slice};

use anyrt_core::tree::{Activity, NodeRef};

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
    runtime::with(|_, shared| {
        let mut tree = TaskTree {
            entries: Vec::new(),
        };
        tree.add(shared.root().node().below());
        tree.add(shared.remembered());
        tree
    })
}

impl TaskTree {
    /// All entries, each after the one it is in.
    pub fn iter(&self) -> slice::Iter<'_, TreeEntry> {
        self.entries.iter()
    }

    /// The tasks alone.
    pub fn tasks(&self) -> impl Iterator<Item = &TreeEntry> {
        self.iter().filter(|entry| entry.state != TaskState::Group)
    }

    /// A loop, not a recursion: trees may be deep.
    fn add(&mut self, roots: Vec<NodeRef>) {
        let at = |depth: usize| move |node: NodeRef| (node, depth);
        let mut pending: Vec<_> = roots.into_iter().rev().map(at(0)).collect();
        while let Some((branch, depth)) = pending.pop() {
            let node = branch.node();
            let mut below = depth;
            if let Some(label) = branch.label() {
                below += 1;
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
                });
            }
            pending.extend(node.below().into_iter().rev().map(at(below)));
        }
    }
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
            self.is_held.then_some("held"),
        ];
        for mark in marks.into_iter().flatten() {
            write!(f, ", {mark}")?;
        }
        Ok(())
    }
}
