//! Every scenario on OS threads, and on processes.

#![cfg(not(target_arch = "wasm32"))]

concurrent_futures::init_tests!();

macro_rules! tests {
    ($($root:ident)::+; $($module:ident { $($scenario:ident),* $(,)? })*) => {
        use $($root)::+ as root;

        $(mod $module {
            $(#[test]
            fn $scenario() {
                super::root::$module::$scenario();
            })*
        })*
    };
}

scenarios::scenarios!(tests);

mod processes {
    scenarios::process_scenarios!(tests);
}

/// Those that need processes of an operating system.
mod system {
    scenarios::subprocess_scenarios!(tests);
}
