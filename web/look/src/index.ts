/**
 * `@tillsync/look`: what the Register and the back office share of how they look and speak. Colours, letters and dialogs
 * are in `look.css`; pages say words of their own, so what has a text here is handed it.
 */

export { follow, type Hand, hand, type Theme, theme } from './device';
export { Dialog, type DialogProps } from './dialog';
export { Icon, type IconName } from './icon';
export { PinPad, type PinPadProps } from './pin_pad';
export { type Catalogues, type Speech, speech, type Values } from './speech';
