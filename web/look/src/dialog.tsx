/** Something that has to be answered before one goes on: a sheet of the whole screen on a phone. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from './icon';

export interface DialogProps {
    title: string;
    /** What the button that closes it is called. */
    close: string;
    onClose(): void;
    class?: string;
    children: ComponentChildren;
}

/** The browser's own `dialog`: it keeps the focus inside, gives it back at the end, and closes by Escape. */
export function Dialog({ title, close, onClose, class: name = '', children }: DialogProps) {
    const element = useRef<HTMLDialogElement>(null);
    const heading = useRef<HTMLHeadingElement>(null);
    const isOver = useRef(false);
    // Before it is painted: an Escape of quick hands finds it open.
    useLayoutEffect(() => {
        const dialog = element.current;
        dialog?.showModal();
        // Its title is read first, unless something waits to be typed; an Enter does not close it.
        if (!dialog?.querySelector('[autofocus]')) heading.current?.focus();
        return () => {
            isOver.current = true;
            swallowSecondTap();
            dialog?.close();
        };
    }, []);
    return (
        <dialog
            ref={element}
            class={name}
            aria-label={title}
            onCancel={event => {
                event.preventDefault();
                onClose();
            }}
            onClose={() => {
                // The browser closes it by itself when Escape is pressed again and again.
                if (!isOver.current) onClose();
            }}
            onPointerDown={event => {
                // Beside the sheet.
                if (event.target === element.current) onClose();
            }}
        >
            <div class="sheet">
                <div class="top">
                    <h2 ref={heading} tabIndex={-1}>
                        {title}
                    </h2>
                    <button type="button" class="close" aria-label={close} onClick={onClose}>
                        <Icon name="close" />
                    </button>
                </div>
                <div class="content">{children}</div>
            </div>
        </dialog>
    );
}

/** How long after a dialog went the second tap of a double tap may come. */
const DOUBLE_TAP_MS = 500;

/** The second tap of a double tap on a button that closes a dialog hits whatever was under it: it is nobody's wish. */
function swallowSecondTap(): void {
    const swallow = (event: MouseEvent) => {
        if (event.detail < 2) return;
        event.stopPropagation();
        event.preventDefault();
    };
    document.addEventListener('click', swallow, { capture: true });
    setTimeout(() => document.removeEventListener('click', swallow, { capture: true }), DOUBLE_TAP_MS);
}
