//! Every scenario on OS threads.

#![cfg(not(target_arch = "wasm32"))]

macro_rules! tests {
    ($($module:ident { $($scenario:ident),* $(,)? })*) => {$(
        mod $module {
            $(#[test]
            fn $scenario() {
                scenarios::$module::$scenario();
            })*
        }
    )*};
}

scenarios::scenarios!(tests);
