/** Line icons of our own, drawn on a grid of 24. */

const PATHS = {
    menu: 'M4 7h16M4 12h16M4 17h16',
    back: 'M15 5l-7 7 7 7',
    forward: 'M9 5l7 7-7 7',
    close: 'M6 6l12 12M18 6L6 18',
    check: 'M5 12.5l5 5 9-11',
    plus: 'M12 5v14M5 12h14',
    sync: 'M19 8a8 8 0 0 0-14-1M5 3v4h4M5 16a8 8 0 0 0 14 1M19 21v-4h-4',
    no_wifi: 'M3 3l18 18M5 12a10 10 0 0 1 4-2.4M19 12a10 10 0 0 0-5-2.8M8.5 15.5a5 5 0 0 1 5-1.2M12 19h.01',
    user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-6 8-6s7 2 8 6',
    note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8 9h8M8 13h5',
    split: 'M12 4v5l-6 5v6M12 9l6 5v6',
    refund: 'M4 10h11a5 5 0 0 1 0 10H9M4 10l4-4M4 10l4 4',
    print: 'M7 9V4h10v5M7 18H4V9h16v9h-3M7 14h10v6H7z',
    undo: 'M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10H9',
    history: 'M12 7v5l3 2M4 12a8 8 0 1 1 2.5 5.8M4 20v-4h4',
    search: 'M11 17a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM15.5 15.5L20 20',
    settings: 'M4 7h10M18 7h2M4 12h3M11 12h9M4 17h8M16 17h4M14 5v4M7 10v4M12 15v4',
    help: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M12 17h.01',
    warning: 'M12 4l9 16H3zM12 10v4M12 17h.01',
    lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
    list: 'M5 5h14v16l-3-2-2 2-2-2-2 2-2-2-3 2zM8 9h8M8 13h8',
    edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
    trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
    backspace: 'M9 6h11v12H9l-6-6zM12 10l4 4M16 10l-4 4',
    more: 'M5 12h.01M12 12h.01M19 12h.01',
    cash: 'M3 6.5h18v11H3zM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM6.5 12h.01M17.5 12h.01',
    card: 'M3 6h18v12H3zM3 10.5h18M6.5 14.5h4',
    mail: 'M3 6h18v12H3zM3.5 6.5L12 13l8.5-6.5',
    drawer: 'M4 5h16v14H4zM4 12h16M10 15.5h4',
    door: 'M6 20V4h12v16M4 20h16M14.5 12h.01',
    tag: 'M4 12V5h7l9 9-7 7zM8.5 9h.01',
    percent: 'M6 18L18 6M7.5 8.5h.01M16.5 15.5h.01',
    device: 'M5 4h14v12H5zM9 20h6M12 16v4',
} as const;

export type IconName = keyof typeof PATHS;

/** They point along the line of reading, or against it. */
const TURNING: readonly IconName[] = ['back', 'forward', 'undo', 'refund', 'backspace'];

export function Icon({ name }: { name: IconName }) {
    return (
        <svg
            class={`icon is-${name} ${TURNING.includes(name) ? 'turns' : ''}`}
            viewBox="0 0 24 24"
            aria-hidden="true"
            focusable="false"
        >
            <path d={PATHS[name]} />
        </svg>
    );
}
