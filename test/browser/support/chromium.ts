import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's and the container image's place; `TEST_CHROMIUM` names another. */
const executablePath = process.env.TEST_CHROMIUM ?? '/usr/bin/chromium';

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath, args: ['--no-sandbox'] });

/** A suite that needs a browser: skipped with a notice where there is none, failed where CI promises one. */
export function describeInBrowser(title: string, suite: () => void): void {
  if (existsSync(executablePath)) return describe(title, suite);
  if (process.env.CI) {
    return describe(title, () => {
      it('needs a browser', () => {
        throw new Error(`CI runs the browser tests, but there is no ${executablePath}`);
      });
    });
  }
  process.stderr.write(`skipped: ${title} (there is no ${executablePath}; set TEST_CHROMIUM)\n`);
  describe.skip(title, suite);
}
