//! anyrt on sim.
