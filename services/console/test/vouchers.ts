// Programmes and their people, as the specs of authorities and officers have them.
import type { Page } from '#testing';
import type { Stage } from './stage.js';

/** A programme of Chongqing that takes a platform's bills; two funders, two tiers. */
export const termsOf = (platformId: number, more: object = {}): object => ({
  name: 'Chongqing compute vouchers 重庆算力券 2026',
  source: 'Measures of the bureau 局发〔2026〕1号',
  ...{ budget: '100000', firstDay: '2025-11-01', lastDay: '2026-12-31', kind: 'REIMBURSEMENT', officersFrom: '1000' },
  eligibility: { regions: [500000] },
  coverage: { services: ['COMPUTE', 'MODEL'], platformIds: [platformId] },
  tiers: [
    { sizes: ['SMALL'], rateBp: 3_000, capPerBill: '500' },
    { rateBp: 2_000, domesticExtraBp: 1_000, ceilingBp: 2_500 },
  ],
  funders: [
    { name: 'City 市财政', parts: 2 },
    { name: 'District 区财政', parts: 1 },
  ],
  ...more,
});

export const idOf = async ({ exchange }: Stage, key: string): Promise<number> =>
  (await exchange.http<{ participantId: number }>('/v1/me', { key })).body.participantId;

export async function registered({ send }: Stage, details: object): Promise<number> {
  const { participantId } = await send<{ participantId: number }>('/v1/participants', { details });
  for (const state of ['SUBMITTED', 'VERIFIED']) await send(`/v1/participants/${participantId}/state`, { state, reason: 'papers seen' });
  return participantId;
}

/** Submits the page's form that does this, its fields filled and its boxes ticked. */
export const submit = (page: Page, act: string, fields: Readonly<Record<string, string>> = {}): Promise<void> =>
  page.evaluate(`(() => {
    const form = document.querySelector('form[data-act=${act}]');
    for (const [name, value] of Object.entries(${JSON.stringify(fields)})) form.elements[name].value = value;
    for (const box of form.querySelectorAll('input[type=checkbox]')) box.checked = true;
    form.requestSubmit();
  })()`);
