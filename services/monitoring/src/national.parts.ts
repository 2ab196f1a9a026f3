// All providers of the reports to the national node.
import { NationalAnswers } from './national.answers.js';
import { NationalDays } from './national.days.js';
import { NationalFacts } from './national.facts.js';
import { NationalGatherer } from './national.gatherer.js';
import { NationalMonths } from './national.months.js';
import { NationalPeriods } from './national.periods.js';
import { NationalQuery } from './national.query.js';
import { NationalResend } from './national.resend.js';
import { NationalRpc } from './national.rpc.js';
import { NationalSender } from './national.sender.js';
import { NationalWire } from './national.wire.js';

export const nationalParts = [
  NationalAnswers,
  NationalDays,
  NationalFacts,
  NationalGatherer,
  NationalMonths,
  NationalPeriods,
  NationalQuery,
  NationalResend,
  NationalRpc,
  NationalSender,
  NationalWire,
];
