//! The program itself, as a shop runs it: a process of its own, real sockets, a real disk, tills that go on.

#[path = "../../../server/tests/common/mod.rs"]
mod common;

mod commands;
mod disk;
mod killing;
mod process;
mod stopping;
