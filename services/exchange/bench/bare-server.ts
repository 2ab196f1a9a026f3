// What durable orders cost at least: a bare node:http server that parses the same JSON and group-commits the same row, by the same journal,
// driver and disk, and does nothing else.
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Injectable, Module } from '@nestjs/common';
import { createServer } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Clock, interrupted, Journal, run, runCommand, service, startedWithUs } from '#platform';
import type { JournalWriter } from '#platform';

interface Waiting {
  readonly body: unknown;
  readonly done: () => void;
}

@Injectable()
class BareServer implements OnApplicationBootstrap {
  private waiting: Waiting[] = [];
  private running = false;
  private writer!: JournalWriter;

  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.writer = await this.journal.open(0, 1);
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const done = () => response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"OPEN"}');
        this.waiting.push({ body: JSON.parse(Buffer.concat(chunks).toString()), done });
        if (!this.running) void this.run();
      });
    });
    server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('bare is ready'));
  }

  private async run(): Promise<void> {
    this.running = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length) {
      const batch = this.waiting.splice(0, 1_000);
      const first = this.writer.end.lastSequence + 1;
      const payload = Buffer.from(JSON.stringify({ time: this.clock.now(), entries: batch.map(({ body }) => body) }));
      await this.writer.append({ firstSequence: first, lastSequence: first + batch.length - 1, payload });
      for (const { done } of batch) done();
    }
    this.running = false;
  }
}

@Module({ imports: [service({ name: 'bare', journal: true })], providers: [BareServer] })
class BareModule {}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await runCommand(async () => {
    await startedWithUs(
      () => run([BareModule], { logLevel: 'warn', httpPort: 0, grpcPort: 0 }),
      (running) => running.stop(),
    );
    await interrupted;
  });
}

/** The file to run as a process: PORT as its argument, EXCHANGE_DATA in its environment. */
export const bareServer = fileURLToPath(import.meta.url);
