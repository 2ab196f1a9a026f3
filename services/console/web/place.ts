// A buyer places a bid: first what it would get now, then the bid itself.
import { newIdempotencyKey, post } from './api.js';
import { type BidForm, bidForm } from './bidform.js';
import { fillsTable } from './bids.js';
import { button, el, facts } from './dom.js';
import { type Explanation, lackingOf } from './explanation.js';
import { yuan } from './money.js';
import { onceOnly } from './once.js';
import { problemPlace } from './parts.js';
import { type Fill, countedText } from './products.js';
import { t } from './words.js';

interface Quote {
  readonly rejection: string;
  readonly fills: readonly Fill[];
  readonly filled: number;
  readonly rest: number;
  readonly cost: string;
  readonly buyingPower: string;
  readonly explanation: Explanation;
}

const inUnits = { pflops: 0 };

export async function placePage(): Promise<Node[]> {
  const asked = await bidForm();
  const problem = problemPlace();
  const quoted = el('div', {});
  const form = el('form', { class: 'bar' }, ...asked.fields, el('button', { type: 'submit', class: 'main' }, t('quote')));
  const once = onceOnly();
  /** Counts quotes: an answer that comes after the form has changed is not shown. */
  let turn = 0;
  form.addEventListener('input', () => {
    turn += 1;
    quoted.replaceChildren();
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const mine = ++turn;
    const terms = asked.terms();
    problem.show();
    post<Quote>('/v1/quotes', { terms }, newIdempotencyKey()).then(
      (quote) => {
        if (mine !== turn) return;
        quoted.replaceChildren(...quoteOf(quote), ...(quote.rejection ? [] : [placing(terms, asked, once)]));
        quoted.querySelector('button')?.focus();
      },
      (refusal: unknown) => {
        if (mine === turn) quoted.replaceChildren();
        problem.show(refusal);
      },
    );
  });
  return [el('h1', {}, t('placeBid')), el('p', { class: 'soft' }, t('placeMeans')), form, problem.place, quoted];
}

function quoteOf({ rejection, fills, filled, rest, cost, buyingPower, explanation }: Quote): Node[] {
  if (rejection) return [el('p', { class: 'problem', role: 'alert' }, `${t('wouldBeRefused')} ${rejection}`)];
  return [
    el('h2', {}, t('wouldGet')),
    facts([
      [t('filledOf'), `${countedText(filled, inUnits)} / ${countedText(filled + rest, inUnits)}`],
      [t('cost'), el('strong', {}, yuan(cost))],
      [t('reservedPower'), yuan(buyingPower)],
    ]),
    ...(fills.length ? [fillsTable(fills, '')] : []),
    // Of a quote all of the bid is explained, before any of it is filled.
    ...(rest ? [el('h2', {}, t('whyNotAll')), ...lackingOf(explanation, inUnits, t('asked'))] : []),
  ];
}

function placing(terms: object, asked: BidForm, once: ReturnType<typeof onceOnly>): HTMLElement {
  const problem = problemPlace();
  const place = button(
    t('placeBid'),
    () => {
      place.disabled = true;
      once((key) => post<{ bidId: string }>('/v1/bids', { terms, project: asked.project() }, key)).then(
        ({ bidId }) => {
          location.hash = `/bids/${bidId}`;
        },
        (refusal: unknown) => {
          place.disabled = false;
          problem.show(refusal);
        },
      );
    },
    { class: 'main' },
  );
  return el('div', {}, el('p', {}, place), problem.place);
}
