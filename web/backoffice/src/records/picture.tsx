/** A product's picture: made small enough here, whatever a camera gave. */

import { useSignal } from '@preact/signals';
import { Icon } from '@tillsync/look';
import { t } from '../i18n';
import type { ControlProps } from './controls';

/** What the server takes. */
const BYTES_MAX = 100_000;
/** Sides that are tried, the largest first. */
const SIDES_PX = [512, 384, 256, 160];

/** In the record itself, or a file of this server. */
export function isPictureAddress(value: unknown): value is string {
    return typeof value === 'string' && (value.startsWith('data:image/') || /^\/[^/]/.test(value));
}

/** The picture as a data: URL that is small enough; null when the file is none. */
async function shrink(file: File): Promise<string | null> {
    let bitmap: ImageBitmap;
    try {
        bitmap = await createImageBitmap(file);
    } catch {
        return null;
    }
    const side = Math.min(bitmap.width, bitmap.height);
    for (const px of SIDES_PX) {
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = Math.min(px, side);
        // A square out of its middle: that is what the tills show.
        const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
        canvas.getContext('2d')?.drawImage(bitmap, left, top, side, side, 0, 0, canvas.width, canvas.height);
        const url = canvas.toDataURL('image/webp', 0.85);
        if (url.length <= BYTES_MAX) return url;
    }
    return null;
}

export function PictureField({
    value,
    wrong,
    onChange,
    label,
    hint,
}: ControlProps & { label: string; hint: string }) {
    const problem = useSignal('');
    const url = isPictureAddress(value) ? value : '';
    const take = async (file: File | undefined) => {
        if (!file) return;
        const small = await shrink(file);
        problem.value = small ? '' : t('picture.wrong');
        if (small) onChange(small);
    };
    return (
        <div class="field picture">
            <span>{label}</span>
            <div class="picture-row">
                {url ? <img src={url} alt={label} /> : <span class="blank" aria-hidden="true" />}
                <label class="button">
                    <Icon name="upload" />
                    {t(url ? 'picture.other' : 'picture.choose')}
                    <input
                        type="file"
                        accept="image/*"
                        onChange={event => void take(event.currentTarget.files?.[0])}
                    />
                </label>
                {url && (
                    <button type="button" onClick={() => onChange(false)}>
                        {t('picture.remove')}
                    </button>
                )}
            </div>
            {hint && <p class="hint">{hint}</p>}
            {(problem.value || wrong) && (
                <p class="wrong" role="alert">
                    {problem.value || wrong}
                </p>
            )}
        </div>
    );
}
