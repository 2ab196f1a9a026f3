import { once } from 'node:events';
import { createServer } from 'node:net';
import { readFile } from 'node:fs/promises';
import { freePorts } from '#platform';

describe('free ports', () => {
  it('are given once and lie outside those that the system hands out', async () => {
    const ports = [...(await freePorts(3)), ...(await freePorts(3))];
    expect(new Set(ports).size).toBe(6);
    const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '32768 60999');
    for (const port of ports) expect(port).toBeLessThan(Number(range.trim().split(/\s+/)[0]));
  });

  it('are none that somebody listens on', async () => {
    const [one] = (await freePorts(1)) as [number];
    const next = [one + 1, one + 2, one + 3];
    const servers = next.map((port) => createServer().listen(port, '127.0.0.1'));
    // Also where it is not ours that listens there.
    await Promise.all(servers.map((server) => Promise.race([once(server, 'listening'), once(server, 'error')])));
    const [other] = (await freePorts(1)) as [number];
    expect(next).not.toContain(other);
    expect(other).not.toBe(one);
    for (const server of servers) server.close();
  });
});
