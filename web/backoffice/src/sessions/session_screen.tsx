/** One session: its report (X while it is open, Z once it is closed), its drawer, and its end. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { readSession } from '../api/sessions';
import { isAlone, type SessionReport } from '../api/types';
import { dateTime, t, when } from '../i18n';
import { useEvery, useLoaded } from '../load';
import { download, toCsv } from '../parts/download';
import { Page, Problem, Waiting } from '../parts/page';
import { shopName } from '../parts/shell';
import { href } from '../route';
import { MoveCash } from './cash';
import { CloseSession } from './close';
import { csvOf } from './csv';
import { CashTable, Devices, Drafts, Methods, Moves, Sold, Taxes } from './report';

/** An open session goes on. */
const EVERY_MS = 15_000;

export function SessionScreen({ id }: { id: number }) {
    const loaded = useLoaded(`${id}`, signal => readSession(id, signal));
    const asks = useSignal<'close' | 'cash' | null>(null);
    useEvery(EVERY_MS, async () => {
        if (loaded.data.value?.kind === 'x' && asks.value === null) await loaded.again();
    });
    const report = loaded.data.value;
    const close = () => {
        asks.value = null;
    };
    const title = report
        ? t(`session.title_${report.kind}`, { pos: report.session.pos.name })
        : t('menu.sessions');
    return (
        <Page
            title={title}
            back="/sessions"
            class="session"
            actions={
                report && (
                    <Actions
                        report={report}
                        onCash={() => {
                            asks.value = 'cash';
                        }}
                        onClose={() => {
                            asks.value = 'close';
                        }}
                    />
                )
            }
        >
            <Problem text={loaded.wrong.value} onAgain={() => void loaded.again()} />
            {!report && !loaded.wrong.value && <Waiting />}
            {report && <Report report={report} />}
            {report && asks.value === 'cash' && (
                <MoveCash report={report} onDone={loaded.again} onClose={close} />
            )}
            {report && asks.value === 'close' && (
                <CloseSession report={report} onDone={loaded.again} onClose={close} />
            )}
        </Page>
    );
}

interface ActionsProps {
    report: SessionReport;
    onCash(): void;
    onClose(): void;
}

function Actions({ report, onCash, onClose }: ActionsProps) {
    const isOpen = report.kind === 'x';
    const name = `session-${report.session.id}`;
    return (
        <>
            <button type="button" onClick={() => print()}>
                <Icon name="print" />
                {t('print')}
            </button>
            <button type="button" onClick={() => download(`${name}.csv`, toCsv(csvOf(report)), 'text/csv')}>
                CSV
            </button>
            <button
                type="button"
                onClick={() => download(`${name}.json`, JSON.stringify(report, null, 2), 'application/json')}
            >
                JSON
            </button>
            {isOpen && (
                <>
                    <button type="button" onClick={onCash}>
                        <Icon name="cash" />
                        {t('cash.title')}
                    </button>
                    <button type="button" class="primary" onClick={onClose}>
                        {t('closing.title')}
                    </button>
                </>
            )}
        </>
    );
}

function Report({ report }: { report: SessionReport }) {
    const { session, opening_note, closing_note } = report;
    return (
        <div class="report">
            <p class="only-print">
                {shopName.value} · {dateTime(Date.now())}
            </p>
            <p class="hint">
                {t('session.since', { name: session.opened_by.name, when: when(session.opened_ms) })}
                {session.closed_ms &&
                    `, ${t('session.until', { name: session.closed_by?.name ?? '', when: when(session.closed_ms) })}`}
                {!isAlone(session.multi_session) &&
                    `, ${t('order.run', { name: session.multi_session.name, run: session.run })}`}
            </p>
            {[opening_note, closing_note].map(note => note && <p key={note}>“{note}”</p>)}
            <Sold report={report} />
            <div class="report-parts">
                <Methods report={report} />
                <CashTable report={report} />
                <Moves report={report} />
                <Taxes report={report} />
                <Drafts report={report} />
                <Devices report={report} />
            </div>
            <a class="button to-orders" href={href(`/orders?pos=${session.pos.id}`)}>
                {t('session.orders')}
            </a>
        </div>
    );
}
