// The ports that take calls from outside. Each is told here when it opens, so that the exchange can say where it is and close them first.

export interface Listener {
  /** 'http' or 'grpc'. */
  readonly name: string;
  /** 'http://127.0.0.1:8080', '127.0.0.1:8081'. */
  readonly address: string;
  /** Takes nothing new, and resolves when what is under way has been answered. */
  readonly close: () => Promise<void>;
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
