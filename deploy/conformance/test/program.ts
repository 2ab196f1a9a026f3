// The program against a platform in a test, as the command runs it.
import type { PartnerKey } from '#testing';
import type { Known } from '../hearer.js';
import { type Result, chosen, cleanUp, runClauses } from '../run.js';
import { Stage } from '../stage.js';
import { type ClientTls, Line, serve } from '../wire.js';

export interface Around {
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  /** The other side's operator does what it is asked for. */
  readonly ask?: (text: string) => void;
}

export const programName = 'Conformance';

/** The program's side of a test: its port is open before the other side knows it. */
export class Program {
  private constructor(
    readonly stage: Stage,
    readonly port: number,
    private readonly close: () => void,
  ) {}

  static async open(
    key: PartnerKey,
    partner: Known,
    address: string,
    { ask = () => undefined, ...around }: Around,
    waitMs = 60_000,
    tls?: ClientTls,
  ): Promise<Program> {
    const line = new Line(address, tls);
    const parties = { name: programName, key, partner, line };
    const stage = new Stage(parties, { ...around, ask }, { model: 'T4', region: 110_000, price: 1_000_000 }, waitMs);
    const [port, close] = await serve('127.0.0.1:0', undefined, (signed) => stage.listener.hear(signed));
    return new Program(stage, port, () => (line.close(), close()));
  }

  async run(...only: string[]): Promise<Result[]> {
    return runClauses(this.stage, chosen(only), () => undefined);
  }

  /** @returns what it could not take back */
  cleanUp(): Promise<string[]> {
    return cleanUp(this.stage);
  }

  end(): void {
    this.close();
  }
}

export const failedOf = (results: readonly Result[]): string[] =>
  results.filter(({ passed }) => passed === false).map(({ clause, why }) => `${clause}: ${why}`);
export const notTriedOf = (results: readonly Result[]): string[] =>
  results.filter(({ passed }) => passed === null).map(({ clause, why }) => `${clause}: ${why}`);
