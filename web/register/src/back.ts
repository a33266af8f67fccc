/** The browser's and the tablet's Back: it stays in the till. */

/**
 * Takes Back over: it closes the dialog that is open, else `onBack` says what it means. Who wants to leave has a button
 * in the menu; a second Back without a tap in between leaves too, since browsers let no page hold people.
 *
 * @returns what ends that
 */
export function catchBack(onBack: () => void): () => void {
    const hold = () => history.pushState('till', '');
    const popped = () => {
        hold();
        const dialog = [...document.querySelectorAll('dialog[open]')].at(-1);
        if (dialog) dialog.dispatchEvent(new Event('cancel', { cancelable: true }));
        else onBack();
    };
    if (history.state !== 'till') hold();
    addEventListener('popstate', popped);
    return () => removeEventListener('popstate', popped);
}
