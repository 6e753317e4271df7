import type { Browser, Page } from 'playwright-core';
import { type Gateway, startGateway } from '../support/gateway';
import { startSimulator } from '../support/simulator/simulator.mjs';
import { describeInBrowser, launchChromium } from './support/chromium';
import { Visitor } from './support/visitor';

const ROOT = { username: 'root', password: 'correct-horse-battery-staple' };
const MODEL = 'sim-echo';

/** One walk, in order: each step starts where the one before ended. */
describeInBrowser('first use of the console', () => {
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let gateway: Gateway;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  let apiKey = '';
  let stumbled = '';

  beforeAll(async () => {
    [simulator, gateway, browser] = await Promise.all([startSimulator(), startGateway(), launchChromium()]);
    visitor = await Visitor.arrive(browser, gateway.url);
    page = visitor.page;
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([gateway?.discard(), simulator?.close()]);
  });

  step('asks for the root account on the first visit, wherever one enters', async () => {
    await visitor.open('/channels');
    expect(await visitor.heading()).toBe('Set up One API');
    expect(new URL(page.url()).pathname).toBe('/setup');
    await accessible('01-setup');
  });

  step('says beside the field what is wrong with it', async () => {
    await page.getByLabel('Username').fill('no spaces please');
    await page.getByLabel('Password', { exact: false }).first().fill(ROOT.password);
    await page.getByLabel('Repeat the password').fill(ROOT.password);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('must be 2 to 64 letters').waitFor();
    expect(await page.getByLabel('Username').getAttribute('aria-invalid')).toBe('true');
  });

  step('makes the root account and is signed in', async () => {
    await page.getByLabel('Username').fill(ROOT.username);
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor();
    await page.getByText('First steps').waitFor();
    await accessible('02-dashboard-empty');
  });

  step('adds a channel, with models fetched from the upstream', async () => {
    await page.getByRole('link', { name: 'Add channel' }).click();
    await page.getByText('No channel yet').waitFor();
    await accessible('03-channels-empty');
    await page.getByRole('button', { name: 'Add channel' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: false }).first().fill('simulator');
    await dialog.getByLabel('Base URL').fill(`${simulator.url}/v1`);
    await dialog.getByLabel('Credentials').fill('sim-key-first-use');
    await accessible('04-channel-new');
    await dialog.getByRole('button', { name: 'Save and fetch from upstream' }).click();
    const picker = page.getByRole('dialog', { name: 'Models of the upstream' });
    await picker.getByLabel(MODEL, { exact: true }).check();
    await accessible('05-upstream-models');
    await picker.getByRole('button', { name: 'Apply' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await row('simulator').getByText(MODEL).waitFor();
  });

  step('tests the channel with a real call', async () => {
    await page.getByRole('button', { name: 'Test simulator' }).click();
    await page.getByRole('button', { name: 'Run test' }).click();
    await page.getByText('It works').waitFor();
    await accessible('06-channel-test');
    await page.getByRole('button', { name: 'Close' }).last().click();
    expect(simulator.requests().at(-1)).toMatchObject({ model: MODEL, status: 200 });
  });

  step('changes what the channel sends, and asks for its credentials again before they go elsewhere', async () => {
    await page.getByRole('button', { name: 'Edit simulator' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Parameters').fill('[{"op": "set", "path": "seed"');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('This is not a JSON list').waitFor();
    await dialog.getByLabel('Parameters').fill('[{"op": "set", "path": "stream", "value": false}]');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText("stream is the gateway's to decide").waitFor();
    await dialog.getByLabel('Parameters').fill('[{"op": "set", "path": "seed", "value": 7}]');
    await dialog.getByLabel('System prompt').fill('Be brief.');
    await dialog.getByLabel('Where').waitFor();
    await accessible('06-channel-overrides');
    await dialog.getByLabel('Base URL').fill('https://elsewhere.example/v1');
    await dialog.getByText('Enter them again').waitFor();
    await dialog.getByLabel('Base URL').fill(`${simulator.url}/v1`);
    await dialog.getByText('Stored credentials').waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Edit simulator' }).click();
    expect(JSON.parse(await dialog.getByLabel('Parameters').inputValue())).toEqual([
      { op: 'set', path: 'seed', value: 7 },
    ]);
    await dialog.getByLabel('System prompt').fill('');
    await dialog.getByLabel('Parameters').fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  step('disables the channel and enables it again', async () => {
    for (const [act, state] of [
      ['Disable', 'Disabled'],
      ['Enable', 'Enabled'],
    ] as const) {
      await page.getByRole('button', { name: 'More actions for simulator' }).click();
      await page.getByRole('menuitem', { name: act, exact: true }).click();
      await row('simulator').getByText(state, { exact: true }).waitFor();
    }
    await accessible('07-channels');
  });

  step('creates a key that is shown once, with examples to copy', async () => {
    await visitor.navigate('API keys');
    await accessible('08-keys-empty');
    await page.getByRole('button', { name: 'Create key' }).first().click();
    await page.getByRole('dialog').getByLabel('Name', { exact: false }).fill('my laptop');
    await accessible('09-key-new');
    await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
    const field = page.getByLabel('API key', { exact: true });
    await field.waitFor();
    apiKey = await field.inputValue();
    expect(apiKey).toMatch(/^sk-/);
    await page.getByText(`"model": "${MODEL}"`).waitFor();
    await accessible('10-key-shown-once');
    await page.getByRole('button', { name: 'Copy key' }).click();
    await page.getByRole('button', { name: 'Copied' }).first().waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(apiKey);
    await page.getByRole('button', { name: 'I have stored it' }).click();
    await row('my laptop').waitFor();
    expect(await page.content()).not.toContain(apiKey);
    await accessible('11-keys');
  });

  step('gives the account money', async () => {
    await visitor.navigate('Users');
    await page.getByRole('button', { name: 'Adjust the balance of root' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Amount in USD').fill('25');
    await dialog.getByLabel('Reason').fill('first use');
    await accessible('12-balance');
    await dialog.getByRole('button', { name: 'Adjust balance' }).click();
    await row('root').getByText('$1,025.00').waitFor();
    await accessible('13-users');
  });

  step('shows the call in the log while one looks on', async () => {
    await visitor.navigate('Usage log');
    await page.getByText('No calls yet').waitFor();
    await accessible('14-log-empty');
    const answer = await call('Hello from the browser test');
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello from the browser test' } }] });
    await row(MODEL).waitFor();
    await row(MODEL).getByText('my laptop').waitFor();
    await row(MODEL).getByText('simulator').waitFor();
    await accessible('15-log');
    await row(MODEL).getByRole('button', { name: 'Details' }).click();
    const details = page.getByRole('dialog');
    await details.getByText(answer.headers.get('x-request-id') ?? '').waitFor();
    await details.getByText('Attempts').waitFor();
    await accessible('16-log-detail');
    await details.getByRole('button', { name: 'Close' }).click();
  });

  step('keeps a filter in the address', async () => {
    await page.getByLabel('Model', { exact: true }).fill('no-such-model');
    await page.getByText('Nothing matches').waitFor();
    expect(new URL(page.url()).searchParams.get('model')).toBe('no-such-model');
    await page.reload();
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await row(MODEL).waitFor();
  });

  step('stays signed in over a reload, without a token in storage', async () => {
    await visitor.open('/');
    await page.getByText('Your balance').waitFor();
    const stored = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])');
    expect(stored).not.toMatch(/eyJ|Bearer|token/i);
    await accessible('17-dashboard');
  });

  for (const name of ['Models and prices', 'Groups', 'Settings'])
    step(`opens ${name}`, async () => {
      await visitor.navigate(name);
      await accessible(`18-${name.split(' ')[0]?.toLowerCase()}`);
    });

  step('lists where one is signed in', async () => {
    await page.getByRole('button', { name: 'Account of root' }).click();
    await page.getByRole('menuitem', { name: 'Account' }).click();
    await page.getByText('This device').waitFor();
    await accessible('19-account');
  });

  step('turns dark, and stays so', async () => {
    await page.getByRole('button', { name: 'Colour scheme' }).click();
    await page.getByRole('menuitem', { name: 'Dark' }).click();
    await visitor.open('/');
    expect(await page.locator('html').getAttribute('data-mantine-color-scheme')).toBe('dark');
    await accessible('20-dark-dashboard');
    await visitor.navigate('Usage log');
    await row(MODEL).waitFor();
    await accessible('21-dark-log');
  });

  step('speaks Chinese', async () => {
    await page.getByRole('button', { name: 'Language' }).click();
    await page.getByRole('menuitem', { name: '简体中文' }).click();
    await page.getByRole('heading', { level: 1, name: '调用日志' }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await accessible('22-chinese-log');
    await visitor.navigate('概览');
    await accessible('23-chinese-dashboard');
  });

  step('signs out, and back in to the page it came from', async () => {
    await page.getByRole('button', { name: 'root 的账号' }).click();
    await page.getByRole('menuitem', { name: '退出登录' }).click();
    await page.getByRole('heading', { level: 1, name: '登录' }).waitFor();
    await accessible('24-sign-in');
    await page.goto(`${gateway.url}/channels`);
    await page.getByLabel('用户名').fill(ROOT.username);
    await page.getByLabel('密码', { exact: false }).first().fill('not the password');
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByText('用户名或密码不正确').waitFor();
    await page.getByLabel('密码', { exact: false }).first().fill(ROOT.password);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('heading', { level: 1, name: '渠道' }).waitFor();
  });

  step('loads no more than 250 KB of compressed script to sign in', async () => {
    const guest = await Visitor.arrive(browser, gateway.url);
    const scripts = guest.collectScripts();
    await guest.open('/login');
    expect(await scripts.compressedBytes()).toBeLessThan(250 * 1024);
    await guest.leave();
  });

  step('fits a phone', async () => {
    const phone = await Visitor.arrive(browser, gateway.url, { screen: 'phone', colorScheme: 'dark' });
    await phone.open('/login');
    await phone.page.getByLabel('Username').fill(ROOT.username);
    await phone.page.getByLabel('Password', { exact: false }).first().fill(ROOT.password);
    await phone.screenshot('25-phone-sign-in');
    await phone.page.getByRole('button', { name: 'Sign in' }).click();
    await phone.page.getByText('Your balance').waitFor();
    await phone.screenshot('26-phone-dashboard');
    await phone.page.getByRole('button', { name: 'Open the navigation' }).click();
    await phone.navigate('Usage log');
    await phone.page.getByText(MODEL).first().waitFor();
    await phone.screenshot('27-phone-log');
    expect(await phone.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await phone.accessibilityFaults()).toEqual([]);
    expect(phone.complaints).toEqual([]);
    await phone.leave();
  });

  /** After a step that failed the rest could only fail for want of it. */
  function step(title: string, walk: () => Promise<void>): void {
    it(title, async () => {
      if (stumbled && stumbled !== title) throw new Error(`not reached: the walk ended at “${stumbled}”`);
      stumbled = title;
      await walk();
      expect(visitor.complaints).toEqual([]);
      stumbled = '';
    });
  }

  /** A screenshot, and nothing for axe to find. */
  async function accessible(name: string): Promise<void> {
    await visitor.screenshot(name);
    expect(await visitor.accessibilityFaults()).toEqual([]);
  }

  const row = (text: string) => page.getByRole('row').filter({ hasText: text });

  const call = (content: string) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content }] }),
    });
});
