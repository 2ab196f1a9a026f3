// Supply told either way, and the counts by which both see that something is missing.
import type { AdvertisementHeard, RemoteSupply } from '#contracts';
import { ComputeClass, ResidencyZone, Unit } from '#contracts';
import { firstSellableSlot } from '#domain';
import type { Content } from '../hearer.js';
import { type Clause, type Stage, must } from '../stage.js';

const day = 86_400_000;

/** Eight cards for two slots, from the next but one on. */
export const supplyOf = ({ now, offer }: Stage, advertId: string, change: Partial<RemoteSupply> = {}): RemoteSupply => ({
  ...{
    advertId,
    computeClass: ComputeClass.INTELLIGENT,
    model: offer.model,
    domestic: false,
    unit: Unit.CARD,
    zone: ResidencyZone.DOMESTIC,
  },
  ...{ region: offer.region, units: 8, price: offer.price, window: { from: firstSellableSlot(now) + 1, to: firstSellableSlot(now) + 3 } },
  ...{
    roundTripUs: 0,
    gigabitsPerSecond: 100,
    greenShareBp: 0,
    pueMilli: 0,
    expiresAt: now + day,
    unitsPerNode: 8,
    securityGrade: 3,
    nodeShape: undefined,
    unitsBySlot: undefined,
  },
  ...change,
});

/** At the price 0: shown, and nothing is sold of it. */
const shown = (stage: Stage, advertId: string, change: Partial<RemoteSupply> = {}): RemoteSupply =>
  supplyOf(stage, advertId, { price: 0, ...change });

const said = (serial: number, full: boolean, supply: RemoteSupply[] = [], withdrawn: string[] = []): Content => ({
  advertise: { serial, full, supply, withdrawn },
});

async function heard(stage: Stage, content: Content): Promise<AdvertisementHeard> {
  const { advertiseAnswer, refused } = await stage.speaker.say(content);
  must(advertiseAnswer, `it was refused as ${refused?.rule} (${refused?.detail})`);
  return advertiseAnswer;
}

/** The next of this program's; taken as it is. */
export async function advertise(
  stage: Stage,
  full: boolean,
  supply: RemoteSupply[] = [],
  withdrawn: string[] = [],
): Promise<AdvertisementHeard> {
  const serial = stage.saidSerial + 1;
  stage.isAdvertised = true;
  const answer = await heard(stage, said(serial, full, supply, withdrawn));
  mustHave(answer, serial, false);
  stage.saidSerial = serial;
  return answer;
}

function mustHave({ heardSerial, wantsFull }: AdvertisementHeard, serial: number, isFullWanted: boolean): void {
  must(heardSerial === serial, `its heard_serial is ${heardSerial}; ${serial} was taken last`);
  must(wantsFull === isFullWanted, isFullWanted ? 'it does not want all anew' : 'it wants all anew, though nothing is missing');
}

