//! Tuples of branches, kept in place.

use std::{future::Future, pin::Pin};

use pin_project_lite::pin_project;

use super::branches::{Branches, SameBranches, TryBranches, sealed::Sealed};
use crate::task::branches::{AnySlot, Slot, Slots};

macro_rules! tuple {
    ($name:ident $count:literal: $($future:ident $value:ident $field:ident $index:literal),+) => {
        pin_project! {
            /// The branches of a tuple.
            pub struct $name<$($future,)+>
            where
                $($future: Future,)+
            {
                $(
                    #[pin]
                    $field: Slot<$future>,
                )+
            }
        }

        impl<$($future: Future),+> std::fmt::Debug for $name<$($future),+> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl<$($future: Future),+> Slots for $name<$($future),+> {
            fn count(&self) -> usize {
                $count
            }

            fn slot(self: Pin<&mut Self>, index: usize) -> Pin<&mut dyn AnySlot> {
                let this = self.project();
                match index {
                    $($index => this.$field,)+
                    _ => unreachable!("a tuple has as many branches as it counts"),
                }
            }
        }

        impl<$($future: Future),+> Sealed for ($($future,)+) {}

        impl<$($future: Future),+> Branches for ($($future,)+) {
            type Output = ($($future::Output,)+);
            type Slots = $name<$($future),+>;

            fn into_slots(self) -> Self::Slots {
                let ($($field,)+) = self;
                $name { $($field: Slot::new(Some($field)),)+ }
            }

            fn take_all(slots: Pin<&mut Self::Slots>) -> Option<Self::Output> {
                let this = slots.project();
                Some(($(this.$field.take()?,)+))
            }
        }

        impl<Error, $($value,)+ $($future,)+> TryBranches for ($($future,)+)
        where
            $($future: Future<Output = Result<$value, Error>>,)+
        {
            type Values = ($($value,)+);
            type Error = Error;

            fn take_error(slots: Pin<&mut Self::Slots>, index: usize) -> Option<Error> {
                let this = slots.project();
                match index {
                    $($index => match this.$field.value() {
                        Some(Err(_)) => this.$field.take()?.err(),
                        _ => None,
                    },)+
                    _ => None,
                }
            }

            fn take_values(slots: Pin<&mut Self::Slots>) -> Option<Self::Values> {
                let this = slots.project();
                Some(($(this.$field.take()?.ok()?,)+))
            }
        }

        impl<Value, $($future,)+> SameBranches for ($($future,)+)
        where
            $($future: Future<Output = Value>,)+
        {
            type Value = Value;
            type UnlessNone<T> = T;

            fn take(slots: Pin<&mut Self::Slots>, index: usize) -> Option<Value> {
                let this = slots.project();
                match index {
                    $($index => this.$field.take(),)+
                    _ => None,
                }
            }

            fn unless_none<T>(outcome: Option<T>) -> T {
                outcome.expect("a tuple has a branch")
            }
        }
    };
}

tuple!(One 1: A AV a 0);
tuple!(Two 2: A AV a 0, B BV b 1);
tuple!(Three 3: A AV a 0, B BV b 1, C CV c 2);
tuple!(Four 4: A AV a 0, B BV b 1, C CV c 2, D DV d 3);
tuple!(Five 5: A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4);
tuple!(Six 6: A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5);
tuple!(Seven 7: A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5, G GV g 6);
tuple!(Eight 8: A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5, G GV g 6, H HV h 7);
tuple!(Nine 9:
    A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5, G GV g 6, H HV h 7, I IV i 8
);
tuple!(Ten 10:
    A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5, G GV g 6, H HV h 7, I IV i 8,
    J JV j 9
);
tuple!(Eleven 11:
    A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5, G GV g 6, H HV h 7, I IV i 8,
    J JV j 9, K KV k 10
);
tuple!(Twelve 12:
    A AV a 0, B BV b 1, C CV c 2, D DV d 3, E EV e 4, F FV f 5, G GV g 6, H HV h 7, I IV i 8,
    J JV j 9, K KV k 10, L LV l 11
);
