// What stood in the tables before a migration stands in them after it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemoteSupply, RemoteTerms, bytesOf } from '#contracts';
import { Look, type TestDatabase, testDatabase } from '#testing';
import { window } from './market.js';
import { supplyOf } from './platforms.js';

const folder = join(import.meta.dirname, '../migrations');
const files = readdirSync(folder).sort();
let database: TestDatabase;
let look: Look;
const migrate = async (chosen: readonly string[]) => {
  for (const file of chosen) await look.query(readFileSync(join(folder, file), 'utf8'));
};
const shares = files.indexOf('0017_shares.sql');
const lost = files.indexOf('0027_lost_of_trades.sql');
const { advertId, computeClass, model, domestic, unit, zone, region, price } = supplyOf('a100-80.x');
const terms: RemoteTerms = { advertId, computeClass, model, domestic, unit, zone, region, price, units: 70_000, window, perNode: 8 };

beforeAll(async () => {
  database = await testDatabase();
  look = new Look(database.url);
  await migrate(files.slice(0, shares));
  await look.query(
    `insert into partners values ('Tianfu', 7, 1, '', false, '', 1, 1, '{1}', '{1}', 0), ('Hongyan', 8, 3, '', false, '', 1, 1, '{1}', '{1}', 0)`,
  );
  await look.query(`insert into partner_talk (platform, version) values ('Tianfu', 1), ('Hongyan', 1)`);
  await look.query('insert into own_supply values ($1, $2, 1)', [advertId, bytesOf(RemoteSupply, supplyOf(advertId))]);
  const reservation =
    'insert into reservations (platform, reservation_id, participant_id, state, terms, asked_at, until, amount) values ($1, $2, 7, $3, $4, 0, 0, 0)';
  await look.query(reservation, ['Tianfu', 'reserved', 2, bytesOf(RemoteTerms, terms)]);
  await look.query(reservation, ['Tianfu', 'cancelled first', 4, Buffer.alloc(0)]);
  await migrate(files.slice(shares, lost));
  await look.query(
    `insert into pieces (reservation_id, platform, number, state, pool_id, terms, units, from_slot, to_slot, amount, asked_at, units_left, lost_unit_slots)
     values ('lost in part', 'Tianfu', 1, 4, 1, '', 20, 100, 108, 1, 0, 7, 70), ('not lost', 'Tianfu', 4, 4, 1, '', 8, 100, 108, 1, 0, null, 0)`,
  );
  await look.query(
    `insert into piece_trades values (1, 'lost in part', 4), (2, 'lost in part', 8), (3, 'lost in part', 8), (4, 'not lost', 8)`,
  );
  await migrate(files.slice(lost));
});
afterAll(async () => {
  await look?.close();
  await database?.drop();
});

it('R-35: which units of which advert are reserved, in which slots', async () => {
  const rows = await look.query('select reservation_id, advert_id, units, from_slot, to_slot from reservations order by reservation_id');
  expect(rows).toEqual([
    { reservation_id: 'cancelled first', advert_id: '', units: 0, from_slot: 0, to_slot: 0 },
    { reservation_id: 'reserved', advert_id: advertId, units: 70_000, from_slot: window.from, to_slot: window.to },
  ]);
});

it('R-35: what partners were told of supply', async () => {
  const rows = await look.query('select platform, advert_id, supply from told_adverts');
  expect(rows).toEqual([{ platform: 'Tianfu', advert_id: advertId, supply: bytesOf(RemoteSupply, supplyOf(advertId)) }]);
});

it('R-24: what was lost of a reservation is of the trades that have lost it', async () => {
  const rows = await look.query<{ lost_unit_slots: string }>('select lost_unit_slots from piece_trades order by trade_id');
  expect(rows.map((row) => Number(row.lost_unit_slots))).toEqual([0, 26, 44, 0]);
});
