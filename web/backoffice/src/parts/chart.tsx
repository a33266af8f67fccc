/** Charts of our own: bars that stand, bars that lie, and a line. What they show is in words beside or in them. */
import type { ComponentChildren } from 'preact';
import { decimal } from '../money';

export interface Bar {
    key: string;
    label: string;
    value: unknown;
    /** The value in words. */
    text: string;
}

/** The share of the largest, 0 to 100. Drawn, not added up: a number will do. */
function shares(bars: readonly { value: unknown }[]): number[] {
    const sizes = bars.map(({ value }) => Math.max(0, decimal(value).toNumber()));
    const most = Math.max(...sizes, 0);
    return sizes.map(size => (most > 0 ? (size / most) * 100 : 0));
}

/** One bar alone would be as wide as the screen: there is room for as many at least. */
const COLUMNS_MIN = 8;
/** Labels under the bars that there is room for. */
const LABELS_MAX = 12;

/** Bars that stand side by side: hours. */
export function Columns({ bars, label }: { bars: readonly Bar[]; label: string }) {
    const heights = shares(bars);
    const count = Math.max(bars.length, COLUMNS_MIN);
    const width = 100 / count;
    const step = Math.ceil(bars.length / LABELS_MAX);
    return (
        <figure class="columns">
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={label}>
                {bars.map((bar, at) => (
                    <rect
                        key={bar.key}
                        x={at * width + width * 0.12}
                        y={100 - (heights[at] ?? 0)}
                        width={width * 0.76}
                        height={heights[at]}
                    >
                        <title>{`${bar.label}: ${bar.text}`}</title>
                    </rect>
                ))}
            </svg>
            <div class="under" aria-hidden="true">
                {Array.from({ length: count }, (_, at) => (
                    <span key={at} class={at % (2 * step) === 0 ? '' : 'minor'}>
                        {at % step === 0 ? bars[at]?.label : ''}
                    </span>
                ))}
            </div>
        </figure>
    );
}

/** Bars that lie one below another, each with its name and its value. */
export function Lying({ bars, empty }: { bars: readonly Bar[]; empty?: ComponentChildren }) {
    const widths = shares(bars);
    if (bars.length === 0) return <>{empty}</>;
    return (
        <ul class="lying">
            {bars.map((bar, at) => (
                <li key={bar.key}>
                    <span class="name">{bar.label}</span>
                    <span class="value">{bar.text}</span>
                    <svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                        <rect class="track" width="100" height="4" />
                        <rect width={widths[at]} height="4" />
                    </svg>
                </li>
            ))}
        </ul>
    );
}

/** A line of a few dozen values, the last at its end. */
export function Spark({ values, label }: { values: readonly number[]; label: string }) {
    const heights = shares(values.map(value => ({ value })));
    const step = 100 / Math.max(values.length - 1, 1);
    const points = heights.map(
        (height, at) => `${(at * step).toFixed(2)},${(29 - height * 0.28).toFixed(2)}`,
    );
    return (
        <svg class="spark" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={label}>
            <polygon points={`0,30 ${points.join(' ')} 100,30`} />
            <polyline points={points.join(' ')} vector-effect="non-scaling-stroke" />
        </svg>
    );
}
