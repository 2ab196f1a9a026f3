// A door before a server on this machine: shut, it cuts the connections that go through it and takes no new ones; or it swallows what is said, and nobody is told.
import net, { type AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

export class Door {
  private readonly sockets = new Set<net.Socket>();
  private readonly answers = new Map<net.Socket, Transform>();
  private isShut = false;
  private isSwallowing = false;
  /** For how many ms a piece that goes through is on its way, either way; those behind it wait for it. */
  delayMs: () => number = () => 0;

  private constructor(
    private readonly server: net.Server,
    readonly port: number,
  ) {}

  /** @param to port of the server, or the path of its Unix socket */
  static async open(to: number | string, host = '127.0.0.1'): Promise<Door> {
    // What comes is passed on at once: a proxy that waits for more to go with it costs each call some forty milliseconds.
    const server = net.createServer({ noDelay: true });
    const door = new Door(server, await listening(server));
    server.on('connection', (outside) => {
      if (door.isShut) return void outside.destroy();
      const inside = net.connect(typeof to === 'string' ? { path: to } : { port: to, host, noDelay: true });
      inside.once('close', () => door.answers.delete(inside));
      for (const [from, other] of [
        [outside, inside],
        [inside, outside],
      ] as const) {
        door.sockets.add(from);
        // A cut shows on the other side, and a server that is gone as it does to who asks it itself; the error itself says no more.
        from.on('error', () => cut(other));
        from.once('close', () => door.sockets.delete(from) && other.destroy());
        const way = door.way();
        if (from === inside) door.answers.set(inside, way);
        from.pipe(way).pipe(other);
      }
    });
    return door;
  }

  /** That go through it now. */
  get connections(): number {
    return this.answers.size;
  }

  shut(): void {
    this.isShut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  /** What the server says on the connections that there are goes no further, as to a client that does not read. */
  hold(): void {
    for (const [inside, way] of this.answers) inside.unpipe(way);
  }

  unshut(): void {
    this.isShut = false;
  }

  /** From now on nothing that is said arrives, either way, and no connection ends of it: as of a lost node, or behind a firewall that forgot them. */
  swallow(): void {
    this.isSwallowing = true;
  }

  private way(): Transform {
    return new Transform({
      transform: (piece, _encoding, passed) => {
        if (this.isSwallowing) return void passed();
        const delayMs = this.delayMs();
        if (delayMs > 0) setTimeout(passed, delayMs, null, piece);
        else passed(null, piece);
      },
    });
  }

  async close(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A reset where it may be one: Node never closes the handle of what is reset while its end is on its way, and a test would wait for it. */
const cut = (socket: net.Socket): unknown => (socket.writableEnded ? socket.destroy() : socket.resetAndDestroy());

async function listening(server: net.Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
