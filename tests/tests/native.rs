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

/// The same with the executor that `super` names.
macro_rules! tests_on {
    ($($root:ident)::+; $($module:ident { $($scenario:ident),* $(,)? })*) => {
        use $($root)::+ as root;

        $(mod $module {
            $(#[test]
            fn $scenario() {
                super::root::$module::$scenario::<super::Pool>();
            })*
        })*
    };
}

scenarios::scenarios!(tests);

mod on_threads {
    use concurrent_futures::ThreadPoolExecutor as Pool;

    scenarios::every_scenarios!(tests_on);
}

mod on_processes {
    use concurrent_futures::ProcessPoolExecutor as Pool;

    scenarios::every_scenarios!(tests_on);
}

mod processes {
    scenarios::process_scenarios!(tests);
}

mod beyond {
    scenarios::beyond_scenarios!(tests);
}

/// Those that need processes of an operating system.
mod system {
    scenarios::subprocess_scenarios!(tests);
}
