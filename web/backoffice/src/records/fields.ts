/** Short words for the fields that descriptions are made of. */
import type { Resource } from '../api/records';
import type { Field } from './kind';

export const text = (name: string, isRequired = false): Field => ({ name, type: 'text', isRequired });
export const long = (name: string): Field => ({ name, type: 'long' });
export const toggle = (name: string): Field => ({ name, type: 'switch' });
export const number = (name: string, more: Partial<Field> = {}): Field =>
    ({ name, type: 'number', ...more }) as Field;
export const choice = (name: string, ...options: string[]): Field => ({ name, type: 'choice', options });
export const small = (name: string, of: Resource): Field => ({ name, type: 'reference', of, small: true });
export const large = (name: string, of: Resource): Field => ({ name, type: 'reference', of });
export const several = (name: string, of: Resource): Field => ({ name, type: 'references', of });
