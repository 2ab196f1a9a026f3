// How pages look: that they fit, and with CONSOLE_PICTURES=FOLDER a picture of each there, on a desk and in a hand.
import { join } from 'node:path';
import type { Stage } from './stage.js';

interface Looked {
  readonly stage: Stage;
  readonly paths: readonly string[];
  readonly key: string;
}

const desk = { width: 1280, height: 900 };

/** Those that are wider than the window. */
export async function widerThan(width: number, { stage, paths, key }: Looked, language: 'en' | 'zh'): Promise<string[]> {
  await stage.page.resize(width, 800);
  const wider: string[] = [];
  for (const path of paths) {
    await stage.show(path, key, language);
    if (await stage.page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth')) wider.push(path);
  }
  await stage.page.resize(desk.width, desk.height);
  return wider;
}

/** @param of asked when the specs before are over */
export function leavePictures(of: () => Looked): void {
  const folder = process.env.CONSOLE_PICTURES;
  if (!folder) return;
  it('leaves a picture of each page', async () => {
    const { stage, paths, key } = of();
    for (const [width, height] of [
      [desk.width, desk.height],
      [390, 800],
    ] as const) {
      await stage.page.resize(width, height);
      for (const language of ['en', 'zh'] as const)
        for (const path of paths) {
          await stage.show(path, key, language);
          await stage.page.picture(join(folder, `${language}-${width}${path.replaceAll(/[/?]/g, '-')}.png`));
        }
    }
  });
}
