import { render } from 'preact';
import './style/index.css';
import { follow } from '@tillsync/look';
import { beginWithNewest, install } from './install';
import { PosesScreen } from './screens/poses';
import { TillScreen } from './screens/till';
import { Standing } from './standing';

await beginWithNewest();
// Only now: a page that is about to go asks for nothing.
document.querySelector('link[rel="icon"]')?.setAttribute('href', '/icon.svg');
follow();
const pos = /^\/pos\/(\d+)\/?$/.exec(location.pathname)?.[1];
const app = document.getElementById('app');
if (app) {
    render(
        <>
            {pos ? <TillScreen pos={Number(pos)} /> : <PosesScreen />}
            <Standing />
        </>,
        app,
    );
}
void install();
