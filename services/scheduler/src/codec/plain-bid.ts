import { everyHour, everyWeekday, Placement, Preference, TimeInForce } from '#domain';
import { noConstraints, type BidTerms, type SubmitBid } from '#matching-engine';
import type { Asked, Entry, Label } from '../entry.js';
import type { Sink } from './bytes.js';
import { submitBid } from './commands.js';
import { bidTerms } from './terms.js';
import { asked as askedShape, label as labelShape } from './words.js';

// Most of a journal is bids that say little, and most of what writing one costs is to ask each of fifty fields whether it is there. For these the answer is known: the same
// bytes as their records write, in a third of the time.

/** What of a plain bid's terms is written. */
type Said = 'books' | 'units' | 'durationSlots' | 'earliest' | 'latest' | 'limitPrice';

const unsaid: Omit<BidTerms, Said> = {
  floor: null,
  precision: null,
  perNode: 1,
  hours: everyHour,
  weekdays: everyWeekday,
  timeInForce: TimeInForce.GTC,
  goodTill: null,
  allOrNone: false,
  minUnits: 0,
  placement: Placement.ANYWHERE,
  together: false,
  constraints: noConstraints,
  standby: null,
  preference: Preference.CHEAPEST,
  demandRegion: 0,
  dataGb: 0,
  noticeSlots: 0,
  localOnly: undefined,
};
const unsaidNames = Object.keys(unsaid) as (keyof typeof unsaid)[];

function isPlain(terms: BidTerms): boolean {
  for (const name of unsaidNames) if (terms[name] !== unsaid[name]) return false;
  return true;
}

const bitOf = (names: readonly string[], name: string): number => 1 << names.indexOf(name);

/** @param entryNames fields of an entry, in the order of their bits */
export function plainBidWriter(entryNames: readonly string[]): (sink: Sink, entry: Entry) => boolean {
  const entryMask = bitOf(entryNames, 'command') | bitOf(entryNames, 'asked') | bitOf(entryNames, 'label');
  const beyond = entryNames.filter((name) => !['command', 'asked', 'label'].includes(name)) as (keyof Entry)[];
  /** @returns false for what is no plain bid; then nothing is written */
  return (sink, entry) => {
    const { command, asked, label } = entry;
    if (command.kind !== 'SubmitBid' || command.subsidy || command.reserveUntil || !asked || !label || !isPlain(command.terms))
      return false;
    for (const name of beyond) if (entry[name] !== undefined) return false;
    sink.number(entryMask);
    writeCommand(sink, command);
    writeAsked(sink, asked);
    writeLabel(sink, label);
    return true;
  };
}

const commandBits = {
  orderId: bitOf(submitBid.names, 'orderId'),
  participantId: bitOf(submitBid.names, 'participantId'),
  sessionId: bitOf(submitBid.names, 'sessionId'),
  terms: bitOf(submitBid.names, 'terms'),
};

function writeCommand(sink: Sink, { orderId, participantId, sessionId, terms }: Omit<SubmitBid, 'sequence' | 'time'>): void {
  const mask = termsMask(terms);
  sink.number(submitBid.number);
  sink.number(
    (orderId !== 0 ? commandBits.orderId : 0) |
      (participantId !== 0 ? commandBits.participantId : 0) |
      (sessionId !== 0 ? commandBits.sessionId : 0) |
      (mask !== 0 ? commandBits.terms : 0),
  );
  if (orderId !== 0) sink.number(orderId);
  if (participantId !== 0) sink.number(participantId);
  if (sessionId !== 0) sink.number(sessionId);
  if (mask === 0) return;
  const { books, units, durationSlots, earliest, latest, limitPrice } = terms;
  sink.number(mask);
  if (books.length !== 0) {
    sink.number(books.length);
    for (const book of books) sink.number(book);
  }
  if (units !== 0) sink.number(units);
  if (durationSlots !== 0) sink.number(durationSlots);
  if (earliest !== 0) sink.number(earliest);
  if (latest !== 0) sink.number(latest);
  if (limitPrice !== 0) sink.number(limitPrice);
}

const termNames = Object.keys(bidTerms);
const termBits: Readonly<Record<Said, number>> = {
  books: bitOf(termNames, 'books'),
  units: bitOf(termNames, 'units'),
  durationSlots: bitOf(termNames, 'durationSlots'),
  earliest: bitOf(termNames, 'earliest'),
  latest: bitOf(termNames, 'latest'),
  limitPrice: bitOf(termNames, 'limitPrice'),
};

const termsMask = ({ books, units, durationSlots, earliest, latest, limitPrice }: BidTerms): number =>
  (books.length !== 0 ? termBits.books : 0) |
  (units !== 0 ? termBits.units : 0) |
  (durationSlots !== 0 ? termBits.durationSlots : 0) |
  (earliest !== 0 ? termBits.earliest : 0) |
  (latest !== 0 ? termBits.latest : 0) |
  (limitPrice !== 0 ? termBits.limitPrice : 0);

const askedNames = Object.keys(askedShape);
const askedBits = { participantId: bitOf(askedNames, 'participantId'), key: bitOf(askedNames, 'key'), hash: bitOf(askedNames, 'hash') };

function writeAsked(sink: Sink, { participantId, key, hash }: Asked): void {
  sink.number((participantId !== 0 ? askedBits.participantId : 0) | (key !== '' ? askedBits.key : 0) | (hash !== '' ? askedBits.hash : 0));
  if (participantId !== 0) sink.number(participantId);
  if (key !== '') sink.text(key);
  if (hash !== '') sink.text(hash);
}

const labelNames = Object.keys(labelShape);
const labelBits = {
  clientOrderId: bitOf(labelNames, 'clientOrderId'),
  project: bitOf(labelNames, 'project'),
  image: bitOf(labelNames, 'image'),
  publicKey: bitOf(labelNames, 'publicKey'),
  programmeId: bitOf(labelNames, 'programmeId'),
};

function writeLabel(sink: Sink, { clientOrderId, project, image, publicKey, programmeId }: Label): void {
  sink.number(
    (clientOrderId !== '' ? labelBits.clientOrderId : 0) |
      (project !== '' ? labelBits.project : 0) |
      (image !== '' ? labelBits.image : 0) |
      (publicKey !== '' ? labelBits.publicKey : 0) |
      (programmeId !== 0 ? labelBits.programmeId : 0),
  );
  if (clientOrderId !== '') sink.text(clientOrderId);
  if (project !== '') sink.text(project);
  if (image !== '') sink.text(image);
  if (publicKey !== '') sink.text(publicKey);
  if (programmeId !== 0) sink.number(programmeId);
}
