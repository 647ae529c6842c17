//! Every scenario on Web Workers, in a browser: those that share one memory, and those that share none.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

macro_rules! tests {
    ($($root:ident)::+; $($module:ident { $($scenario:ident),* $(,)? })*) => {
        use $($root)::+ as root;

        $(mod $module {
            use wasm_bindgen_test::wasm_bindgen_test;

            $(#[wasm_bindgen_test]
            async fn $scenario() {
                concurrent_futures::start(concurrent_futures::StartOptions::default()).await.unwrap();
                super::root::$module::$scenario();
            })*
        })*
    };
}

scenarios::scenarios!(tests);

mod processes {
    scenarios::process_scenarios!(tests);
}
