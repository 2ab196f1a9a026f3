// Moves a service's outbox to the bus. What is on the bus leaves the outbox; a crash in between says it again, and the bus drops it.
import { type Event, topicOf } from '#contracts';
import type { Activity, Loop } from './activity.js';
import type { Bus } from './bus.js';
import { sending } from './bus-telemetry.js';
import type { Database } from './database.js';
import type { Logger } from './log.js';

const batch = 1_000;

interface OutboxRow {
  source: string;
  sequence: bigint;
  type: string;
  subject: string;
  time: bigint;
  traceparent: string;
  data: Buffer;
}

export function relay(service: string, database: Database, bus: Bus, activity: Activity, log: Logger): Loop {
  return activity.loop(`${service}'s relay`, log, async () => {
    const rows = await database.query<OutboxRow>(
      `select source, sequence, type, subject, time, traceparent, data from outbox order by source, sequence limit ${batch}`,
    );
    // Rows of a source come in its commits' order, since each commit counts under a lock: those read are all there are up to the last.
    const bySource = Map.groupBy(rows, (row) => row.source);
    for (const [source, ofSource] of bySource) {
      const topic = topicOf(ofSource[0]!.type);
      const events = ofSource.map(eventOf);
      await sending(topic, events, () => bus.publish(topic, events));
      // It need not reach the disk by itself: what comes back after a crash is said again.
      await database.query(
        `with gone as (delete from outbox where source = $1 and sequence <= $2) select set_config('synchronous_commit', 'off', true)`,
        [source, ofSource.at(-1)!.sequence],
      );
    }
    activity.worked += rows.length;
    return rows.length === batch;
  });
}

const eventOf = ({ source, sequence, type, subject, time, traceparent, data }: OutboxRow): Event => ({
  id: `${source}/${sequence}`,
  source,
  sequence: Number(sequence),
  type,
  subject,
  time: Number(time),
  traceparent,
  data,
});
