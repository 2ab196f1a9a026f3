// A real browser for the specs of pages: Chromium of this machine, spoken to by its DevTools protocol.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { leaveOut, mustRun } from './server.js';

const program = process.env.TEST_BROWSER ?? 'chromium';
/** How long a page may take to become what a spec waits for. */
const patienceMs = 30_000;

interface Answered {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** What the browser says by itself: of a page, what went wrong in it. */
interface Said {
  readonly method?: string;
  readonly sessionId?: string;
  readonly params?: {
    readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } };
    readonly entry?: { readonly level: string; readonly source: string; readonly text: string };
  };
}

export class Browser {
  private last = 0;
  private readonly asked = new Map<number, (answer: Answered) => void>();
  private readonly complaints = new Map<string, string[]>();

  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    private readonly socket: WebSocket,
  ) {
    socket.addEventListener('message', ({ data }) => {
      const answer = JSON.parse(String(data)) as Answered & Said;
      if (answer.id !== undefined) this.asked.get(answer.id)?.(answer);
      const complaint = complaintOf(answer);
      if (complaint !== undefined) this.complaints.get(answer.sessionId ?? '')?.push(complaint);
    });
  }

  /** Undefined where the machine has none. Throws then with CI set. */
  static async start(): Promise<Browser | undefined> {
    const missing = await mustRun(program, ['--version'], 'pages are tried in it').then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (missing !== undefined) return leaveOut('browser', missing, 'Install chromium, or name a program of its kind by TEST_BROWSER.');
    const folder = await mkdtemp(join(tmpdir(), 'exchange-browser-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--remote-debugging-port=0',
    ];
    const running = spawn(program, [...flags, `--user-data-dir=${folder}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: running.stderr })) {
      const [, url] = /^DevTools listening on (ws:.*)$/.exec(line) ?? [];
      if (url === undefined) continue;
      // What it says later is not read, and must not fill the pipe.
      running.stderr.resume();
      const socket = new WebSocket(url);
      await once(socket, 'open');
      return new Browser(running, folder, socket);
    }
    throw new Error(`${program} ended before it listened`);
  }

  async open(url: string): Promise<Page> {
    const { targetId } = await this.ask('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.ask('Target.attachToTarget', { targetId, flatten: true });
    const ask: Ask = (method, parameters) => this.ask(method, parameters, sessionId as string);
    const complaints: string[] = [];
    this.complaints.set(sessionId as string, complaints);
    for (const domain of ['Runtime', 'Log']) await ask(`${domain}.enable`);
    // The keyboard goes to it, whatever window the machine shows.
    await ask('Emulation.setFocusEmulationEnabled', { enabled: true });
    const page = new Page(ask, complaints);
    await page.resize(1280, 900);
    await page.go(url);
    return page;
  }

  /** Files that pages give their reader go there. */
  async downloadTo(folder: string): Promise<void> {
    await this.ask('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
  }

  async stop(): Promise<void> {
    this.socket.close();
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  private async ask(method: string, params: object = {}, sessionId?: string): Promise<Record<string, unknown>> {
    const id = ++this.last;
    const { promise, resolve } = Promise.withResolvers<Answered>();
    this.asked.set(id, resolve);
    this.socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { error, result } = await promise;
    this.asked.delete(id);
    if (error) throw new Error(`${method}: ${error.message}`);
    return result!;
  }
}

/** Exceptions, and what the policy of the page forbids. A refusal by the server is none: pages show it. */
function complaintOf({ params }: Said): string | undefined {
  const { exceptionDetails: thrown, entry } = params ?? {};
  if (thrown) return thrown.exception?.description ?? thrown.text;
  return entry?.level === 'error' && entry.source !== 'network' ? entry.text : undefined;
}

type Ask = (method: string, parameters?: object) => Promise<Record<string, unknown>>;

const keyCodes = { Tab: 9, Enter: 13, ArrowDown: 40 } as const;

export class Page {
  constructor(
    private readonly ask: Ask,
    /** What went wrong in it since it was opened, without what a server refused. */
    readonly complaints: readonly string[],
  ) {}

  async go(url: string): Promise<void> {
    await this.ask('Page.enable');
    await this.ask('Page.navigate', { url });
    await this.until(`document.readyState === 'complete' && location.href === ${JSON.stringify(new URL(url).href)}`);
  }

  /** What an expression of JavaScript, or the promise that it is, comes to in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })) as {
      result: { value: T };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Until an expression is true. @throws Error with what the page then shows, where it does not become so */
  async until(expression: string): Promise<void> {
    const end = Date.now() + patienceMs;
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`))) {
      if (Date.now() > end) throw new Error(`page_must_become: ${expression}\n${await this.evaluate<string>('document.body.innerText')}`);
      await pause(20);
    }
  }

  async resize(width: number, height: number): Promise<void> {
    await this.ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** A key as a keyboard has it: 'Tab', 'Enter', 'ArrowDown'. */
  async press(key: keyof typeof keyCodes): Promise<void> {
    const struck = { key, code: key, windowsVirtualKeyCode: keyCodes[key] };
    await this.ask('Input.dispatchKeyEvent', { type: 'keyDown', ...struck, ...(key === 'Enter' ? { text: '\r' } : {}) });
    await this.ask('Input.dispatchKeyEvent', { type: 'keyUp', ...struck });
  }

  /** All of the page as PNG. */
  async picture(file: string): Promise<void> {
    const { cssContentSize } = (await this.ask('Page.getLayoutMetrics')) as { cssContentSize: { width: number; height: number } };
    const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
    const { data } = await this.ask('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, clip });
    await writeFile(file, Buffer.from(data as string, 'base64'));
  }
}
