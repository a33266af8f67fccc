//! Rules broken on purpose: a simulator that never fails proves nothing.

/// Which rule is broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// None.
    #[default]
    Nothing,
    /// The server answers before what it answers is on disk: now and then nothing lands (A5).
    AckBeforeAppend,
    /// A till sends what was not answered again under a new id (A4).
    NewIdEachTime,
    /// A till is not told of an event, and does not look for holes (A7).
    LostEvent,
    /// A till does not keep its outbox through a restart of its own (W11).
    ForgetfulTill,
}
