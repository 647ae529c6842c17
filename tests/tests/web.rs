//! Every scenario on Web Workers, in a browser: those that share one memory, and those that share none.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a scenario is a test: its panics are its findings")]

use concurrent_futures::{Output, StartOptions, print, start};
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

async fn started() {
    scenarios::harness::keep_panics_apart(|text| print(Output::Stderr, text));
    start(StartOptions::new().start_limit(scenarios::harness::START_LIMIT)).await.unwrap();
}

macro_rules! tests {
    ($($root:ident)::+; $($module:ident { $($scenario:ident),* $(,)? })*) => {
        use $($root)::+ as root;

        $(mod $module {
            use wasm_bindgen_test::wasm_bindgen_test;

            $(#[wasm_bindgen_test]
            async fn $scenario() {
                crate::started().await;
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
            use wasm_bindgen_test::wasm_bindgen_test;

            $(#[wasm_bindgen_test]
            async fn $scenario() {
                crate::started().await;
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
