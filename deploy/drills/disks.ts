// Small disks of memory, so that one can be full. Only root may mount them.
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const filler = 'filler';

export class Disk {
  private constructor(readonly folder: string) {
    process.on('exit', this.unmountNow);
  }

  /** @throws Error where this machine does not let us */
  static async mount(folder: string, megabytes: number): Promise<Disk> {
    await mkdir(folder, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder]);
    return new Disk(folder);
  }

  /** Until the system says that no space is left. */
  async fill(): Promise<void> {
    const file = await open(join(this.folder, filler), 'w');
    const piece = Buffer.alloc(1 << 20);
    try {
      for (;;) await file.write(piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      await file.close();
    }
  }

  async free(): Promise<void> {
    await rm(join(this.folder, filler), { force: true });
  }

  unmount(): void {
    process.off('exit', this.unmountNow);
    this.unmountNow();
  }

  private readonly unmountNow = (): void => void execFileSync('umount', ['--lazy', this.folder]);
}
