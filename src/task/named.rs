//! Children with names.

use std::future::Future;

use anyrt_core::tree::Kind;

use super::{
    child,
    group::{TaskGroup, TryTaskGroup},
    handle::TaskHandle,
    infallible::Always,
    label::Identity,
    start::{Start, TryStart},
    start_cell::Ready,
};

/// A group that gives its next child a name; made by [`TaskGroup::named`] and [`TryTaskGroup::named`].
#[derive(Debug)]
#[must_use = "a name does nothing until a child is spawned"]
pub struct Named<'a, G> {
    group: &'a G,
    identity: Identity,
}

impl<'a, G> Named<'a, G> {
    pub(super) fn new(group: &'a G, identity: Identity) -> Self {
        Self { group, identity }
    }
}

impl Named<'_, TaskGroup> {
    /// See [`TaskGroup::spawn`].
    pub fn spawn<Fut>(self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.spawn_value(child)
    }

    /// See [`TaskGroup::spawn_value`].
    pub fn spawn_value<V, Fut>(self, child: Fut) -> TaskHandle<V>
    where
        V: Send + 'static,
        Fut: Future<Output = V> + Send + 'static,
    {
        child::spawn(
            &self.group.members,
            Kind::Task,
            self.identity,
            Always::new(child),
        )
    }

    /// See [`TaskGroup::spawn_daemon`].
    pub fn spawn_daemon<Fut>(self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        child::spawn(
            &self.group.members,
            Kind::Daemon,
            self.identity,
            Always::new(child),
        )
    }

    /// See [`TaskGroup::start`]: rule, cancel safety and panics are the same.
    pub fn start<V, F, Fut>(self, child: F) -> Start<F, Fut, V>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Start::new(&self.group.members, Kind::Task, self.identity, child)
    }

    /// See [`TaskGroup::start_daemon`]: rules, cancel safety and panics are the same.
    pub fn start_daemon<V, F, Fut>(self, child: F) -> Start<F, Fut, V>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        Start::new(&self.group.members, Kind::Daemon, self.identity, child)
    }
}

impl<E: Send + 'static> Named<'_, TryTaskGroup<E>> {
    /// See [`TryTaskGroup::spawn`].
    pub fn spawn<Fut>(self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        self.spawn_value(child)
    }

    /// See [`TryTaskGroup::spawn_value`].
    pub fn spawn_value<V, Fut>(self, child: Fut) -> TaskHandle<V>
    where
        V: Send + 'static,
        Fut: Future<Output = Result<V, E>> + Send + 'static,
    {
        child::spawn(&self.group.members, Kind::Task, self.identity, child)
    }

    /// See [`TryTaskGroup::spawn_daemon`].
    pub fn spawn_daemon<Fut>(self, child: Fut) -> TaskHandle<()>
    where
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        child::spawn(&self.group.members, Kind::Daemon, self.identity, child)
    }

    /// See [`TryTaskGroup::start`]: rule, cancel safety and panics are the same.
    pub fn start<V, F, Fut>(self, child: F) -> TryStart<F, Fut, V, E>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        TryStart::new(&self.group.members, Kind::Task, self.identity, child)
    }

    /// See [`TryTaskGroup::start_daemon`]: rules, cancel safety and panics are the same.
    pub fn start_daemon<V, F, Fut>(self, child: F) -> TryStart<F, Fut, V, E>
    where
        V: Send + 'static,
        F: FnOnce(Ready<V>) -> Fut,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
    {
        TryStart::new(&self.group.members, Kind::Daemon, self.identity, child)
    }
}
