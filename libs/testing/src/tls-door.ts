// A door before a server that speaks plainly, which others reach by TLS under a certificate of its own: as a proxy in front of a platform.
import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import type { Issued } from './authority.js';
import { Door } from './door.js';

export class TlsDoor {
  private constructor(
    private readonly server: tls.Server,
    /** Behind the certificate: what is shut or held here is so for those outside. */
    readonly door: Door,
    readonly port: number,
  ) {}

  /** @param to port of the server */
  static async open(to: number, { cert, key }: Pick<Issued, 'cert' | 'key'>): Promise<TlsDoor> {
    const door = await Door.open(to);
    const server = tls.createServer({ cert, key, ALPNProtocols: ['h2'], noDelay: true }, (outside) => {
      const inside = net.connect({ port: door.port, host: '127.0.0.1', noDelay: true });
      outside.on('error', () => inside.destroy()).once('close', () => inside.destroy());
      inside.on('error', () => outside.destroy()).once('close', () => outside.destroy());
      outside.pipe(inside).pipe(outside);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new TlsDoor(server, door, (server.address() as AddressInfo).port);
  }

  async close(): Promise<void> {
    this.door.shut();
    await new Promise((resolve) => this.server.close(resolve));
    await this.door.close();
  }
}
