//! Differences that have a reason: what this server does otherwise than the recorded one, and why.

/// Why an answer differs from the recorded one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// See [`Reason::sentence`], as for all of them.
    Ids,
    /// Order numbers and revisions.
    Numbers,
    /// Its list has orders of others.
    OtherOrders,
    /// Messages from before the recording.
    OlderMessages,
    /// The second message about an order.
    ToldAgain,
    /// Several changes in one message.
    LatestState,
    /// Lines have the uid that they were given first.
    TrueUids,
    /// Line ids.
    LineIds,
    /// `is_changed`.
    Repaint,
    /// Fields that the server says itself.
    OwnFields,
    /// `ms_info`.
    Marks,
    /// A conflict was merged.
    Merged,
    /// A repeated update.
    SameAnswer,
    /// A removal.
    ToldOnce,
    /// A payment is a fact.
    Paid,
    /// A stale deletion.
    StaleDelete,
    /// Content that the tills could not agree on in the recording.
    AfterMerge,
    /// `order_data` and the like are not passed on.
    NotEchoed,
    /// `false` where there never was a value.
    Reference,
    /// A removal names another POS.
    RemovalPos,
    /// The first list of a multi-session.
    FirstList,
    /// The abandoned first poll.
    FirstPoll,
    /// An update without a change.
    NoChange,
    /// A number told once more.
    NumberAgain,
}

impl Reason {
    /// Its name in the table.
    pub fn name(self) -> &'static str {
        self.both().0
    }

    /// What it means.
    pub fn sentence(self) -> &'static str {
        self.both().1
    }

    fn both(self) -> (&'static str, &'static str) {
        match self {
            Reason::Ids => ("ids", "Message and poll ids are counted per POS from 1."),
            Reason::Numbers => {
                ("numbers", "Order numbers and revisions go on from what this server has given.")
            }
            Reason::OtherOrders => {
                ("other-orders", "A list also has open orders that the recording does not know.")
            }
            Reason::OlderMessages => (
                "older-messages",
                "The recorded till was also told what had happened before its recording began.",
            ),
            Reason::ToldAgain => (
                "told-again",
                "A second message about an order gives the true line uids and marks to tills that have just created it, \
                 or tells an order once more where messages may have overtaken each other.",
            ),
            Reason::LatestState => (
                "latest-state",
                "A message is put together when it is delivered: it may hold a later change already.",
            ),
            Reason::TrueUids => (
                "true-line-uids",
                "A line keeps the uid of the till that added it, where the recorded one changed.",
            ),
            Reason::LineIds => ("line-ids", "Line ids are unique within their order, whoever sends it."),
            Reason::Repaint => (
                "repaint",
                "is_changed marks the lines that differ from what that till shows, and only those.",
            ),
            Reason::OwnFields => (
                "own-fields",
                "order_on_server, new_order, name, creation_date, nonce and number are the server's or the first till's.",
            ),
            Reason::Marks => {
                ("marks", "Who added and who edited a line is kept, where the recorded server lost it.")
            }
            Reason::Merged => (
                "merged",
                "Concurrent edits are merged and answered with the merged order instead of revision_error.",
            ),
            Reason::SameAnswer => {
                ("same-answer", "A repeated update gets the answer that it got the first time.")
            }
            Reason::ToldOnce => {
                ("told-once", "What changes nothing any more is not told: the order is gone already.")
            }
            Reason::Paid => (
                "paid",
                "A payment is accepted at any revision; what others added meanwhile becomes an order of its own.",
            ),
            Reason::StaleDelete => (
                "stale-delete",
                "A deletion that had not seen a change is answered plainly, and the order comes back.",
            ),
            Reason::AfterMerge => (
                "after-merge",
                "The order has what a merge or a payment kept and the recorded server had refused.",
            ),
            Reason::NotEchoed => ("not-echoed", "order_data is not passed on to the other tills."),
            Reason::Reference => (
                "references",
                "false from a till that never had a value (a table, a customer) is no edit: the field stays absent.",
            ),
            Reason::RemovalPos => (
                "removal-pos",
                "A removal's pos_id is the POS that is told, not the one that removed; clients do not read it.",
            ),
            Reason::FirstList => (
                "first-list",
                "The first list for a POS never seen before destroys nothing: its uid is nobody's.",
            ),
            Reason::FirstPoll => {
                ("first-poll", "The first poll of a page, which the client abandons, is freed.")
            }
            Reason::NumberAgain => (
                "number-again",
                "Whoever asks for a list is told the number of the order registered last: its answer may be lost.",
            ),
            Reason::NoChange => {
                ("no-change", "An update that changes nothing makes no revision and is not told.")
            }
        }
    }
}
