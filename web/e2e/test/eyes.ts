/** What a screen is to eyes, to fingers and to a screen reader. */
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** What a finger needs. */
const TOUCH_PX = 44;

const axe = createRequire(import.meta.url)('axe-core').source as string;

/** What of a screen breaks a rule of accessibility, and what there is too small for a finger. */
export async function faultsOf(page: Page): Promise<string[]> {
    await page.evaluate(axe);
    return await page.evaluate(async touch => {
        const open = [...document.querySelectorAll('dialog[open]')].at(-1);
        const { run } = (window as unknown as { axe: typeof import('axe-core') }).axe;
        // What is behind a dialog cannot be reached, and is looked at without one.
        const results: AxeResults = await run(open ?? document);
        const broken = results.violations.flatMap(({ id, nodes }) =>
            nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} (${failureSummary})`),
        );
        const small = [...(open ?? document).querySelectorAll('button, a, select, input:not([type="radio"])')]
            .map(element => ({ element, box: element.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0 && (box.width < touch - 0.5 || box.height < touch - 0.5))
            .map(({ element, box }) => `small: ${element.className} ${box.width} x ${box.height}`);
        return [...broken, ...small];
    }, TOUCH_PX);
}

/** What sticks out of the screen at a side. A list that is scrolled sideways may go on there. */
export async function widerThan(page: Page, width: number): Promise<string[]> {
    return await page.evaluate(width => {
        const wide = [...document.querySelectorAll('body *')].filter(element => {
            const { left, right, width: own } = element.getBoundingClientRect();
            return (
                own > 1 && (left < -1 || right > width + 1) && !element.closest('.tabs, .categories, .chips')
            );
        });
        return wide.map(({ tagName, className }) => `${tagName} ${className}`);
    }, width);
}
