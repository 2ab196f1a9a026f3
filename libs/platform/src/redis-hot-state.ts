// Hot state between processes: what is told goes through Redis as publish and subscribe, over one connection. Redis keeps nothing of it, so nothing is lost
// with it but time.
import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Channel, type Hear, HotState, type Line } from './hot-state.js';
import type { Logger } from './log.js';
import type { RedisAddress } from './redis-url.js';

const beatMs = 1_000;
/** Without an answer for so long the server is taken for lost. */
const silenceMsMax = 2_000;
const reconnectMsMax = 500;
/** What a server that does not answer leaves waiting here; what is told beyond is dropped. */
const unansweredMax = 1_000;

export class RedisHotState extends HotState {
  private readonly prefix: string;
  private readonly redis: Redis;
  /** Redis repeats to us what we tell. */
  private readonly origin = randomUUID();
  private readonly beat: NodeJS.Timeout;
  /** Channels on which others may have missed something of ours. */
  private readonly unsaid = new Set<Channel>();
  private unanswered = 0;
  /** Undefined before the first time that it is known. */
  private isUp: boolean | undefined;

  /** Returns at once: an exchange starts without its Redis, as it goes on without it. */
  constructor({ host, port, username, password, trust, name }: RedisAddress, log: Logger) {
    super(log);
    this.prefix = `${name}/`;
    this.redis = new Redis({
      ...{ host, port, username, password, connectionName: name },
      ...(trust && { tls: { ...trust } }),
      // One connection both tells and hears.
      protocol: 3,
      socketTimeout: silenceMsMax,
      connectTimeout: silenceMsMax,
      retryStrategy: (times) => Math.min(50 * times, reconnectMsMax),
      // What could not be told in time is not told late: others are told that they missed something.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
    });
    this.redis.on('ready', () => void this.begin());
    this.redis.on('error', (error: unknown) => this.lost(error));
    this.redis.on('close', () => this.lost());
    this.redis.on('message', (topic: string, said: string) => this.heard(topic, said));
    this.beat = setInterval(() => void this.ask(() => this.redis.ping()).then(() => this.ownUp()), beatMs).unref();
  }

  override open(channel: Channel, hear: Hear): Line {
    const isNew = !this.channels.includes(channel);
    const line = super.open(channel, hear);
    if (isNew && this.isUp) void this.listen(channel);
    return line;
  }

  override get standing(): string {
    return this.isUp ? 'Redis answers' : 'Redis is not reached: each process counts for itself';
  }

  override get isReached(): boolean {
    return this.isUp === true;
  }

  override close(): void {
    clearInterval(this.beat);
    super.close();
    this.isUp = false;
    this.redis.disconnect();
  }

  protected override spread(channel: Channel, message: string): void {
    void this.publish(channel, `${this.origin} ${message}`);
  }

  private async publish(channel: Channel, said: string): Promise<void> {
    const isSaid = this.isUp && this.unanswered < unansweredMax && (await this.ask(() => this.redis.publish(this.prefix + channel, said)));
    if (!isSaid) this.unsaid.add(channel);
  }

  /** True where the server answered. What fails is told by the connection's own events. */
  private async ask(command: () => Promise<unknown>): Promise<boolean> {
    this.unanswered++;
    try {
      await command();
      return true;
    } catch {
      return false;
    } finally {
      this.unanswered--;
    }
  }

  private async begin(): Promise<void> {
    this.isUp = true;
    this.log.info({}, 'Redis is reached');
    await Promise.all(this.channels.map((channel) => this.listen(channel)));
    this.ownUp();
  }

  /** Lets the others know where they missed something. */
  private ownUp(): void {
    if (!this.isUp) return;
    for (const channel of [...this.unsaid]) {
      this.unsaid.delete(channel);
      void this.publish(channel, this.origin);
    }
  }

  /** What was told until it listens was missed. */
  private async listen(channel: Channel): Promise<void> {
    if (await this.ask(() => this.redis.subscribe(this.prefix + channel))) this.deliver(channel, undefined);
  }

  private lost(error?: unknown): void {
    if (this.isUp !== false) this.log.warn({ err: error }, 'Redis is not reached: each process counts for itself until it is');
    this.isUp = false;
  }

  /** "origin message", or an origin alone where something of its was not said. */
  private heard(topic: string, said: string): void {
    const [, origin, message] = /^(\S+)(?: (.*))?$/s.exec(said) ?? [];
    if (origin !== this.origin) this.deliver(topic.slice(this.prefix.length) as Channel, message);
  }
}
