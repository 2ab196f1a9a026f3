// The operator declares what the exchange cannot count (decision 0031). The document stays with him: what is sent is its hash, made here.
import { newIdempotencyKey, post } from './api.js';
import { type Child, el } from './dom.js';
import type { Definition } from './indicator.js';
import { problemPlace } from './parts.js';
import { said } from './session.js';
import { t } from './words.js';

/** @param today of the exchange, Asia/Shanghai */
export function declaring(definition: Definition, today: string): HTMLElement {
  const input = (name: string, attributes: Readonly<Record<string, string>>): HTMLInputElement => el('input', { name, ...attributes });
  const whole = { type: 'number', min: '0', step: '1', required: '' };
  const subject = input('subject', { maxlength: '80' });
  const numerator = input('numerator', whole);
  const denominator = definition.denominatorUnit ? input('denominator', { ...whole, min: '1' }) : undefined;
  const day = input('day', { type: 'date', required: '', max: today, value: today });
  const evidenceHash = input('evidenceHash', { required: '', pattern: '[0-9a-f]{64}', size: '64', class: 'hash' });
  const note = input('note', { required: '', maxlength: '400', size: '40' });
  const field = (name: string, of: Child) => el('label', {}, name, of);
  const unitOf = (unit: string, unitZh: string): string => said(` (${unit})`, `（${unitZh}）`);
  const form = el(
    'form',
    { class: 'bar' },
    field(t('subjectOrWhole'), subject),
    field(t('numerator') + unitOf(definition.numeratorUnit, definition.numeratorUnitZh), numerator),
    ...(denominator ? [field(t('denominator') + unitOf(definition.denominatorUnit, definition.denominatorUnitZh), denominator)] : []),
    field(t('day'), day),
    ...hashing(evidenceHash).map((file) => field(t('document'), file)),
    field(t('evidence'), evidenceHash),
    field(t('documentNote'), note),
    el('button', { type: 'submit' }, t('declare')),
  );
  const problem = problemPlace();
  const idempotencyKey = newIdempotencyKey();
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const declared = {
      ...{ indicatorId: definition.indicatorId, subject: subject.value.trim(), numerator: Number(numerator.value), day: day.value },
      ...{ denominator: Number(denominator?.value ?? 0), evidenceHash: evidenceHash.value, note: note.value },
    };
    post('/v1/indicator-declarations', declared, idempotencyKey).then(() => dispatchEvent(new HashChangeEvent('hashchange')), problem.show);
  });
  return el('details', {}, el('summary', {}, t('declare')), form, problem.place);
}

/** Fills the hash in from a file that is chosen; where the browser makes no hashes (plain HTTP from another machine) it is typed. */
function hashing(into: HTMLInputElement): HTMLElement[] {
  if (!isSecureContext) return [];
  const file = el('input', { type: 'file', name: 'document' });
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen)
      void chosen
        .arrayBuffer()
        .then((bytes) => crypto.subtle.digest('SHA-256', bytes))
        .then((digest) => {
          into.value = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        });
  });
  return [file];
}
