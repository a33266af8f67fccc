//! The traps of the real client, one by one.

mod desk;
mod receiving;
mod sending;
mod till_life;
