import { follow } from '@tillsync/look';
import { render } from 'preact';
import './style/index.css';
import { App } from './app';
import { preferred, speak } from './i18n';
import { followLinks } from './router';
import { scrollByHand } from './scroll';
import { askBeforeUnload } from './unsaved';

follow();
followLinks();
scrollByHand();
askBeforeUnload();
await speak(preferred());
const app = document.getElementById('app');
if (app) render(<App />, app);
