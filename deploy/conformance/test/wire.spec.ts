// How the program says that a call ended without an answer.
import { status } from '@grpc/grpc-js';
import { SignedMessage } from '#contracts';
import { CallError, Line, serve } from '../wire.js';

it('names the rule once, though the other says it in its text as well', async () => {
  const [port, close] = await serve('127.0.0.1:0', undefined, () =>
    Promise.reject(new CallError(status.UNAUTHENTICATED, 'message_must_be_signed_by_a_partner', 'nobody knows the key')),
  );
  const line = new Line(`127.0.0.1:${port}`, undefined);
  try {
    await expect(line.tell(SignedMessage.create(), 10_000)).rejects.toMatchObject({
      message: 'UNAUTHENTICATED message_must_be_signed_by_a_partner: nobody knows the key',
    });
  } finally {
    line.close();
    close();
  }
});
