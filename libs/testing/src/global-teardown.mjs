// After all tests: the server stops and its folder goes.
import { rm } from 'node:fs/promises';

export default async function globalTeardown() {
  const { folder, server } = globalThis.sharedPostgres;
  await server.stop();
  await rm(folder, { recursive: true });
}
