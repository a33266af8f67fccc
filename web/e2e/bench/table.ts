/** The table of what was measured. */

/** Figures of one thing that was done several times. */
export interface Figures {
    median: number;
    p95: number;
}

export interface Row {
    what: string;
    /** Already with its unit: `12.3 ms`. */
    figure: string;
    /** What the issue asks for. */
    limit?: string;
    /** How many times that of a bare page. */
    ratio?: string;
}

/** Median and 95th percentile. */
export function figuresOf(values: readonly number[]): Figures {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return { median: at(0.5), p95: at(0.95) };
}

export const shown = ({ median, p95 }: Figures) => `${ms(median)} (p95 ${ms(p95)})`;

export function ms(value: number): string {
    return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

export function times(value: number, of: number): string {
    return `${(value / Math.max(of, 0.1)).toFixed(1)} x`;
}

export function print(rows: readonly Row[]): void {
    const head: Row = { what: '', figure: 'measured', limit: 'limit', ratio: 'to a bare page' };
    const all = [head, ...rows];
    const width = (of: (row: Row) => string) => Math.max(...all.map(row => of(row).length));
    const [what, figure, limit] = [
        width(row => row.what),
        width(row => row.figure),
        width(row => row.limit ?? ''),
    ];
    for (const row of all) {
        const cells = [
            row.what.padEnd(what),
            row.figure.padStart(figure),
            (row.limit ?? '').padStart(limit),
            row.ratio ?? '',
        ];
        console.log(cells.join('  ').trimEnd());
    }
}
