// The operator, whom the first migration registers, is announced at the first start: the others learn of participants by events alone.
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { RegistrationState } from '#contracts';
import { Database, Outbox } from '#platform';
import { History } from './history.js';
import { participant } from './participants.js';
import { Registrations } from './registrations.js';

const operatorId = 1;

@Injectable()
export class Opening implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly history: History,
    private readonly registrations: Registrations,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.database.transaction(async (tx) => {
      const operator = await this.registrations.locked(tx, participant, operatorId);
      if (operator.identifier) return;
      const identifier = await this.registrations.identifierOf(tx, participant, operator);
      await tx.query('update participants set identifier = $2 where id = $1', [operatorId, identifier]);
      const opened = await this.registrations.touched(tx, participant, operatorId);
      const { id, ownerId, state, details } = opened;
      const entry = { kind: participant.kind, id, ownerId, from: RegistrationState.UNSPECIFIED, to: state, reason: 'the exchange opens' };
      await this.history.write(tx, { ...entry, action: 'registered', content: details });
      await participant.tell?.(this.outbox, tx, opened);
    });
  }
}
