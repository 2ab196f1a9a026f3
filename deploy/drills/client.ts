// A gateway's client that must not lose an order: it learns an answer, a refusal, or that it does not know.
import type { Json } from '#demo';

export type Outcome =
  | { readonly kind: 'answered'; readonly body: Json }
  /** 4xx: it was not done. */
  | { readonly kind: 'refused'; readonly rule: string }
  /** No answer, half of one, or one of 5xx: it may have been done. */
  | { readonly kind: 'unknown'; readonly why: string };

const answerMsMax = 3_000;

/** @param once the idempotency key: the same call again under it, at whichever gateway, is done once */
export async function send(gateway: string, key: string, path: string, body: Json, once: string): Promise<Outcome> {
  try {
    const answer = await fetch(`${gateway}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': once },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(answerMsMax),
    });
    const text = await answer.text();
    if (answer.ok) return { kind: 'answered', body: JSON.parse(text) as Json };
    const rule = ruleOf(text) ?? `status ${answer.status}`;
    return answer.status < 500 ? { kind: 'refused', rule } : { kind: 'unknown', why: rule };
  } catch (error) {
    const { cause, message } = error as Error;
    return { kind: 'unknown', why: (cause as Error | undefined)?.message ?? message };
  }
}

function ruleOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { rule?: string }).rule;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
