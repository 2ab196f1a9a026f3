// Where a demo begins, and how far it has come.

/** 2026-03-02T00:00 in Asia/Shanghai, a Monday: where a private exchange's clock stands. */
export const beginning = Date.UTC(2026, 2, 1, 16);

/** One line that is written over and over, on a terminal; every tenth of the way elsewhere. */
export function progressTo(stream: NodeJS.WriteStream): (text: string, share: number) => void {
  let shown = -1;
  return (text, share) => {
    const percent = Math.floor(share * 100);
    if (stream.isTTY) stream.write(`\r\x1b[K${String(percent).padStart(3)} %  ${text}`);
    else if (Math.floor(percent / 10) > Math.floor(shown / 10)) stream.write(`${String(percent).padStart(3)} %  ${text}\n`);
    shown = Math.max(shown, percent);
  };
}
