import { ComputeClass, Interconnect, ResidencyZone, Tier, Unit } from '#domain';
import type { Command, SetParticipant, SetPool, SetSite } from '#matching-engine';

/** Facts of the benchmarks' markets, one after another from sequence 1 at one time. */
export class Facts {
  readonly commands: Command[] = [];

  constructor(private readonly time: number) {}

  get sequence(): number {
    return this.commands.length;
  }

  private push(command: Unstamped): void {
    this.commands.push({ ...command, sequence: this.commands.length + 1, time: this.time });
  }

  /** Of its own group, without a cap, and with so much buying power in micro-yuan. */
  participant(participantId: number, buyingPower = 0): void {
    const fact: Kind<SetParticipant> = {
      participantId,
      group: participantId,
      active: true,
      ordersPerSecond: 9_000_000,
      orderValueCap: 9_000_000_000_000_000,
      tradableClasses: [],
    };
    this.push({ kind: 'SetParticipant', ...fact });
    if (buyingPower > 0) this.push({ kind: 'RaiseBuyingPower', participantId, number: 1, amount: buyingPower });
  }

  site(siteId: number, change: Partial<Kind<SetSite>> = {}): void {
    this.push({
      kind: 'SetSite',
      siteId,
      active: true,
      region: 500_000,
      zone: ResidencyZone.DOMESTIC,
      securityGrade: 3,
      greenShareBp: 5_000,
      pueMilli: 1_250,
      ...change,
    });
  }

  pool(poolId: number, siteId: number, providerId: number, change: Partial<Kind<SetPool>> = {}): void {
    this.push({
      kind: 'SetPool',
      poolId,
      siteId,
      providerId,
      active: true,
      computeClass: ComputeClass.INTELLIGENT,
      modelId: 1,
      unit: Unit.CARD,
      nodes: 1,
      unitsPerNode: 8,
      memoryGib: 80,
      interconnect: Interconnect.ROCE,
      tflopsFp16Milli: 312_000,
      tflopsFp32Milli: 19_500,
      domestic: false,
      reliabilityBp: 9_900,
      ...change,
    });
  }

  book(bookId: number, modelId: number, tier: Tier): void {
    const product = { computeClass: ComputeClass.INTELLIGENT, modelId, unit: Unit.CARD, tier };
    this.push({ kind: 'DefineBook', bookId, ...product, referencePrice: 0, collarBp: 0, bandBp: 0 });
  }

  link(linkId: number, fromRegion: number, toRegion: number, roundTripUs: number, pricePerGb: number): void {
    this.push({ kind: 'SetLink', linkId, active: true, ownerId: 1, fromRegion, toRegion, toSiteId: 0, roundTripUs, pricePerGb });
  }
}

type Kind<C extends Command> = Omit<C, 'kind' | 'sequence' | 'time'>;
type Unstamped = Command extends infer C ? (C extends Command ? Omit<C, 'sequence' | 'time'> : never) : never;
