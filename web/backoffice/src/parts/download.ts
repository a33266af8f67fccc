/** A file for the person: what was asked of the server, or what the screen shows. */

export function download(name: string, text: string, type: 'text/csv' | 'application/json'): void {
    const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    // The browser has begun to read it by then.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Rows as CSV: quoted where a cell needs it, and no cell that a spreadsheet would run as a formula. */
export function toCsv(rows: readonly (readonly unknown[])[]): string {
    return rows.map(row => row.map(cell).join(',')).join('\r\n');
}

function cell(value: unknown): string {
    let text = String(value ?? '');
    if (/^[=+@\t\r]/.test(text) || /^-(?!\d+(\.\d+)?$)/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
