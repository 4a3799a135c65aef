//! Everybody signs in at once. Each password takes 19 MiB and a while of a processor to look at.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::{
    figure,
    process::Process,
    readers::Latencies,
    wire::{account, sign_in, try_signing_in},
};
use crate::operation::data::{Data, publish};

const PEOPLE: usize = 100;
const PATH: &str = "/F/main/npm/demo/-/demo-1.0.0.tgz";
/// What looking at one password takes, in kilobytes.
const ONE: u64 = 19 << 10;
/// What everything else may take besides: connections, sessions, pages.
const REST: u64 = 64 << 10;

fn person(number: usize) -> String {
    format!("person-{number}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_sign_ins_at_once_take_little_memory_and_nobody_elses_time() {
    let data = Data::new(None);
    let token = data.token();
    let services = data.services().await;
    for number in 0..PEOPLE {
        account(&services, &person(number)).await;
    }
    services.close().await;
    let run = data.serve(&[]);
    let address = run.address;
    assert!(publish(address, &token, "demo", "1.0.0"));
    // Once before, one after the other: the network is theirs, and what can be remembered is.
    for number in 0..PEOPLE {
        sign_in(address, &person(number));
    }
    let quiet = {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let reader = scope.spawn(|| Latencies::until(&is_over, address, &token, PATH));
            thread::sleep(Duration::from_secs(1));
            is_over.store(true, Ordering::Relaxed);
            reader.join().unwrap()
        })
    };

    let process = Process(run.process());
    // Three tries of each are more than may wait at once.
    for (tries, may_be_busy) in [(1, false), (3, true)] {
        process.forget_most_memory();
        let (before, began) = (process.memory(), Instant::now());
        let is_over = AtomicBool::new(false);
        let (replies, busy) = thread::scope(|scope| {
            let reader = scope.spawn(|| Latencies::until(&is_over, address, &token, PATH));
            let tries: Vec<_> = (0..tries * PEOPLE)
                .map(|number| {
                    scope.spawn(move || try_signing_in(address, &person(number % PEOPLE)))
                })
                .collect();
            let replies: Vec<_> = tries.into_iter().map(|reply| reply.join().unwrap()).collect();
            is_over.store(true, Ordering::Relaxed);
            (replies, reader.join().unwrap())
        });
        let (took, more) = (began.elapsed(), process.most_memory().saturating_sub(before));
        let signed_in = replies.iter().filter(|reply| reply.status == 303).count();
        for reply in replies.iter().filter(|reply| reply.status != 303) {
            assert!(may_be_busy && reply.status == 429, "{}{}", reply.head, reply.text());
            assert!(reply.head.contains("retry-after: "), "{}", reply.head);
        }
        assert!(signed_in >= PEOPLE, "{signed_in}");
        let at_once = thread::available_parallelism().map_or(2, |cores| cores.get().max(2));
        let most = at_once as u64 * ONE + REST;
        assert!(more < most, "{more} kB more, {most} kB at most");
        figure(&format!(
            "{} sign-ins at once: {signed_in} accepted, {} told to come again, in {:.1} s; {} MB more memory at the \
             most ({at_once} passwords at once); {} reads meanwhile: {} (quiet: {})",
            replies.len(),
            replies.len() - signed_in,
            took.as_secs_f64(),
            more >> 10,
            busy.count(),
            busy.in_words(),
            quiet.in_words(),
        ));
    }
}