export const advertising: readonly Clause[] = [
  {
    clause: 'advertise.full',
    name: 'an advertisement of all is taken at any serial beyond the last',
    run: async (stage) => {
      stage.saidSerial += 1;
      await advertise(stage, true, [shown(stage, 'conformance-1')]);
    },
  },
  {
    clause: 'advertise.change',
    name: 'a change is taken at the next serial',
    run: async (stage) => void (await advertise(stage, false, [shown(stage, 'conformance-2')], ['conformance-1'])),
  },
  {
    clause: 'advertise.gap',
    name: 'a change beyond the next serial is not taken: all is wanted anew',
    run: async (stage) =>
      mustHave(await heard(stage, said(stage.saidSerial + 2, false, [shown(stage, 'conformance-3')])), stage.saidSerial, true),
  },
  {
    clause: 'advertise.twice',
    name: 'a serial that another message had is not taken: all is wanted anew',
    run: async (stage) => mustHave(await heard(stage, said(stage.saidSerial, true)), stage.saidSerial, true),
  },
  {
    clause: 'advertise.old',
    name: 'an older serial is not taken, and nothing is wanted',
    run: async (stage) => mustHave(await heard(stage, said(stage.saidSerial - 1, true)), stage.saidSerial, false),
  },
  {
    clause: 'advertise.rules',
    name: 'adverts that break a rule are left out one by one, and named with it',
    run: async (stage) => {
      const { window } = shown(stage, 'conformance-4');
      const wrong: readonly [string, Partial<RemoteSupply>, string][] = [
        ['conformance-empty', { window: { from: window!.to, to: window!.to } }, 'window_must_not_be_empty'],
        ['conformance-over', { window: { from: window!.from - 20, to: window!.from - 10 } }, 'window_must_not_be_over'],
        ['conformance-expired', { expiresAt: stage.now - 1 }, 'advert_must_not_have_expired'],
        ['conformance-long', { expiresAt: stage.now + 8 * day }, 'advert_must_expire_within_7_days'],
      ];
      const supply = [shown(stage, 'conformance-4'), ...wrong.map(([id, change]) => shown(stage, id, change))];
      const { refused } = await advertise(stage, false, supply);
      const named = refused.map(({ advertId, rule }) => `${advertId} ${rule}`).sort();
      const wanted = wrong.map(([id, , rule]) => `${id} ${rule}`).sort();
      must(String(named) === String(wanted), `it left out ${named.join(', ') || 'nothing'}; it must be ${wanted.join(', ')}`);
    },
  },
  {
    clause: 'advertise.refused',
    name: 'an advertisement that is refused has not taken its serial',
    run: async (stage) => {
      await stage.mustRefuse(said(stage.saidSerial + 1, false, [shown(stage, 'conformance-5', { region: 1 })]), 'number_must_be_in_range');
      await advertise(stage, false, [shown(stage, 'conformance-5')]);
    },
  },
  {
    clause: 'advertise.thousand',
    name: 'what would go beyond a thousand adverts is refused whole',
    run: async (stage) => {
      await advertise(
        stage,
        true,
        Array.from({ length: 1_000 }, (_, nth) => shown(stage, `conformance-many-${nth}`)),
      );
      await stage.mustRefuse(said(stage.saidSerial + 1, false, [shown(stage, 'conformance-6')]), 'adverts_must_not_exceed_1000');
      await advertise(stage, true);
    },
  },
  {
    clause: 'advertise.counted',
    name: 'the answer to hello tells the serial that was taken last',
    run: async (stage) => {
      const { helloAnswer } = await stage.speaker.say(stage.hello());
      must(helloAnswer?.heardSerial === stage.saidSerial, `it tells ${helloAnswer?.heardSerial}; ${stage.saidSerial} was taken last`);
    },
  },
  {
    clause: 'advertise.told',
    name: 'who says in hello that it has heard nothing is advertised all',
    run: async (stage) => {
      await stage.until('it has advertised nothing to this program', () => (stage.heardSerial > 0 ? true : undefined));
      for (const { expiresAt, advertId, price, window } of stage.theirs.values()) {
        must(expiresAt <= stage.now + 7 * day, `${advertId} expires later than in seven days`);
        must(price % 100 === 0, `the price of ${advertId} is no multiple of 100`);
        must(window!.from < window!.to, `the window of ${advertId} is empty`);
      }
    },
  },
  {
    clause: 'advertise.anew',
    name: 'who answers that it wants all is told all anew, under a higher serial',
    run: async (stage) => {
      const before = stage.listener.came.length;
      // To who has heard less than was said all is said anew; the answer to that wants it once more.
      stage.wantsFull = true;
      const count = stage.heardSerial;
      stage.heardSerial = 0;
      await stage.speaker.say(stage.hello());
      const [first, second] = await stage.until('it has not advertised all anew, twice', () => {
        const told = distinct(stage, before);
        return told.length >= 2 ? told : undefined;
      });
      must(first!.full && second!.full, 'what was said anew is not all (full)');
      must(first!.serial > count && second!.serial > first!.serial, `the serials are ${count}, ${first!.serial}, ${second!.serial}`);
    },
  },
];

/** This program offers nothing any more. */
export async function withdraw(stage: Stage): Promise<void> {
  if (stage.isAdvertised) await advertise(stage, true);
}

/** What the other side advertised since, each message once. */
function distinct(stage: Stage, after: number) {
  const told = new Map(stage.came('advertise', after).map(({ message }) => [message.id, message.advertise!]));
  return [...told.values()];
}
