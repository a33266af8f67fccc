/** What stands around every screen: the menu, who is here, questions and short news. */

import { signal, useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';
import { AT_HAND, isAt, MENU, type MenuGroup, type MenuItem, START } from '../menu';
import { href } from '../route';
import { place } from '../router';
import { leaving } from '../unsaved';
import { person } from '../who';
import { Device } from './device';
import { Dialog } from './dialog';
import { Toast } from './toast';

/** The name of the shop, once it is known. */
export const shopName = signal('');

export function Shell({ children }: { children: ComponentChildren }) {
    const { path } = place.value;
    const showsMenu = useSignal(false);
    const main = useRef<HTMLElement>(null);
    const isFirst = useRef(true);
    useEffect(() => {
        showsMenu.value = false;
        // Who hears the page is at the beginning of the new screen, as who sees it is.
        if (!isFirst.current) main.current?.focus({ preventScroll: true });
        isFirst.current = false;
    }, [path]);
    return (
        <div class="office">
            <a class="skip" href="#content">
                {t('skip')}
            </a>
            <nav class="rail" aria-label={t('menu.title')}>
                <Mark />
                <Items path={path} />
                <Me />
            </nav>
            <main id="content" tabIndex={-1} ref={main}>
                {children}
            </main>
            <nav class="foot" aria-label={t('menu.title')}>
                {AT_HAND.map(item => (
                    <Item key={item.to} item={item} path={path} />
                ))}
                <button
                    type="button"
                    aria-expanded={showsMenu.value}
                    onClick={() => {
                        showsMenu.value = true;
                    }}
                >
                    <Icon name="menu" />
                    <span>{t('menu.more')}</span>
                </button>
            </nav>
            {showsMenu.value && (
                <Dialog
                    title={shopName.value || 'Tillsync'}
                    class="whole-menu"
                    onClose={() => {
                        showsMenu.value = false;
                    }}
                >
                    <Items path={path} isWhole />
                    <Me />
                </Dialog>
            )}
            {leaving.value && <Leaving />}
            <Toast />
        </div>
    );
}

function Mark() {
    return (
        <a class="mark" href={href('/')}>
            <img src="/icon.svg" alt="" width="34" height="34" />
            <span>
                <strong>Tillsync</strong>
                <small>{shopName.value || t('title')}</small>
            </span>
        </a>
    );
}

function Items({ path, isWhole = false }: { path: string; isWhole?: boolean }) {
    return (
        <div class="items">
            <ul>
                <li>
                    <Item item={START} path={path} />
                </li>
            </ul>
            {MENU.map(group =>
                group.folds && !isWhole ? (
                    <Folded key={group.label} group={group} path={path} />
                ) : (
                    <section key={group.label}>
                        <h2>{t(group.label)}</h2>
                        <List group={group} path={path} />
                    </section>
                ),
            )}
        </div>
    );
}

function Folded({ group, path }: { group: MenuGroup; path: string }) {
    const isHere = group.items.some(item => isAt(item, path));
    const isOpen = useSignal(isHere);
    useEffect(() => {
        if (isHere) isOpen.value = true;
    }, [isHere]);
    return (
        <section>
            <button
                type="button"
                class="fold"
                aria-expanded={isOpen.value}
                onClick={() => {
                    isOpen.value = !isOpen.value;
                }}
            >
                {t(group.label)}
                <Icon name="down" />
            </button>
            {isOpen.value && <List group={group} path={path} />}
        </section>
    );
}

function List({ group, path }: { group: MenuGroup; path: string }) {
    return (
        <ul>
            {group.items.map(item => (
                <li key={item.to}>
                    <Item item={item} path={path} />
                </li>
            ))}
        </ul>
    );
}

function Item({ item, path }: { item: MenuItem; path: string }) {
    return (
        <a href={href(item.to)} class="item" aria-current={isAt(item, path) ? 'page' : undefined}>
            <Icon name={item.icon} />
            <span>{t(item.label)}</span>
        </a>
    );
}

/** Who is here, and how this device shows the page. */
function Me() {
    const showsDevice = useSignal(false);
    return (
        <div class="me">
            <button
                type="button"
                onClick={() => {
                    showsDevice.value = true;
                }}
            >
                <Icon name={person.value ? 'user' : 'settings'} />
                <span>{person.value?.name ?? t('device.title')}</span>
            </button>
            {showsDevice.value && (
                <Device
                    onClose={() => {
                        showsDevice.value = false;
                    }}
                />
            )}
        </div>
    );
}

function Leaving() {
    const answer = (may: boolean) => leaving.value?.answer(may);
    return (
        <Dialog title={t('leave.title')} onClose={() => answer(false)}>
            <p>{t('leave.text')}</p>
            <div class="ends">
                <button type="button" onClick={() => answer(true)}>
                    {t('leave.go')}
                </button>
                <button type="button" class="primary" onClick={() => answer(false)}>
                    {t('leave.stay')}
                </button>
            </div>
        </Dialog>
    );
}
