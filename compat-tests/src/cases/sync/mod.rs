//! What is handed from one owner to the next: locks, permits, notifications, items.

pub mod channels;
pub mod conditions;
pub mod conserving;
pub mod crossing;
pub mod ends;
pub mod exclusion;
pub mod given_up;
pub mod giving_up;
pub mod grants;
pub mod locks;
pub mod meetings;
pub mod places;
