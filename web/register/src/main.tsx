import { render } from 'preact';
import './style/index.css';
import { install } from './install';
import { follow } from './look';
import { PosesScreen } from './screens/poses';
import { TillScreen } from './screens/till';
import { Standing } from './standing';

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
