// What comes back of a national node 国家节点: kept, shown, and told once.
import { NationalReturnKind } from '#contracts';
import { Region } from './national.js';

const minute = 60_000;

let region: Region;
afterEach(() => region?.stop());

describe('what comes back', () => {
  const notice = (entryId: string, change = {}) => ({
    ...{ entryId, kind: 'NOTICE', issuedAt: '2026-01-01T00:00:00Z', title: `notice ${entryId}`, notice: { text: 'report occupancy anew' } },
    ...change,
  });

  it('is kept, shown and told once, also after the receiver was restored from an older back-up', async () => {
    ({ region } = await Region.opened());
    const copy = await region.nation.backUp();
    const need = { region: 110_000, computeClass: 'INTELLIGENT', model: 'G2', unit: 'CARD', units: 512, domesticOnly: true };
    await region.nation.control('POST', 'returns', notice('n-1'));
    await region.nation.control('POST', 'returns', { ...notice('n-2'), kind: 'NEED', notice: undefined, need });
    await region.exchange.advance(2 * minute);
    await region.nation.restore(copy);
    for (const id of ['n-1', 'n-3']) await region.nation.control('POST', 'returns', notice(id));
    // One question to learn that its place is not known any more, and one from the beginning.
    await region.exchange.advance(minute);
    await region.exchange.advance(minute);
    const { returns } = await region.national.listNationalReturns({});
    expect(returns.map(({ entry }) => entry!.entryId)).toEqual(['n-3', 'n-2', 'n-1']);
    expect(region.returns).toEqual(['n-1', 'n-2', 'n-3']);
    const needs = await region.national.listNationalReturns({ kind: NationalReturnKind.NEED });
    expect(needs.returns.map(({ entry }) => entry!.need)).toEqual([expect.objectContaining({ region: 110_000, units: 512 })]);
  });

  it('is kept and shown, and told to nobody, where it breaks the contract', async () => {
    ({ region } = await Region.opened());
    await region.nation.control('POST', 'returns', notice('n-1', { title: '' }));
    await region.nation.control('POST', 'returns', notice('n-2'));
    await region.exchange.advance(2 * minute);
    const { returns } = await region.national.listNationalReturns({});
    expect(returns.map(({ entry, rule }) => [entry!.entryId, rule])).toEqual([
      ['n-2', ''],
      ['n-1', 'title field_must_be_given'],
    ]);
    expect(region.returns).toEqual(['n-2']);
  });
});
