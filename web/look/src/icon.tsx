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
    home: 'M4 11l8-7 8 7M6 10v10h4.5v-6h3v6H18V10',
    chart: 'M4 20h16M7 20v-7M12 20V5M17 20v-10',
    pulse: 'M3 12h4l3-8 4 16 3-8h4',
    layers: 'M12 4l9 5-9 5-9-5zM3.5 14l8.5 4.5 8.5-4.5',
    people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.8-4 3-5.5 6.5-5.5s5.7 1.5 6.5 5.5M15.5 4.3a3.5 3.5 0 0 1 0 6.4M17.5 14.8c2.200.6 3.400 2.200 4 5.200',
    box: 'M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9',
    grid: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
    download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
    upload: 'M12 16V5M7 9l5-5 5 5M5 20h14',
    calendar: 'M4 6h16v14H4zM4 10h16M8 3.5V7M16 3.500V7',
    coins: 'M9 10c3.300 0 6-1.300 6-3s-2.700-3-6-3-6 1.300-6 3 2.700 3 6 3zM3 7v6c0 1.700 2.700 3 6 3M15 7v2M15 15c3.300 0 6-1.300 6-3s-2.700-3-6-3-6 1.300-6 3 2.700 3 6 3zM9 12v6c0 1.700 2.700 3 6 3s6-1.300 6-3v-6',
    scale: 'M4 20h16M12 4v16M6 7h12M6 7l-3 7h6zM18 7l-3 7h6z',
    shop: 'M4 10v10h16V10M3 10l2-6h14l2 6zM10 20v-6h4v6',
    swap: 'M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4',
    down: 'M5 9l7 7 7-7',
    sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M19 5l-2 2M7 17l-2 2',
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
