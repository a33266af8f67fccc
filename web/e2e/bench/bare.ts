/** A page of one button that adds a line to a list: less than that no app can do in this browser. */
import type { Browser } from 'playwright-core';
import { addProbe, arm, seen, slow } from './probe';
import { type Figures, figuresOf } from './table';

export interface BareFigures {
    work: Figures;
    painted: Figures;
}

const LINES = 100;
const TIMES = 30;

/** What a tap costs there. */
export async function bare(browser: Browser): Promise<BareFigures> {
    const page = await browser.newPage({ viewport: { width: 1180, height: 820 } });
    await addProbe(page);
    await page.goto('about:blank');
    await page.setContent('<button>Add</button><ol class="order"></ol>');
    await page.evaluate(lines => {
        const list = document.querySelector('ol');
        const add = () => {
            const line = document.createElement('li');
            line.textContent = 'Espresso 2.50';
            list?.append(line);
        };
        for (let at = 0; at < lines; at += 1) add();
        document.querySelector('button')?.addEventListener('click', add);
    }, LINES);
    await slow(page);
    const all = [];
    for (let at = 0; at < TIMES; at += 1) {
        await arm(page, { event: 'click', within: '.order' });
        await page.evaluate(() => document.querySelector('button')?.click());
        all.push(await seen(page));
    }
    await page.close();
    return {
        work: figuresOf(all.map(({ workMs }) => workMs)),
        painted: figuresOf(all.map(({ paintedMs }) => paintedMs)),
    };
}
