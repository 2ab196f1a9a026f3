// The lists as files: UTF-8 without a byte order mark, one header line in English with the Chinese term.
import { stringify } from 'csv-stringify/sync';
import { Injectable } from '@nestjs/common';
import { ComputeClass, Interconnect, Precision, ResidencyZone, SiteClass, Unit } from '#contracts';
import type {
  FileChunk,
  ListResourcesRequest,
  ListWantedComputeRequest,
  PageInfo,
  PageRequest,
  ResourceLine,
  WantedLine,
} from '#contracts';
import { Lists } from './lists.js';

type Columns<L> = readonly (readonly [header: string, text: (line: L) => string | number])[];

const linesOfAChunk = 10_000;
const dayMs = 86_400_000;
const percent = (basisPoints: number): string => (basisPoints / 100).toFixed(2);
const thousandths = (value: number): string => (value / 1_000).toFixed(3);
const dayOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
/** Names of enums; nothing where the line has none. */
const named = (names: Readonly<Record<number, string>>, value: number): string => (value ? (names[value] ?? '') : '');

const resourceColumns: Columns<ResourceLine> = [
  ['site 算力中心标识', (line) => line.siteIdentifier],
  ['site name 算力中心名称', (line) => line.siteName],
  ['provider 供给方', (line) => line.providerName],
  ['region 行政区划代码', (line) => line.region],
  ['district 区县代码', (line) => line.district || ''],
  ['class 规模类型', (line) => named(SiteClass, line.siteClass)],
  ['standard racks 标准机架数', (line) => line.standardRacks],
  ['occupancy % 上架率', (line) => percent(line.occupancyBp)],
  ['PUE 电能利用效率', (line) => thousandths(line.pueMilli)],
  ['green share % 绿电占比', (line) => percent(line.greenShareBp)],
  ['security grade 安全保护等级', (line) => line.securityGrade],
  ['zone 数据区域', (line) => named(ResidencyZone, line.zone)],
  ['energy MWh a year 年用电量', (line) => line.energyMwhPerYear],
  ['pool 资源池标识', (line) => line.poolIdentifier],
  ['compute class 算力类型', (line) => named(ComputeClass, line.computeClass)],
  ['model 型号', (line) => line.model],
  ['unit 计量单元', (line) => named(Unit, line.unit)],
  ['nodes 节点数', (line) => line.nodes],
  ['units 单元数', (line) => line.units],
  ['memory GiB a unit 单元内存', (line) => line.memoryGibPerUnit],
  ['interconnect 互联方式', (line) => named(Interconnect, line.interconnect)],
  ['TFLOPS FP16 算力规模', (line) => thousandths(line.tflopsFp16Milli)],
  ['TFLOPS FP32 算力规模', (line) => thousandths(line.tflopsFp32Milli)],
  ['domestic 自主可控', (line) => (line.poolIdentifier ? yesNo(line.domestic) : '')],
];

const wantedColumns: Columns<WantedLine> = [
  ['need 需求标识', (line) => line.needIdentifier],
  ['region 行政区划代码', (line) => line.region],
  ['district 区县代码', (line) => line.district || ''],
  ['compute class 算力类型', (line) => named(ComputeClass, line.computeClass)],
  ['model 型号', (line) => line.model],
  ['units 单元数', (line) => line.units || ''],
  ['unit 计量单元', (line) => named(Unit, line.unit)],
  ['PFLOPS 算力规模', (line) => (line.petaflopsMilli ? thousandths(line.petaflopsMilli) : '')],
  ['precision 精度', (line) => named(Precision, line.precision)],
  ['from 开始日期', (line) => dayOf(line.fromDay)],
  ['to (exclusive) 结束日期', (line) => dayOf(line.toDay)],
  ['domestic only 限自主可控', (line) => yesNo(line.domesticOnly)],
  ['purpose 用途', (line) => line.purpose],
];

@Injectable()
export class ListFiles {
  constructor(private readonly lists: Lists) {}

  resources(request: ListResourcesRequest): AsyncIterable<FileChunk> {
    return file(resourceColumns, request.page, async (page) => {
      const { resources, page: next } = await this.lists.resources({ ...request, page });
      return { lines: resources, next };
    });
  }

  needs(request: ListWantedComputeRequest): AsyncIterable<FileChunk> {
    return file(wantedColumns, request.page, async (page) => {
      const { needs, page: next } = await this.lists.needs({ ...request, page });
      return { lines: needs, next };
    });
  }
}

/**
 * A chunk a page, the header with the first. What a spreadsheet would take for a formula is written as text.
 * @param begin where to begin and how many lines a chunk has
 */
async function* file<L>(
  columns: Columns<L>,
  begin: PageRequest | undefined,
  read: (page: PageRequest) => Promise<{ lines: readonly L[]; next?: PageInfo }>,
): AsyncGenerator<FileChunk> {
  const limit = begin?.limit || linesOfAChunk;
  let cursor = begin?.cursor ?? '';
  let header = [columns.map(([name]) => name)];
  do {
    const { lines, next } = await read({ cursor, limit });
    const rows = [...header, ...lines.map((line) => columns.map(([, text]) => String(text(line))))];
    yield { data: Buffer.from(stringify(rows, { escape_formulas: true })) };
    header = [];
    cursor = next?.nextCursor ?? '';
  } while (cursor);
}
