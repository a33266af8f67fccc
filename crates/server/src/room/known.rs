//! The commands that have an answer in the store.

use std::collections::{HashSet, VecDeque};

use tillsync_core::id::CommandId;
use tillsync_store::ANSWERS_KEPT;

/// As many of the newest as the store keeps answers.
#[derive(Debug, Default)]
pub(super) struct Known {
    ids: HashSet<CommandId>,
    /// Oldest first.
    order: VecDeque<CommandId>,
}

impl Known {
    /// Those that the store has, oldest first.
    pub fn new(ids: impl IntoIterator<Item = CommandId>) -> Self {
        let mut known = Self::default();
        ids.into_iter().for_each(|id| known.insert(id));
        known
    }

    /// Adds the newest.
    pub fn insert(&mut self, id: CommandId) {
        if !self.ids.insert(id.clone()) {
            return;
        }
        self.order.push_back(id);
        if self.order.len() > ANSWERS_KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
    }

    /// Whether the command was taken.
    pub fn contains(&self, id: &CommandId) -> bool {
        self.ids.contains(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_are_known() {
        let id = |at: usize| CommandId::new(format!("c{at}"));
        let mut known = Known::new((0..ANSWERS_KEPT).map(id));
        known.insert(id(0));
        assert!(known.contains(&id(0)), "known before: nothing changes");
        known.insert(id(ANSWERS_KEPT));
        assert!(!known.contains(&id(0)) && known.contains(&id(1)) && known.contains(&id(ANSWERS_KEPT)));
        assert_eq!((known.ids.len(), known.order.len()), (ANSWERS_KEPT, ANSWERS_KEPT));
    }
}
