// Whoever hears a message: what is answered, what is refused by a signed answer, and what by the end of the call alone.
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { bytesOf, PartnerMessage } from '#contracts';
import { PartnerKey } from '#testing';
import type { Content } from '../hearer.js';
import { type Clause, type Stage, must, mustBeSame } from '../stage.js';
import { CallError } from '../wire.js';

const minute = 60_000;
const { INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAUTHENTICATED } = status;
const unsigned = [UNAUTHENTICATED, 'message_must_be_signed_by_a_partner'] as const;
const malformed = [INVALID_ARGUMENT, 'message_must_be_well_formed'] as const;

/** What the call alone refused is not kept: the same message, said rightly, is heard. */
async function mustLeaveNothing({ speaker }: Stage, message: Uint8Array): Promise<void> {
  const { refused } = (await speaker.ask(message)).message;
  must(!refused, `the same message, said rightly afterwards, was refused as ${refused?.rule}: something of the wrong one was kept`);
}

/** Signed by who it says, and wrong in what it says. */
const ends = (clause: string, name: string, message: (stage: Stage) => Uint8Array, ...ways: (readonly [status, string])[]): Clause => ({
  clause,
  name,
  run: (stage) => stage.mustEndCall(stage.speaker.sign(message(stage)), ...ways),
});

const refuses = (clause: string, name: string, content: (stage: Stage) => Content, rule: string): Clause => ({
  clause,
  name,
  run: async (stage) => void (await stage.mustRefuse(content(stage), rule)),
});

/** A body that only a later version knows: field 99, empty. */
const ofLaterVersion = ({ speaker }: Stage): Uint8Array => Buffer.concat([speaker.message({}), Buffer.from('9a0600', 'hex')]);

