// a certificate is made from the newest snapshot before its command, and is the same whatever it is made from.
import type { ExplanationCertificate } from '#contracts';
import { buyer, firstSlot, oneHour, testMarket, yuan, type TestMarket } from './market.js';

describe('certificates of past explanations (R-20)', () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await testMarket();
  });
  afterAll(() => market.exchange.stop());

  const certify = (bidId: number) => market.scheduling(buyer).certifyExplanation({ bidId });
  /** A bid that nothing fills, as it is explained at once. */
  const placed = async () => {
    const { bidId } = await market.scheduling(buyer).submitBid({ terms: oneHour({ units: 9, limitPrice: yuan, latest: firstSlot + 96 }) });
    return { bidId, explanation: await market.scheduling(buyer).explainBid({ bidId }) };
  };
  const snapshotBytes = (change: string) =>
    market.exchange.database.query(
      `update scheduler.snapshot_part set bytes = ${change} where sequence = (select max(sequence) from scheduler.snapshot)`,
    );

  it('are the same from the first command, from a snapshot, and past one that is broken', async () => {
    await market.offer(4);
    const bids = [await placed()];
    await market.sequencer.snapshots.take();
    await market.offer(3, 3 * yuan);
    bids.push(await placed());
    await market.sequencer.snapshots.take();
    await market.slots(2);
    await market.offer(2, 4 * yuan);
    bids.push(await placed());
    const said: ExplanationCertificate[] = [];
    for (const { bidId, explanation } of bids) {
      const certificate = await certify(bidId);
      expect(certificate.explanation).toEqual(explanation);
      expect(await market.scheduling(buyer).verifyCertificate({ certificate })).toMatchObject({ same: true, differs: [] });
      said.push(certificate);
    }
    await snapshotBytes("overlay(bytes placing '\\x63'::bytea from 1)");
    expect(await certify(bids[2]!.bidId)).toEqual(said[2]);
    await snapshotBytes("''::bytea");
    expect(await certify(bids[2]!.bidId)).toEqual(said[2]);
  });
});
