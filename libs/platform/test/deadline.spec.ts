import { getEventListeners, once } from 'node:events';
import { Deadline } from '../src/deadline.js';

const hour = 3_600_000;

describe('a deadline', () => {
  it('aborts when its time is over', async () => {
    const deadline = new Deadline(1, undefined);
    await once(deadline.signal, 'abort');
    expect(deadline.signal.aborted).toBe(true);
  });

  it('aborts with the other signal, also where that was aborted before', () => {
    const other = new AbortController();
    const deadline = new Deadline(hour, other.signal);
    expect(deadline.signal.aborted).toBe(false);
    other.abort();
    expect(deadline.signal.aborted).toBe(true);
    expect(new Deadline(hour, other.signal).signal.aborted).toBe(true);
  });

  it('hears of nothing once it is ended', () => {
    const other = new AbortController();
    const deadline = new Deadline(hour, other.signal);
    deadline.end();
    other.abort();
    expect(deadline.signal.aborted).toBe(false);
    expect(getEventListeners(other.signal, 'abort')).toEqual([]);
  });
});
