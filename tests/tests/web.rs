//! Every scenario on Web Workers, in a browser.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_dedicated_worker);

macro_rules! tests {
    ($($module:ident { $($scenario:ident),* $(,)? })*) => {$(
        mod $module {
            use wasm_bindgen_test::wasm_bindgen_test;

            $(#[wasm_bindgen_test]
            async fn $scenario() {
                concurrent_futures::start(concurrent_futures::StartOptions::default()).await.unwrap();
                scenarios::$module::$scenario();
            })*
        }
    )*};
}

scenarios::scenarios!(tests);
