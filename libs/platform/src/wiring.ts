// Finds what the modules' providers are marked with and joins it: contracts to the table of calls, handlers to topics, jobs to the clock.
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ServiceDefinition } from '#contracts';
import { topicOf } from '#contracts';
import { isQuiescent, jobsOf, type Quiet } from './clock.js';
import type { TypeHandler } from './consumer.js';
import { keyIdOf, signingKey, signingKeyPath } from './evidence/signing-key.js';
import type { Job } from './jobs.js';
import { type EventHandler, handlersOf } from './on.js';
import { Platform, type Service } from './platform.js';
import { guarded } from './rpc.js';
import { definitionOf, type Implementation } from './rpc-types.js';
import { SERVICE, ServiceModule } from './service.js';

const hour = 3_600_000;
const day = 86_400_000;

interface Provider {
  readonly instance: object;
  /** Absent where its module imports no service(). */
  readonly service: Service | undefined;
}

/** A global module's: its hooks come before those of every service. */
@Injectable()
export class Wiring implements OnModuleInit, OnApplicationBootstrap {
  private readonly jobs: Job[] = [];

  constructor(
    @Inject(Platform) private readonly platform: Platform,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
  ) {}

  onModuleInit(): void {
    const handlers = new Map<Service, Map<string, EventHandler<unknown>[]>>();
    const decoders = new Map<string, (data: Uint8Array) => unknown>();
    for (const { instance, service } of this.providers()) {
      const definition = definitionOf(instance.constructor);
      if (definition) this.platform.rpc.bind(definition, this.guard(definition, instance, service));
      if (isQuiescent(instance.constructor)) this.platform.quiet.push(instance as Quiet);
      for (const { message, method } of handlersOf(instance)) {
        const byType = handlers.getOrInsertComputed(owned(service, instance), () => new Map());
        byType.getOrInsertComputed(message.$type, () => []).push(methodOf<EventHandler<unknown>>(instance, method));
        decoders.set(message.$type, (data) => message.decode(data));
      }
      for (const { name, everyMs, method } of jobsOf(instance))
        this.jobs.push({ ...jobOwner(owned(service, instance)), name, everyMs, run: methodOf<Job['run']>(instance, method) });
    }
    for (const [service, byType] of handlers)
      for (const [topic, types] of Map.groupBy(byType.keys(), topicOf))
        this.platform.consume(service, topic, new Map(types.map((type) => [type, inOrder(decoders.get(type)!, byType.get(type)!)])));
  }

  /** By now every service has loaded its state. */
  async onApplicationBootstrap(): Promise<void> {
    const forgetting = this.platform.services.map((service) => ({
      ...{ ...jobOwner(service), name: 'forget answers', everyMs: day },
      run: () => service.database.forgetAnswers(),
    }));
    await this.mustSign();
    await this.platform.jobs.start([...this.jobs, ...forgetting, ...this.platform.services.flatMap((service) => this.sealing(service))]);
    await this.platform.startBackground();
  }

  /**
   * By a virtual clock nobody waits for a seal, and it is a job; else it has a loop of its own (platform.ts), so that no job waits for it and it for none. What a
   * day brought is sealed before it is signed.
   */
  private sealing(service: Service): Job[] {
    const { sealer } = service;
    if (!sealer) return [];
    const { clock, config, cryptography } = this.platform;
    const seal = { ...jobOwner(service), name: 'seal', everyMs: 6 * hour, run: () => sealer.seal() };
    const sign = { ...jobOwner(service), name: 'sign root', everyMs: day };
    return [
      ...(clock.isVirtual ? [seal] : []),
      ...(signingKeyPath(config) === undefined
        ? []
        : [{ ...sign, run: async () => sealer.signRoot(await signingKey(config, cryptography)) }]),
    ];
  }

  /** A key that is missing is said at the start, and not when a day's root is due. */
  private async mustSign(): Promise<void> {
    const { clock, config, cryptography, services, log } = this.platform;
    const sealed = services.filter(({ sealer }) => sealer);
    if (sealed.length === 0) return;
    const path = signingKeyPath(config);
    if (path === undefined) {
      // By a virtual clock it is a play.
      if (!clock.isVirtual)
        log.warn(
          { services: sealed.map(({ name }) => name) },
          'EXCHANGE_SIGNING_KEY is not set: no root of the evidence is signed, and who owns the database can make it anew',
        );
      return;
    }
    const keyId = keyIdOf(await signingKey(config, cryptography));
    const before = await Promise.all(sealed.map(({ sealer }) => sealer!.lastKeyId()));
    const other = before.find((id) => id !== undefined && id !== keyId);
    if (other !== undefined)
      log.warn(
        { file: path, keyId, before: other },
        'the newest root of the evidence was signed by another key than the one in this file. After a restore: stop, put signing-key.pem and platform-key.pem of the old data folder in place of the new ones, and start again. Where the key was changed on purpose, or is lost: give who audits its public half as well, the .pub.pem beside it',
      );
  }

  private guard(definition: ServiceDefinition, instance: object, service: Service | undefined) {
    const { log, leadership } = service ?? { log: this.platform.log, leadership: undefined };
    return guarded(definition, instance as Implementation<ServiceDefinition>, log, leadership && (() => leadership.check()));
  }

  private *providers(): Generator<Provider> {
    for (const module of this.modules.values()) {
      const own = [...module.imports].find((imported) => imported.metatype === ServiceModule);
      const service = own?.providers.get(SERVICE)?.instance as Service | undefined;
      for (const wrapper of module.providers.values()) {
        const instance: unknown = wrapper.isAlias ? undefined : wrapper.instance;
        if (typeof instance === 'object' && instance !== null && wrapper.metatype === instance.constructor) yield { instance, service };
      }
    }
  }
}

function owned(service: Service | undefined, instance: object): Service {
  if (!service) throw new Error(`handlers_must_belong_to_a_service: ${instance.constructor.name}'s module imports no service()`);
  return service;
}

const jobOwner = ({ name, leadership }: Service): Pick<Job, 'service' | 'leadership'> => ({ service: name, leadership });

const methodOf = <F>(instance: object, method: string): F =>
  ((...args: unknown[]) => (instance as Record<string, (...args: unknown[]) => unknown>)[method]!(...args)) as F;

const inOrder =
  (decode: (data: Uint8Array) => unknown, handlers: EventHandler<unknown>[]): TypeHandler =>
  async (data, tx, meta) => {
    for (const handler of handlers) await handler(decode(data), tx, meta);
  };
