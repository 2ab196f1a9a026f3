import { Injectable } from '@nestjs/common';
import { bytesOf, FlavorConfiguration, type RemoteSupply, RemoteTerms, SignedMessage } from '#contracts';
import { firstSellableSlot, startOfSlot } from '#domain';
import { type Call, Clock, Refusal, absent, fromJson, invalid, jsonSchemaOf, sha256Hex, validate, writeTime } from '#platform';
import { type Json, isUnfit } from './core/foreign.js';
import { type Reservation, advertIdOf, becameOf, contractOf, flavorIdOf, flavorOf, reservationOf, transactionOf } from './core/rear.js';
import { jsonOf } from './foreign-document.js';
import { type ForeignPartner, ForeignPartners } from './foreign-partners.js';
import { ForeignReservations, type Meant } from './foreign-reservations.js';
import { OwnPlatform } from './own-platform.js';

const edge = 'rear';
/** REAR's consumer names no time to hold; this is the longest that this protocol has. */
const holdMs = 600_000;
const configurationType = FlavorConfiguration.$type;
const template = jsonSchemaOf(configurationType, 'urn:compute-exchange:rear:configuration', 'What is asked of a flavor');

/** The edge for consumers that speak REAR 2.0. What a document means is the core's; what is done of it is this protocol's. */
@Injectable()
export class RearDesk {
  constructor(
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
    private readonly partners: ForeignPartners,
    private readonly reservations: ForeignReservations,
  ) {}

  async flavors(call: Call): Promise<object[]> {
    const supply = await this.partners.supplyFor(await this.partners.of(call));
    return supply.map((one) => this.flavorOf(one));
  }

  /** @param flavorId that the path names */
  async reserve(body: Uint8Array, call: Call, flavorId?: string): Promise<object> {
    const partner = await this.partners.of(call);
    const reservation = read(body, flavorId);
    const { known, answer } = await this.reservations.reserve(call, partner, { edge, document: body }, () =>
      this.meant(partner, reservation),
    );
    const times = { at: writeTime(known.at), until: writeTime(answer.until) };
    return transactionOf({ transactionId: known.reservationId, reservation, ...times });
  }

  async purchase(transactionId: string, call: Call): Promise<object> {
    const partner = await this.partners.of(call);
    const { known, answer, signed } = await this.reservations.commit(partner, edge, transactionId);
    const { leases, owed } = await this.reservations.becameOf(partner, transactionId);
    return contractOf({
      ...{ transactionId, platform: this.own.name, reservation: read(known.document), flavor: JSON.parse(known.offered) as Json },
      ...{ end: writeTime(startOfSlot(known.request.terms!.window!.to)), amount: answer.amount, leases: answer.leases },
      signedAnswer: Buffer.from(bytesOf(SignedMessage, signed)).toString('base64'),
      became: becameOf(leases, owed),
    });
  }

  private async meant(partner: ForeignPartner, reservation: Reservation): Promise<Meant> {
    const order = configurationOf(reservation);
    const supply = await this.supplyOf(partner, reservation.flavorId);
    if (supply.price === 0) throw new Refusal('conflict', 'flavor_must_be_available', 'it is shown, and not sold');
    const { image, publicKey } = order;
    return { offered: this.flavorOf(supply), terms: termsOf(supply, order), holdMs, image, publicKey };
  }

  private async supplyOf(partner: ForeignPartner, flavorId: string): Promise<RemoteSupply> {
    const advertId = advertIdOf(flavorId);
    const supply = (await this.partners.supplyFor(partner)).find((one) => one.advertId === advertId);
    if (!supply || flavorIdOf(advertId, tagOf(supply)) !== flavorId) throw absent(`flavor ${flavorId}`);
    return supply;
  }

  private flavorOf(supply: RemoteSupply): Readonly<Record<string, unknown>> {
    const { from, to } = supply.window!;
    const window = { from: Math.max(from, firstSellableSlot(this.clock.now())), to };
    const timeOf = (slot: number): string => writeTime(startOfSlot(slot));
    return flavorOf({ ...supply, window }, { platform: this.own.name, tag: tagOf(supply), timeOf, template });
  }
}

function read(body: Uint8Array, flavorId?: string): Reservation {
  const reservation = reservationOf(jsonOf(body), flavorId);
  if (isUnfit(reservation)) throw invalid(reservation.field, reservation.rule, reservation.detail);
  return reservation;
}

/** @throws Refusal invalid, by the template's rules */
function configurationOf({ data }: Reservation): FlavorConfiguration {
  const place = 'Configuration.data.ConfigurationData';
  const configuration = fromJson(configurationType, data, place) as FlavorConfiguration;
  const [violation] = validate(configurationType, configuration);
  if (violation) throw invalid(`${place}.${violation.field}`, violation.rule, violation.detail);
  return configuration;
}

function termsOf(supply: RemoteSupply, { units, from, to, perNode }: FlavorConfiguration): RemoteTerms {
  const { advertId, computeClass, model, domestic, unit, zone, region, price } = supply;
  return { advertId, computeClass, model, domestic, unit, zone, region, price, units, window: { from, to }, perNode };
}

/** Of what a flavor is and costs, without how many there are and when. */
const tagOf = (supply: RemoteSupply): string => {
  const kind = termsOf(supply, FlavorConfiguration.create({ perNode: supply.unitsPerNode }));
  return sha256Hex(bytesOf(RemoteTerms, kind)).slice(0, 8);
};
