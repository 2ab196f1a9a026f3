// Who owns the database need be no superuser: as PostgreSQL's operators on Kubernetes have it, it makes roles and nothing more.
import { Module } from '@nestjs/common';
import { run, service } from '#platform';
import { testDatabase } from '#testing';

@Module({ imports: [service({ name: 'registry', migrations: new URL('./migrations/', import.meta.url) })] })
class RegistryOnly {}

it('an owner that may make roles, and nothing else of others, starts an exchange, and starts it again', async () => {
  const place = await testDatabase();
  try {
    const url = new URL(place.url);
    const name = url.pathname.slice(1);
    await place.query(`create role ${name}_owner login createrole password 'its own'`);
    await place.query(`alter database ${name} owner to ${name}_owner`);
    [url.username, url.password] = [`${name}_owner`, 'its own'];
    const start = async () => (await run([RegistryOnly], { databaseUrl: url.href, grpcPort: 0, logLevel: 'silent' })).stop();
    await start();
    const mighty = () =>
      place.query(`select rolname from pg_roles where rolname = '${name}_registry' and (rolsuper or rolcreatedb or rolcreaterole)`);
    expect(await mighty()).toEqual([]);
    await start();
    await place.query(`alter role ${name}_registry createdb`);
    await expect(start()).rejects.toThrow('permission denied to alter role');
  } finally {
    await place.drop();
  }
});
