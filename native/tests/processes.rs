//! quick
use concurrent_futures::*;
use std::time::Instant;
concurrent_futures::init_tests!();
fn square(n: u64) -> u64 {
    n * n
}
#[test]
fn basics() {
    let pool = ProcessPoolExecutor::new(2).unwrap();
    assert_eq!(pool.submit(square, 7).unwrap().result().unwrap(), &49);
    let f = pool.try_submit(|s: String| s.parse::<u32>(), "twelve".to_owned()).unwrap();
    println!("{}", f.result().unwrap_err());
    let f = pool.submit(|()| panic!("ouch"), ()).unwrap();
    let _: &Future<()> = &f;
    println!("{:?}", f.result().unwrap_err());
    let f = pool.submit(|()| std::process::abort(), ()).unwrap();
    let _: &Future<()> = &f;
    println!("{}", f.result().unwrap_err());
    let f = pool.submit(|()| std::process::exit(99), ()).unwrap();
    let _: &Future<()> = &f;
    println!("{}", f.result().unwrap_err());
    let f = pool
        .submit(
            |()| loop {
                std::thread::yield_now()
            },
            (),
        )
        .unwrap();
    let _: &Future<()> = &f;
    while !f.running() {}
    assert!(f.kill());
    println!("{}", f.result().unwrap_err());
    let f = pool.submit(|n: usize| vec![1_u8; n], 50_000_000).unwrap();
    assert_eq!(f.result().unwrap().len(), 50_000_000);
    pool.submit(|()| println!("printed"), ()).unwrap().result().unwrap();
    let t = Instant::now();
    let fs: Vec<_> = (0..20_000u64).map(|n| pool.submit(square, n).unwrap()).collect();
    let s: u64 = fs.iter().map(|f| *f.result().unwrap()).sum();
    println!("pipelined {:?} per task, {s}", t.elapsed() / 20_000);
    let t = Instant::now();
    for n in 0..5000u64 {
        assert_eq!(*pool.submit(square, n).unwrap().result().unwrap(), n * n);
    }
    println!("one at a time {:?}", t.elapsed() / 5000);
    let t = Instant::now();
    let s: u64 = pool
        .map_with(MapOptions::default().chunksize(1000), square, 0..1_000_000u64)
        .unwrap()
        .map(|r| r.unwrap())
        .sum();
    println!("map {:?} per item, {s}", t.elapsed() / 1_000_000);
}
