//! Two tills at one order, at every interleaving of a few steps: enumerated, not sampled.
//!
//! A run is a sequence of steps: what the two people do, and how the network delivers what the tills and the
//! server send each other (requests, answers, poll answers; an answer may break off; a page may be loaded anew).
//! After each run everything arrives, time passes, and then: both tills show what the server has, nothing that
//! was done is lost, nothing is there twice, nobody saw the conflict popup.

mod run;
#[path = "../world/mod.rs"]
mod world;

use run::{DEEDS, Deed, Run, Step};

/// How a test's runs went.
#[derive(Default)]
struct Tally {
    runs: usize,
    failed: usize,
    /// Runs in which something was done that this client never sent: what may be missing there is not looked at.
    excused: usize,
    /// The shortest failing run.
    shortest: Option<(usize, String)>,
}

impl Tally {
    fn note(&mut self, run: Run, deeds: [&[Deed]; 2]) {
        self.runs += 1;
        let steps = run.steps.clone();
        self.excused += usize::from(run.ledger.never_sent || run.ledger.lost_on_the_way);
        if let Err(text) = run.finish() {
            self.failed += 1;
            if self.shortest.as_ref().is_none_or(|(length, _)| steps.len() < *length) {
                self.shortest = Some((steps.len(), format!("{deeds:?} after {steps:?}:\n{text}")));
            }
        }
    }

    fn end(self, least: usize) {
        println!("{} runs, {} excused, {} failed", self.runs, self.excused, self.failed);
        if let Some((_, text)) = self.shortest {
            panic!("{} of {} runs failed; the shortest: {text}", self.failed, self.runs);
        }
        assert!(self.runs >= least, "{} runs are fewer than {least}", self.runs);
        assert!(self.excused * 4 < self.runs, "{} of {} runs are excused", self.excused, self.runs);
    }
}

/// Tries every interleaving; at most `network` deliveries are steps of their own before all is delivered.
fn explore(run: Run, deeds: [&[Deed]; 2], network: usize, tally: &mut Tally) {
    let steps: Vec<Step> =
        run.enabled().into_iter().filter(|step| network > 0 || matches!(step, Step::Act(_))).collect();
    if steps.is_empty() {
        tally.note(run, deeds);
        return;
    }
    for step in steps {
        let mut next = run.clone();
        next.take(step);
        explore(next, deeds, network - usize::from(!matches!(step, Step::Act(_))), tally);
    }
}

fn every(deeds: [&[Deed]; 2], network: usize, losses: usize, restarts: usize, tally: &mut Tally) {
    explore(Run::new(deeds, losses, restarts), deeds, network, tally);
}

#[test]
fn one_deed_each() {
    let mut tally = Tally::default();
    for one in DEEDS {
        for other in DEEDS {
            every([&[one], &[other]], 4, 0, 0, &mut tally);
        }
    }
    tally.end(1_000);
}

#[test]
fn one_deed_each_and_an_answer_lost() {
    let mut tally = Tally::default();
    for one in DEEDS {
        for other in DEEDS {
            every([&[one], &[other]], 3, 1, 0, &mut tally);
        }
    }
    tally.end(1_000);
}

#[test]
fn one_deed_each_and_a_restart() {
    let mut tally = Tally::default();
    for one in DEEDS {
        for other in DEEDS {
            every([&[one], &[other]], 3, 0, 1, &mut tally);
        }
    }
    tally.end(1_000);
}

#[test]
fn two_deeds_against_one() {
    let mut tally = Tally::default();
    for first in DEEDS {
        for second in DEEDS {
            for other in DEEDS {
                every([&[first, second], &[other]], 2, 0, 0, &mut tally);
            }
        }
    }
    tally.end(10_000);
}

#[test]
fn taps_and_values_typed_quickly_one_after_the_other() {
    let mut tally = Tally::default();
    for [first, second] in [
        [Deed::Tap, Deed::Tap],
        [Deed::Tap, Deed::Discount],
        [Deed::Discount, Deed::Tap],
        [Deed::TypeQty, Deed::Discount],
    ] {
        for other in [Deed::Tap, Deed::Discount, Deed::TypeQty, Deed::Add] {
            every([&[first, second], &[other]], 4, 0, 0, &mut tally);
        }
    }
    tally.end(10_000);
}
