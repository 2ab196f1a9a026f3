// A service's contract as TypeScript sees it. One shape serves the implementation, the call in process and the call over gRPC.
import { Injectable } from '@nestjs/common';
import type { Method, ServiceDefinition } from '#contracts';
import type { Call } from './call.js';

type Request<M extends Method> = ReturnType<M['requestType']['decode']>;
type Response<M extends Method> = ReturnType<M['responseType']['decode']>;
type Asked<M extends Method> = M['requestStream'] extends true ? AsyncIterable<Request<M>> : Request<M>;
type Answered<M extends Method> = M['responseStream'] extends true ? AsyncIterable<Response<M>> : Promise<Response<M>>;

/** What a class marked `@Rpc(definition)` must have: a method for each of the contract's, named in lower camel case. */
export type Implementation<D extends ServiceDefinition> = {
  [K in keyof D['methods']]: (request: Asked<D['methods'][K]>, call: Call) => Answered<D['methods'][K]>;
};

/** What `@Inject(clientOf(definition))` gives, wherever the service runs. Throws Refusal as the service threw it. */
export type Client<D extends ServiceDefinition> = Implementation<D>;

/** Any method of any service, once its types are erased: a promise of the response, or an iterable of responses. */
export type Handler = (request: unknown, call: Call) => unknown;

const definitionKey = Symbol('rpc definition');

/** Marks the provider that implements a contract. */
export const Rpc =
  <D extends ServiceDefinition>(definition: D) =>
  (target: new (...args: never[]) => Implementation<D>): void => {
    Injectable()(target);
    Reflect.defineMetadata(definitionKey, definition, target);
  };

/** The contract that a class implements, where it is marked with one. */
export const definitionOf = (target: object): ServiceDefinition | undefined =>
  Reflect.getMetadata(definitionKey, target) as ServiceDefinition | undefined;

/** Injection token of a contract's client. */
export const clientOf = (definition: ServiceDefinition): string => `client of ${definition.fullName}`;
