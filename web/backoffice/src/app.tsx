/** The back office: who is there, then the screen of the address. */
import { people } from './api/people';
import { lookAtSetup } from './api/setup';
import type { Person, Setup } from './api/types';
import { useLoaded } from './load';
import { currency } from './money';
import { Problem } from './parts/page';
import { Shell, shopName } from './parts/shell';
import { place } from './router';
import { screenOf } from './routes';
import { KeyAsked, SignIn } from './screens/sign_in';
import { accessKey, person, wantsKey } from './who';

interface Shop {
    setup: Setup;
    people: Person[];
}

export function App() {
    const shop = useLoaded<Shop>(accessKey.value ?? '', async signal => {
        const [setup, all] = await Promise.all([lookAtSetup(signal), people()]);
        currency.value = setup.currency ?? null;
        shopName.value = setup.company?.name ?? '';
        return { setup, people: all };
    });
    const found = shop.data.value;
    if (wantsKey.value) return <KeyAsked onKey={() => void shop.again()} />;
    if (!found) {
        return (
            <main class="sign-in">
                <Problem text={shop.wrong.value} onAgain={() => void shop.again()} />
            </main>
        );
    }
    // Whoever was chosen here before and was deleted since is nobody.
    const isKnown = found.people.some(({ id }) => id === person.value?.id);
    if (found.people.length > 0 && !isKnown) return <SignIn people={found.people} />;
    return <Shell>{screenOf(place.value, () => void shop.again())}</Shell>;
}
