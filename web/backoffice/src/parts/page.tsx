/** A screen: where it is, what it is called, what can be done there. */
import { Icon } from '@tillsync/look';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { menuOf } from '../menu';
import { href } from '../route';
import { place } from '../router';

interface PageProps {
    title: string;
    /** What stands beside the title: buttons. */
    actions?: ComponentChildren;
    /** Where one step back leads, below `/admin`. */
    back?: string;
    class?: string;
    children: ComponentChildren;
}

export function Page({ title, actions, back, class: name = '', children }: PageProps) {
    useEffect(() => {
        document.title = `${title} · Tillsync`;
    }, [title]);
    const menu = menuOf(place.value.path);
    return (
        <div class={`page ${name}`}>
            <header class="head">
                {back && (
                    <a class="button back" href={href(back)} aria-label={t('back')}>
                        <Icon name="back" />
                    </a>
                )}
                <div class="titles">
                    {menu && (
                        <p class="crumbs">
                            {menu.group.label !== 'menu.point_of_sale' && `${t('menu.point_of_sale')} › `}
                            {t(menu.group.label)}
                            {back && ` › ${t(menu.item.label)}`}
                        </p>
                    )}
                    <h1>{title}</h1>
                </div>
                {actions && <div class="actions">{actions}</div>}
            </header>
            {children}
        </div>
    );
}

interface ProblemProps {
    text: string;
    onAgain?: () => void;
}

/** What went wrong, with the way to try it again. */
export function Problem({ text, onAgain }: ProblemProps) {
    if (!text) return null;
    return (
        <p class="problem" role="alert">
            <Icon name="warning" />
            <span>{text}</span>
            {onAgain && (
                <button type="button" onClick={onAgain}>
                    {t('again')}
                </button>
            )}
        </p>
    );
}

/** Grey places where lines will be: nothing moves when they come. */
export function Waiting({ lines = 6 }: { lines?: number }) {
    return (
        <div class="waiting" role="status" aria-label={t('loading')}>
            {Array.from({ length: lines }, (_, at) => (
                <span key={at} />
            ))}
        </div>
    );
}

/** Nothing is there yet: why, and what to do. */
export function Empty({ text, children }: { text: string; children?: ComponentChildren }) {
    return (
        <div class="nothing">
            <p>{text}</p>
            {children}
        </div>
    );
}
