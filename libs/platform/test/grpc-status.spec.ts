// A refusal's details as gRPC carries them.
import { Metadata } from 'nice-grpc';
import { Refusal } from '#platform';
import { refusalKey, refusalOf, serverError } from '../src/grpc-status.js';

it('a refusal that knows when to ask again says so by a google.rpc.RetryInfo, and is read as before', () => {
  const trailer = Metadata();
  serverError(new Refusal('exhausted', 'requests_must_keep_the_rate', 'too many', undefined, [], 7), trailer);
  const details = trailer.get(refusalKey) as Buffer;
  // Any { value: RetryInfo { retry_delay: Duration { seconds: 7 } } }
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  expect(details.subarray(details.indexOf(type) + type.length)).toEqual(Buffer.from([0x12, 4, 0x0a, 2, 0x08, 7]));
  expect(refusalOf(details)).toMatchObject({ kind: 'exhausted', rule: 'requests_must_keep_the_rate', detail: 'too many' });
});
