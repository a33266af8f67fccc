/** Which screen of the till is shown. */
import { signal } from '@preact/signals';

export type Screen = 'order' | 'payment' | 'receipt' | 'past' | 'closing';
export const screen = signal<Screen>('order');
