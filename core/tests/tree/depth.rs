//! Trees as deep as memory allows, on a stack as small as the system allows.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use anyrt_core::{
    Instant,
    tree::{self, Branch, Deadline, Kind, Node, NodeRef, Reason, effective_deadline},
};

use crate::{look, must_drop, under};

const DEPTH: usize = 100_000;

/// A node that counts how many of its like are alive.
struct Counted {
    node: Node,
    alive: Arc<AtomicUsize>,
}

impl Branch for Counted {
    fn node(&self) -> &Node {
        &self.node
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.alive.fetch_sub(1, SeqCst);
    }
}

/// Runs `test` with a chain of nodes, the root first, where a recursion over it would overflow.
fn with_chain(test: fn(Vec<NodeRef>, &AtomicUsize)) {
    let body = move || {
        let alive = Arc::new(AtomicUsize::new(0));
        let mut chain: Vec<NodeRef> = Vec::with_capacity(DEPTH);
        for _ in 0..DEPTH {
            alive.fetch_add(1, SeqCst);
            let node: NodeRef = Arc::new(Counted {
                node: Node::new(Kind::Scope, Deadline::Never),
                alive: Arc::clone(&alive),
            });
            if let Some(parent) = chain.last() {
                under(parent, node.clone());
            }
            chain.push(node);
        }
        test(chain, &alive);
        assert_eq!(alive.load(SeqCst), 0, "every node was freed");
    };
    thread::Builder::new()
        .stack_size(64 * 1024)
        .spawn(body)
        .expect("a thread")
        .join()
        .expect("the test passes");
}

#[test]
fn a_cancel_walks_down_a_deep_chain() {
    with_chain(|chain, _| {
        tree::cancel(&chain[0], Reason::Explicit);
        assert!(must_drop(&chain[DEPTH - 1]));
        chain.iter().for_each(tree::detach);
    });
}

#[test]
fn holds_and_deadlines_walk_up_a_deep_chain() {
    with_chain(|chain, _| {
        let leaf = &chain[DEPTH - 1];
        tree::hold(leaf);
        assert!(look(&chain[0]).held);
        tree::release(leaf);
        assert!(!look(&chain[0]).held);
        assert_eq!(
            effective_deadline(leaf, Instant::now),
            Some(Deadline::Never)
        );
        chain.iter().for_each(tree::detach);
    });
}

#[test]
fn a_deep_chain_ends_from_the_root() {
    with_chain(|chain, alive| {
        for node in chain {
            tree::detach(&node);
        }
        assert_eq!(alive.load(SeqCst), 0);
    });
}

#[test]
fn a_deep_chain_ends_from_the_leaf() {
    with_chain(|mut chain, alive| {
        while let Some(node) = chain.pop() {
            tree::detach(&node);
        }
        assert_eq!(alive.load(SeqCst), 0);
    });
}

/// Nothing but the tree itself refers to the nodes between: the last reference to each goes inside
/// `detach`.
#[test]
fn a_deep_chain_that_only_the_tree_holds_ends_too() {
    with_chain(|mut chain, alive| {
        tree::hold(&chain[DEPTH - 1]);
        let order: Vec<_> = chain.iter().map(Arc::downgrade).collect();
        chain.drain(..DEPTH - 1);
        for node in order {
            let Some(node) = node.upgrade() else { continue };
            tree::detach(&node);
        }
        assert_eq!(alive.load(SeqCst), 1, "the leaf");
        tree::release(&chain[0]);
    });
}
