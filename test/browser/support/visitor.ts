import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page, Response } from 'playwright-core';
import { until } from '../../support/eventually';

const SCREENSHOTS = join(__dirname, '../screenshots');

export const screens = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } } as const;

export interface VisitorOptions {
  readonly screen?: keyof typeof screens;
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
}

/** Somebody in front of the console: one browser profile, one page, and a note of everything the page complained about. */
export class Visitor {
  /** Errors thrown in the page and messages of its Content-Security-Policy. */
  readonly complaints: string[] = [];

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly url: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content.Security.Policy/i.test(message.text())) {
        this.complaints.push(message.text());
      }
    });
  }

  static async arrive(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
    const { screen = 'desktop', colorScheme = 'light', locale = 'en-US' } = options;
    const context = await browser.newContext({ viewport: screens[screen], colorScheme, locale });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    context.setDefaultTimeout(30_000);
    return new Visitor(context, await context.newPage(), url);
  }

  leave(): Promise<void> {
    return this.context.close();
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.heading();
  }

  /** The scripts the page loads from now on. */
  collectScripts(): { compressedBytes(): Promise<number> } {
    const scripts: Response[] = [];
    this.page.on('response', (response) => {
      if (response.request().resourceType() === 'script') scripts.push(response);
    });
    return {
      compressedBytes: async () => {
        const bodies = await Promise.all(scripts.map((script) => script.body()));
        return bodies.reduce((sum, body) => sum + gzipSync(body).length, 0);
      },
    };
  }

  /** The page's only h1, once it is there. */
  async heading(): Promise<string> {
    const heading = this.page.locator('h1');
    await heading.waitFor();
    return (await heading.allInnerTexts()).join(' | ');
  }

  /** Follows the main navigation. */
  async navigate(name: string): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
    await this.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }

  async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.settled();
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }

  /** What axe finds wrong with the page as it stands, in words. */
  async accessibilityFaults(): Promise<string[]> {
    await this.settled();
    const { violations } = await new AxeBuilder({ page: this.page }).options({ resultTypes: ['violations'] }).analyze();
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  }

  /** Before its data is there a page has nothing to look at, and half-way through an animation everything is too pale. */
  private async settled(): Promise<void> {
    await until('the page to settle', () => this.page.evaluate<boolean>(settled));
  }
}

/** Evaluated in the page. Animations without an end do not count. */
const settled = `!document.querySelector('.mantine-Skeleton-root, .mantine-Loader-root') &&
  document.getAnimations().every(({ playState, effect }) =>
    playState !== 'running' || effect?.getComputedTiming().iterations === Infinity)`;
