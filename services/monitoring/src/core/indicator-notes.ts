// Why a record counts as it does, in both languages.
import { amountText } from './indicator.js';

export interface Note {
  readonly note: string;
  readonly noteZh: string;
}

const noteOf = (note: string, noteZh: string): Note => ({ note, noteZh });

export const noNote = noteOf('', '');
export const poolIsLost = noteOf('pool_is_lost', '资源池失联，不计入');
export const tflopsAreNotMeasured = noteOf('tflops_are_not_measured', '该精度算力未实测，不计入');
export const energyIsNotRegistered = noteOf('energy_is_not_registered', '未登记年用电量，不计入');
export const nodesLost = (count: number): Note => noteOf(`nodes_lost: ${count}`, `失联节点${count}个，不计入`);

/** Of a link, against what it may be. */
export const delay = (us: number, mostUs: number, isMeasured: boolean): Note =>
  noteOf(
    `${us} µs of ${mostUs}, ${isMeasured ? 'measured' : 'registered'}`,
    `时延${us}微秒，上限${mostUs}微秒，${isMeasured ? '实测' : '登记'}`,
  );

/** PUE against its limit. */
export const ofThousandths = (value: number, limit: number): Note =>
  noteOf(`${value} of ${limit} thousandths`, `PUE ${decimalOf(value)}，限值${decimalOf(limit)}`);

const decimalOf = (thousandths: number): string => amountText(thousandths, 3);
