/** Whose a key is. */

/** Whether it is typed into a field, or into a dialog: then it is nothing that the screen below has to do with. */
export function isTypedElsewhere({ target }: KeyboardEvent): boolean {
    const isField = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
    return isField || document.querySelector('dialog[open]') !== null;
}
