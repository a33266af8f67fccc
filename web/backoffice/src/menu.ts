/** What there is in the menu, with Odoo's words: Point of Sale > Configuration > Multi-session Settings. */
import type { IconName } from '@tillsync/look';
import type { Key } from './i18n';

export interface MenuItem {
    /** Below `/admin`; also what else lies below it. */
    to: string;
    label: Key;
    icon: IconName;
}

export interface MenuGroup {
    label: Key;
    /** It is opened by a tap, and open by itself where one of its screens is shown. */
    folds: boolean;
    items: readonly MenuItem[];
}

export const START: MenuItem = { to: '/', label: 'menu.start', icon: 'home' };

const SALE: MenuGroup = {
    label: 'menu.point_of_sale',
    folds: false,
    items: [
        { to: '/orders', label: 'menu.orders', icon: 'list' },
        { to: '/sessions', label: 'menu.sessions', icon: 'drawer' },
        { to: '/live', label: 'menu.live', icon: 'pulse' },
    ],
};
const REPORTING: MenuGroup = {
    label: 'menu.reporting',
    folds: false,
    items: [{ to: '/sales', label: 'menu.sales', icon: 'chart' }],
};
const CONFIGURATION: MenuGroup = {
    label: 'menu.configuration',
    folds: true,
    items: [
        { to: '/multi-sessions', label: 'menu.multi_sessions', icon: 'layers' },
        { to: '/points-of-sale', label: 'menu.points_of_sale', icon: 'device' },
        { to: '/payment-methods', label: 'menu.payment_methods', icon: 'card' },
        { to: '/taxes', label: 'menu.taxes', icon: 'percent' },
        { to: '/fiscal-positions', label: 'menu.fiscal_positions', icon: 'swap' },
        { to: '/pricelists', label: 'menu.pricelists', icon: 'tag' },
        { to: '/units', label: 'menu.units', icon: 'scale' },
        { to: '/cash-roundings', label: 'menu.cash_roundings', icon: 'coins' },
        { to: '/floors', label: 'menu.floors', icon: 'grid' },
        { to: '/tables', label: 'menu.tables', icon: 'grid' },
        { to: '/shop', label: 'menu.shop', icon: 'shop' },
    ],
};
const CATALOGUE: MenuGroup = {
    label: 'menu.catalogue',
    folds: true,
    items: [
        { to: '/products', label: 'menu.products', icon: 'box' },
        { to: '/pos-categories', label: 'menu.pos_categories', icon: 'grid' },
        { to: '/product-categories', label: 'menu.product_categories', icon: 'grid' },
        { to: '/customers', label: 'menu.customers', icon: 'user' },
    ],
};
const STAFF: MenuGroup = {
    label: 'menu.staff',
    folds: false,
    items: [{ to: '/people', label: 'menu.people', icon: 'people' }],
};

export const MENU: readonly MenuGroup[] = [SALE, REPORTING, CONFIGURATION, CATALOGUE, STAFF];

/** What a phone has at the bottom of its screen. */
export const AT_HAND: readonly MenuItem[] = [START, ...SALE.items];

export function isAt({ to }: MenuItem, path: string): boolean {
    return to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
}

/** The group and the item that a screen belongs to. */
export function menuOf(path: string): { group: MenuGroup; item: MenuItem } | null {
    for (const group of MENU) {
        const item = group.items.find(each => isAt(each, path));
        if (item) return { group, item };
    }
    return null;
}
