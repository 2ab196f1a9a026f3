// The registry: who takes part, what compute there is, how it is joined, what is needed.
import { Module } from '@nestjs/common';
import { service } from '#platform';
import { CatalogueRpc } from './catalogue.rpc.js';
import { Drains } from './drains.js';
import { History } from './history.js';
import { Identifiers } from './identifiers.js';
import { ListFiles } from './list-files.js';
import { Lists } from './lists.js';
import { MeasuredLinks } from './measured-links.js';
import { NationalIdentifiers } from './national-identifiers.js';
import { Nodes } from './nodes.js';
import { Opening } from './opening.js';
import { Registrations } from './registrations.js';
import { RegistryRpc } from './registry.rpc.js';

/** Who was registered, and what was published of it. */
const evidence = [
  { table: 'history', key: ['id'] },
  { table: 'list_publications', key: ['quarter'] },
];

@Module({
  imports: [service({ name: 'registry', migrations: new URL('../migrations/', import.meta.url), evidence })],
  providers: [
    CatalogueRpc,
    Drains,
    History,
    Identifiers,
    ListFiles,
    Lists,
    MeasuredLinks,
    NationalIdentifiers,
    Nodes,
    Opening,
    Registrations,
    RegistryRpc,
  ],
})
export class RegistryModule {}
