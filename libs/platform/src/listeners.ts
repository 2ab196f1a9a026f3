// The ports that take calls from outside. Each is told here when it opens, so that the exchange can say where it is and close them first.
import { createServer } from 'node:net';
import { messageOf } from './fault.js';

export interface Listener {
  /** 'http' or 'grpc'. */
  readonly name: string;
  /** 'http://127.0.0.1:8080', '127.0.0.1:8081'. */
  readonly address: string;
  /** Takes nothing new, and resolves when what is under way has been answered. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a port.
 * @param setting that says where
 * @throws Error port_must_be_free where another process has it, else what the system says, and the setting in either case
 */
export async function opened<T>(setting: string, address: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (cause) {
    // By its text: gRPC says it in a sentence of its own.
    const message = messageOf(cause);
    const why = message.includes('EADDRINUSE') ? `port_must_be_free: another process listens at ${address}` : `${address}: ${message}`;
    throw new Error(`${setting}: ${why}`, { cause });
  }
}

/** Looks before anything is started, which takes seconds and is not undone without words. @throws Error as `opened` */
export async function portMustBeFree(setting: string, host: string, port: number): Promise<void> {
  const server = createServer();
  await opened(
    setting,
    `${host}:${port}`,
    () => new Promise<void>((resolve, reject) => server.once('error', reject).listen({ host, port }, resolve)),
  );
  await new Promise((resolve) => server.close(resolve));
}

export class Listeners {
  private readonly open: Listener[] = [];

  add(listener: Listener): void {
    this.open.push(listener);
  }

  /** Address of a listener, once it is open. */
  address(name: string): string | undefined {
    return this.open.find((listener) => listener.name === name)?.address;
  }

  async close(): Promise<void> {
    await Promise.all(this.open.splice(0).map((listener) => listener.close()));
  }
}
