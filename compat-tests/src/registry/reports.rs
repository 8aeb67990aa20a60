//! T, the part that names lines of the program: what holds in a task, what is left behind.

macro_rules! reports {
    ($rest:tt { $($before:tt)* }) => {
        collect! { $rest { $($before)*
            inside since "0.1" {
                "T-800" Must [T14 C13] t800_the_tree_names_what_holds =
                    "held: shield-here cleanup-here
                     thread: thread-here
                     local: group-here
                     group: listed []";
                "T-801" Must [T14 H2] t801_the_tree_names_a_wait_for_a_token =
                    "waits: token-here
                     printed: said
                     held: false";
                "T-802" Must [T10] t802_a_refused_child_is_seen =
                    "dropped: true
                     refused: true
                     outcome: Err(Cancelled)
                     start: Err(Closed)
                     counted: 1 2
                     spawned: 1
                     cancelled: (false, 0)
                     local: true 1";
            }

            launching since "0.1" {
                "T-803" Must [R5 C13] t803_what_is_left_behind_is_listed =
                    "left: here Shield said
                     thread: here WorkerThread said
                     functions: [true] said";
            }
        } }
    };
}
