//! Tasks that borrow: when a scope has ended, nothing is left that could touch what it lent.

use super::threads::{Pool, Threads};
use super::{Count, explore, join, spawn};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What tasks borrow, in place of something on the stack: it notes when it is gone.
#[derive(Clone, Default)]
struct Lent(Arc<AtomicBool>);

impl Lent {
    fn touch(&self) {
        assert!(!self.0.load(Ordering::SeqCst), "touched after the scope");
    }
}

/// Takes it away when it goes.
struct Owner(Lent);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::SeqCst);
    }
}

/// Touches what is lent when it is dropped, as a captured value of the user's might.
struct Borrower(Lent, Count);

impl Drop for Borrower {
    fn drop(&mut self) {
        self.0.touch();
        self.1.add();
    }
}

/// Calls a function when it is dropped.
struct Last<F: FnOnce()>(Option<F>);

impl<F: FnOnce()> Drop for Last<F> {
    fn drop(&mut self) {
        if let Some(last) = self.0.take() {
            last();
        }
    }
}

#[test]
fn tasks_end_before_their_scope() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(2).unwrap();
        let (lent, drops) = (Lent::default(), Count::default());
        let owner = Owner(lent.clone());
        let canceller = pool.scope(|scope| {
            let tasks = [0, 1].map(|_| {
                let borrower = Borrower(lent.clone(), drops.clone());
                scope.spawn(move || borrower.0.touch()).unwrap()
            });
            // From outside, while the scope ends.
            spawn(move || tasks.map(|task| task.cancel()))
        });
        drop(owner);
        assert_eq!(drops.get(), 2);
        join(canceller.unwrap());
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn worker_waits_for_its_scope() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(1).unwrap());
        let drops = Count::default();
        let (inner, counted) = (Arc::downgrade(&pool), drops.clone());
        let outer = pool.spawn(move || {
            let pool = inner.upgrade().unwrap();
            let lent = Lent::default();
            let owner = Owner(lent.clone());
            let scoped = pool.scope(|scope| {
                let adding = scope.spawn(|| {
                    let borrower = Borrower(lent.clone(), counted.clone());
                    // A task of the scope adds another one.
                    drop(scope.spawn(move || borrower.0.touch()).unwrap());
                });
                drop(adding.unwrap());
            });
            scoped.unwrap();
            drop(owner);
        });
        outer.unwrap().result().unwrap();
        drop(pool);
        assert_eq!(drops.get(), 1);
        threads.end();
    });
}

#[test]
fn panic_waits_for_what_runs() {
    explore(|| {
        let threads = Threads::new();
        let pool = Pool::new(1).unwrap();
        let (lent, drops) = (Lent::default(), Count::default());
        let owner = Owner(lent.clone());
        let panicked = panic::catch_unwind(AssertUnwindSafe(|| {
            pool.scope(|scope| {
                for _ in 0..2 {
                    let borrower = Borrower(lent.clone(), drops.clone());
                    drop(scope.spawn(move || borrower.0.touch()).unwrap());
                }
                // Unwinds without the panic hook, which would print it.
                panic::resume_unwind(Box::new("the body"));
            })
        }));
        drop(owner);
        assert!(panicked.is_err());
        assert_eq!(drops.get(), 2);
        drop(pool);
        assert_eq!(threads.alive(), 0);
        threads.end();
    });
}

#[test]
fn cancelled_task_adds_another() {
    explore(|| {
        let threads = Threads::new();
        let pool = Arc::new(Pool::new(1).unwrap());
        let drops = Count::default();
        let (inner, counted) = (Arc::downgrade(&pool), drops.clone());
        let outer = pool.spawn(move || {
            let pool = inner.upgrade().unwrap();
            let lent = Lent::default();
            let owner = Owner(lent.clone());
            let canceller = pool.scope(|scope| {
                let adds = Last(Some(|| {
                    let borrower = Borrower(lent.clone(), counted.clone());
                    drop(scope.spawn(move || borrower.0.touch()).unwrap());
                }));
                let task = scope.spawn(move || drop(adds)).unwrap();
                spawn(move || task.cancel())
            });
            drop(owner);
            join(canceller.unwrap());
        });
        outer.unwrap().result().unwrap();
        drop(pool);
        assert_eq!(drops.get(), 1);
        threads.end();
    });
}
