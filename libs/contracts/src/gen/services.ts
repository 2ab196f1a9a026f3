// Code generated from proto/ by scripts/generate.mjs. DO NOT EDIT.
import {
  AdvanceClockRequest,
  ClockState,
  DeadLetter,
  ListDeadLettersRequest,
  ListDeadLettersResponse,
  ReplayDeadLetterRequest,
} from './exchange/common/v1/operations.js';
import { Empty } from './exchange/common/v1/page.js';
import { HelloRequest, HelloResponse, ListHellosRequest, ListHellosResponse } from './exchange/interconnect/v1/interconnect.js';

export const OperationsDefinition = {
  name: 'Operations',
  fullName: 'exchange.common.v1.Operations',
  methods: {
    getClock: {
      name: 'GetClock',
      requestType: Empty,
      responseType: ClockState,
      requestStream: false,
      responseStream: false,
      options: {},
      rule: {
        verb: 'GET',
        path: '/v1/clock',
        roles: ['provider', 'buyer', 'authority', 'operator', 'regulator', 'partner'],
        anonymous: false,
        summary: "The exchange's time, and whether its clock is virtual",
      },
    },
    advanceClock: {
      name: 'AdvanceClock',
      requestType: AdvanceClockRequest,
      responseType: ClockState,
      requestStream: false,
      responseStream: false,
      options: {},
      rule: {
        verb: 'POST',
        path: '/v1/clock/advance',
        roles: ['operator'],
        anonymous: false,
        summary: 'Move the virtual clock and wait until all is quiet',
        description: 'Moves a virtual clock, lets everything that falls due happen, and answers when every outbox and inbox is empty.',
      },
    },
    listDeadLetters: {
      name: 'ListDeadLetters',
      requestType: ListDeadLettersRequest,
      responseType: ListDeadLettersResponse,
      requestStream: false,
      responseStream: false,
      options: {},
      rule: {
        verb: 'GET',
        path: '/v1/dead-letters',
        roles: ['operator', 'regulator'],
        anonymous: false,
        summary: 'Events that a consumer could not handle, with the cause',
      },
    },
    replayDeadLetter: {
      name: 'ReplayDeadLetter',
      requestType: ReplayDeadLetterRequest,
      responseType: DeadLetter,
      requestStream: false,
      responseStream: false,
      options: {},
      rule: {
        verb: 'POST',
        path: '/v1/dead-letters/{consumer}/{event_source}/{sequence}/replay',
        roles: ['operator'],
        anonymous: false,
        summary: 'Hand a dead letter to its consumer again',
      },
    },
  },
} as const;

export const InterconnectDefinition = {
  name: 'Interconnect',
  fullName: 'exchange.interconnect.v1.Interconnect',
  methods: {
    hello: {
      name: 'Hello',
      requestType: HelloRequest,
      responseType: HelloResponse,
      requestStream: false,
      responseStream: false,
      options: {},
      rule: {
        verb: 'POST',
        path: '/v1/interconnect/hello',
        roles: ['partner', 'operator'],
        anonymous: false,
        summary: 'Agree on a protocol version with a partner platform',
        description: 'What this platform is and speaks, so that a partner can tell whether they can join.',
      },
    },
    listHellos: {
      name: 'ListHellos',
      requestType: ListHellosRequest,
      responseType: ListHellosResponse,
      requestStream: false,
      responseStream: false,
      options: {},
      rule: {
        verb: 'GET',
        path: '/v1/interconnect/hellos',
        roles: ['operator', 'regulator'],
        anonymous: false,
        summary: 'Partner platforms that said hello, newest first',
      },
    },
  },
} as const;

export const definitions = [OperationsDefinition, InterconnectDefinition] as const;