export const hearing: readonly Clause[] = [
  {
    clause: 'hear.hello',
    name: 'hello is answered by a greeting, signed by the registered key; version 1 is spoken, clocks agree',
    run: async (stage) => {
      const { helloAnswer, refused } = await stage.speaker.say(stage.hello());
      must(helloAnswer, `hello was refused: ${refused?.rule} ${refused?.detail}`);
      must(helloAnswer.versions.includes(1), `it speaks the versions ${helloAnswer.versions.join(', ')}`);
      must(Math.abs(helloAnswer.time - stage.now) <= 5 * minute, `its time is ${helloAnswer.time}, here it is ${stage.now}`);
      stage.saidSerial = helloAnswer.heardSerial;
    },
  },
  {
    clause: 'hear.repeated',
    name: 'the same bytes said again get the recorded answer, byte for byte, with its said_at and signature',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      mustBeSame(await stage.speaker.ask(message), await stage.speaker.ask(message));
    },
  },
  {
    clause: 'hear.at_once',
    name: 'a message said three times at once has one answer, byte for byte',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      const [first, ...others] = await Promise.all([1, 2, 3].map(() => stage.speaker.ask(message)));
      for (const other of others) mustBeSame(first!, other);
    },
  },
  {
    clause: 'hear.answer_lost',
    name: 'who went away before the answer gets it by saying the same bytes again',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      await stage.speaker.line.tellAndLeave(stage.speaker.sign(message), 20);
      const { message: answer } = await stage.speaker.ask(message);
      must(!answer.refused, `it was refused as ${answer.refused?.rule}`);
    },
  },
  {
    clause: 'hear.own_bytes',
    name: 'the bytes are heard as they came: the fields of a message may stand in any order',
    run: async (stage) => {
      const { hello, ...head } = PartnerMessage.decode(stage.speaker.message(stage.hello()));
      const body = bytesOf(PartnerMessage, PartnerMessage.create({ hello }));
      const message = Buffer.concat([Buffer.from(body), bytesOf(PartnerMessage, PartnerMessage.create(head))]);
      const [first, again] = [await stage.speaker.ask(message), await stage.speaker.ask(message)];
      must(first.message.helloAnswer, `it was refused as ${first.message.refused?.rule}`);
      mustBeSame(first, again);
    },
  },
  {
    clause: 'hear.id_reused',
    name: 'other bytes under an id that was heard are refused for good, and the first keep their answer',
    run: async (stage) => {
      const id = randomUUID();
      const first = stage.speaker.message({ ...stage.hello(), id });
      const answer = await stage.speaker.ask(first);
      await stage.mustRefuse(stage.speaker.message({ ...stage.hello(), id, madeAt: stage.now - 1 }), 'message_id_must_not_be_reused');
      mustBeSame(answer, await stage.speaker.ask(first));
    },
  },
  {
    clause: 'hear.signature_wrong',
    name: 'a wrong signature ends the call, and leaves nothing',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      const signed = stage.speaker.sign(message);
      await stage.mustEndCall({ ...signed, signature: Buffer.from(signed.signature).reverse() }, unsigned);
      await mustLeaveNothing(stage, message);
    },
  },
  {
    clause: 'hear.signature_of_other_bytes',
    name: 'a signature of another message ends the call',
    run: async (stage) => {
      const other = stage.speaker.sign(stage.speaker.message(stage.hello()));
      await stage.mustEndCall({ ...other, message: stage.speaker.message(stage.hello()) }, unsigned);
    },
  },
  {
    clause: 'hear.signature_of_other_time',
    name: 'a signature of another said_at ends the call: else an old copy could pass for a new one',
    run: async (stage) => {
      const signed = stage.speaker.sign(stage.speaker.message(stage.hello()));
      await stage.mustEndCall({ ...signed, saidAt: signed.saidAt + 1 }, unsigned);
    },
  },
  {
    clause: 'hear.key_unknown',
    name: 'a key that is not registered ends the call, and leaves nothing',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      await stage.mustEndCall(PartnerKey.make(stage.speaker.key.suite).sign(message, stage.now), unsigned);
      await mustLeaveNothing(stage, message);
    },
  },
  {
    clause: 'hear.suite_other',
    name: 'another suite than that of the key ends the call',
    run: async (stage) => {
      const signed = stage.speaker.sign(stage.speaker.message(stage.hello()));
      await stage.mustEndCall({ ...signed, suite: signed.suite === 'national' ? 'international' : 'national' }, unsigned);
    },
  },
  ends(
    'hear.sender_unknown',
    'a sender that is no partner ends the call',
    (stage) => stage.speaker.message({ ...stage.hello(), from: `not-${stage.speaker.name}`.slice(0, 80) }),
    unsigned,
  ),
  ends(
    'hear.addressee_other',
    'a message for another platform ends the call',
    (stage) => stage.speaker.message({ ...stage.hello(), to: `not-${stage.speaker.partner.name}`.slice(0, 80) }),
    [INVALID_ARGUMENT, 'message_must_be_for_this_platform'],
  ),
  ends('hear.no_message', 'bytes that are no message end the call', () => Buffer.from('ffffffff', 'hex'), malformed),
  ends('hear.cut_off', 'a message cut off ends the call', (stage) => stage.speaker.message(stage.hello()).subarray(0, -1), malformed),
  ends(
    'hear.id_missing',
    'a message without an id ends the call',
    (stage) => stage.speaker.message({ ...stage.hello(), id: '' }),
    malformed,
  ),
  {
    clause: 'hear.part_missing',
    name: 'a signed message of which a part is missing, or whose key_id is none, ends the call',
    run: async (stage) => {
      const signed = stage.speaker.sign(stage.speaker.message(stage.hello()));
      const missing = [INVALID_ARGUMENT, 'field_must_be_given'] as const;
      await stage.mustEndCall({ ...signed, signature: new Uint8Array() }, missing);
      await stage.mustEndCall({ ...signed, saidAt: 0 }, missing);
      await stage.mustEndCall({ ...signed, keyId: 'NO KEY' }, [INVALID_ARGUMENT, 'text_must_match_its_pattern']);
    },
  },
  ends(
    'hear.too_large',
    'a message over 1 MiB ends the call',
    () => Buffer.alloc((1 << 20) + 1),
    [INVALID_ARGUMENT, 'bytes_must_fit_their_length'],
    [RESOURCE_EXHAUSTED, ''],
  ),
  {
    clause: 'hear.clock_ahead',
    name: 'signed more than five minutes ahead: a signed refusal with the time and `again`, and nothing kept',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      const { refused } = (await stage.speaker.ask(message, stage.now + 6 * minute)).message;
      must(
        refused?.rule === 'clocks_must_agree',
        `it was ${refused ? `refused as ${refused.rule}` : 'done'}, and not refused as clocks_must_agree`,
      );
      must(refused.again, 'the refusal does not say that the message may be said again');
      must(Math.abs(refused.time - stage.now) <= 5 * minute, `the refusal tells the time ${refused.time}, here it is ${stage.now}`);
      await mustLeaveNothing(stage, message);
    },
  },
  {
    clause: 'hear.clock_behind',
    name: 'signed more than five minutes ago and heard for the first time: not done, and nothing kept',
    run: async (stage) => {
      const message = stage.speaker.message(stage.hello());
      try {
        const { refused } = (await stage.speaker.ask(message, stage.now - 6 * minute)).message;
        must(refused?.rule === 'clocks_must_agree' && refused.again, `it was ${refused ? `refused as ${refused.rule}` : 'done'}`);
      } catch (error) {
        // While the key is new, it was not valid then.
        if (!(error instanceof CallError && error.code === UNAUTHENTICATED && error.rule === unsigned[1])) throw error;
      }
      await mustLeaveNothing(stage, message);
    },
  },
  refuses(
    'hear.late',
    'heard for the first time after its valid_until it is refused for good',
    (stage) => ({ ...stage.hello(), validUntil: stage.now - 1 }),
    'message_must_be_said_in_time',
  ),
  refuses(
    'hear.no_valid_until',
    'a message without valid_until is refused for good',
    (stage) => ({ ...stage.hello(), validUntil: 0 }),
    'message_must_be_said_in_time',
  ),
  refuses(
    'hear.valid_for_long',
    'a hello that is good for more than 31 days is refused for good',
    (stage) => ({ ...stage.hello(), validUntil: stage.now + 32 * 1_440 * minute }),
    'message_must_expire_within_31_days',
  ),
  refuses('hear.kind_none', 'a message without a body is refused for good', () => ({}), 'message_kind_must_be_known'),
  refuses(
    'hear.kind_answer',
    'an answer that nobody asked for is refused for good',
    () => ({ cancelAnswer: { reservationId: randomUUID() } }),
    'message_kind_must_be_known',
  ),
  {
    clause: 'hear.kind_later',
    name: 'a body of a later version is refused for good',
    run: async (stage) => void (await stage.mustRefuse(ofLaterVersion(stage), 'message_kind_must_be_known')),
  },
  refuses(
    'hear.version_none',
    'a hello of versions of which none is spoken is refused for good',
    (stage) => stage.hello({ versions: [999] }),
    'platforms_must_share_a_version',
  ),
  refuses(
    'hear.contract',
    "a body that breaks the contract is refused for good by the rule's name",
    () => ({ cancel: { reservationId: 'no id' } }),
    'text_must_match_its_pattern',
  ),
];
