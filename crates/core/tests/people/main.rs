//! Laws that hold for whatever people do at several tills. A case that fails is kept in `main.regressions`.

mod acts;
mod shop;
#[path = "../support/mod.rs"]
mod support;

use acts::{any_act, edit, growth, movement, work};
use proptest::prelude::*;
use rust_decimal::Decimal;
use shop::Shop;
use support::config;

proptest! {
    #![proptest_config(config(192))]

    /// All laws that `World::send` and the acts check, over everything that people do: A2, A3, A4, A6, N3, N4, H4,
    /// M3, M7, M12, C1, O1 to O6, S3.
    #[test]
    fn whatever_people_do(tills in 2usize..=4, acts in work(any_act(), 60)) {
        let mut shop = Shop::open(tills);
        for (till, act) in &acts {
            shop.act(*till, act);
        }
        shop.check_end();
    }

    /// M2, M8, M9, M11: what nobody else touches is never lost.
    #[test]
    fn nobodys_own_field_is_lost(tills in 2usize..=4, acts in work(edit(), 60)) {
        let mut shop = Shop::open(tills);
        for (till, act) in &acts {
            shop.act(*till, act);
            shop.check_own_fields();
        }
        shop.check_end();
    }

    /// M12, M3, M9: nothing is lost or doubled between moves and increments: all that was ever added is there.
    #[test]
    fn what_is_moved_arrives(
        tills in 2usize..=4,
        acts in work(prop_oneof![3 => growth(), 2 => movement()], 60),
    ) {
        let mut shop = Shop::open(tills);
        for (till, act) in &acts {
            shop.act(*till, act);
        }
        prop_assert_eq!(shop.world.totals().values().sum::<Decimal>(), shop.added);
        shop.check_end();
    }
}
