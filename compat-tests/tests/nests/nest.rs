//! Generated nests: what they are made of, and how they are drawn.

use proptest::{collection::vec, prelude::*};

/// Steps, one after the other.
pub(crate) type Block = Vec<Step>;

/// A program, and what is cancelled from outside while it runs.
#[derive(Clone, Debug)]
pub(crate) struct Nest {
    pub(crate) body: Block,
    /// At how many milliseconds, and the identity of a scope, a group or a child.
    pub(crate) cancels: Vec<(u64, u32)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) id: u32,
    pub(crate) what: What,
}

#[derive(Clone, Debug)]
pub(crate) enum What {
    /// So many milliseconds.
    Sleep(u64),
    /// The block ends with this step's identity as its error.
    Fail,
    Panic,
    Scope(Block),
    /// A scope with a deadline.
    MoveOn(u64, Block),
    Shield(Block),
    Group {
        /// Whether children and body may fail.
        tried: bool,
        children: Vec<Child>,
        body: Block,
    },
    Gather(Vec<Block>),
    Race(Vec<Block>),
}

#[derive(Clone, Debug)]
pub(crate) struct Child {
    pub(crate) id: u32,
    pub(crate) daemon: bool,
    pub(crate) body: Block,
}

/// Nests of up to four levels.
///
/// Times are drawn from a range so wide that two rarely meet: what happens in one instant has no order that a rule
/// names.
pub(crate) fn nests() -> impl Strategy<Value = Nest> {
    let times = || 1..1_000_000_u64;
    let cancels = vec((times(), any::<prop::sample::Index>()), 0..6);
    (blocks(), cancels).prop_map(|(mut body, cancels)| {
        let mut targets = Vec::new();
        number(&mut body, &mut 0, &mut targets);
        let cancels = cancels
            .into_iter()
            .filter(|_| !targets.is_empty())
            .map(|(at, index)| (at, *index.get(&targets)))
            .collect();
        Nest { body, cancels }
    })
}

fn blocks() -> impl Strategy<Value = Block> {
    let plain = prop_oneof![
        12 => (1..1_000_000_u64).prop_map(What::Sleep),
        1 => Just(What::Fail),
        1 => Just(What::Panic),
    ];
    let leaf = vec(plain.clone().prop_map(unnumbered), 1..3);
    leaf.prop_recursive(4, 40, 4, move |block| {
        let child = (any::<prop::sample::Index>(), block.clone()).prop_map(|(kind, body)| Child {
            id: 0,
            daemon: kind.index(4) == 0,
            body,
        });
        let group = (any::<bool>(), vec(child, 0..4), block.clone());
        let what = prop_oneof![
            4 => plain.clone(),
            2 => block.clone().prop_map(What::Scope),
            3 => ((1..1_000_000_u64), block.clone()).prop_map(|(ms, body)| What::MoveOn(ms, body)),
            3 => block.clone().prop_map(What::Shield),
            6 => group.prop_map(|(tried, children, body)| What::Group { tried, children, body }),
            1 => vec(block.clone(), 1..4).prop_map(What::Gather),
            1 => vec(block, 1..4).prop_map(What::Race),
        ];
        vec(what.prop_map(unnumbered), 1..4)
    })
}

fn unnumbered(what: What) -> Step {
    Step { id: 0, what }
}

/// Gives each step and child its identity, and collects those that can be cancelled.
fn number(block: &mut Block, last: &mut u32, targets: &mut Vec<u32>) {
    for step in block {
        *last += 1;
        step.id = *last;
        match &mut step.what {
            What::Sleep(_) | What::Fail | What::Panic => {}
            What::Scope(body) => {
                targets.push(step.id);
                number(body, last, targets);
            }
            What::MoveOn(_, body) | What::Shield(body) => number(body, last, targets),
            What::Group { children, body, .. } => {
                targets.push(step.id);
                for child in children {
                    *last += 1;
                    child.id = *last;
                    targets.push(child.id);
                    number(&mut child.body, last, targets);
                }
                number(body, last, targets);
            }
            What::Gather(branches) | What::Race(branches) => {
                for branch in branches {
                    number(branch, last, targets);
                }
            }
        }
    }
}
