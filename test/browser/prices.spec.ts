import type { Browser, Page } from 'playwright-core';
import { type AdminApi, type Gateway, setupRoot, startGateway, until } from '../support/gateway';
import { startSimulator } from '../support/simulator/simulator.mjs';
import { describeInBrowser, launchChromium } from './support/chromium';
import { Visitor } from './support/visitor';

const ROOT = { username: 'root', password: 'correct-horse-battery-staple' };
const MODEL = 'sim-echo';

describeInBrowser('prices in the console', () => {
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let gateway: Gateway;
  let browser: Browser;
  let visitor: Visitor;
  let page: Page;
  let api: AdminApi;

  beforeAll(async () => {
    [simulator, gateway, browser] = await Promise.all([startSimulator(), startGateway(), launchChromium()]);
    api = await setupRoot(gateway.url);
    const baseUrl = `${simulator.url}/v1`;
    await api.createChannel({ name: 'simulator', baseUrl, keys: ['sim-key-good'], models: [MODEL] });
    visitor = await Visitor.arrive(browser, gateway.url);
    page = visitor.page;
    await visitor.open('/login');
    await page.getByLabel('Username').fill(ROOT.username);
    await page.getByLabel('Password', { exact: false }).first().fill(ROOT.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await visitor.navigate('Models and prices');
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([gateway?.discard(), simulator?.close()]);
  });
  afterEach(() => expect(visitor.complaints).toEqual([]));

  const priceOf = async (id: string) =>
    ((await api.call('GET', '/models')).items as { id: string; prices: object }[]).find((model) => model.id === id)
      ?.prices;

  it('are set with rates for circumstances, and tried out before they are saved', async () => {
    await page.getByRole('button', { name: 'Add model' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Model', { exact: false }).first().fill(MODEL);
    await dialog.getByLabel('Input', { exact: true }).fill('1');
    await dialog.getByLabel('Output', { exact: true }).fill('2');
    const special = dialog.getByLabel('as JSON', { exact: false });
    await special.fill('{"longContext": [');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('This is no JSON object').waitFor();
    await special.fill('{"longContext": [{"aboveTokens": 5000, "inputPerMTok": 3}], "tools": {"webSearch": 0.01}}');
    await dialog.getByRole('button', { name: 'Calculate' }).click();
    await dialog.getByText('Rates for inputs above 5,000 tokens').waitFor();
    await dialog.getByText('$0.032').waitFor();
    await accessible('30-price-form');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await priceOf(MODEL)).toEqual({
      inputPerMTok: 1,
      outputPerMTok: 2,
      longContext: [{ aboveTokens: 5_000, inputPerMTok: 3 }],
      tools: { webSearch: 0.01 },
    });
  });

  it('are explained beside the call they were charged for', async () => {
    const { key } = await api.createKey({ name: 'explained' });
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, messages: [{ role: 'user', content: 'x'.repeat(4_000) }] }),
    });
    expect(answer.status).toBe(200);
    const requestId = answer.headers.get('x-request-id') ?? '';
    await until('the row', async () => (await api.usage({ requestId })).length === 1);
    await visitor.navigate('Usage log');
    await page.getByRole('row').filter({ hasText: MODEL }).getByRole('button', { name: 'Details' }).click();
    const details = page.getByRole('dialog');
    await details.getByText('How the charge came about').waitFor();
    await details.getByText('1,000 × $1.00 per million').waitFor();
    await page.getByText('Model saved').waitFor({ state: 'detached' });
    await accessible('31-charge');
    await details.getByRole('button', { name: 'Close' }).click();
  });

  it('are compared with a list, chosen one by one and taken over', async () => {
    await visitor.navigate('Models and prices');
    await page.getByRole('button', { name: 'Compare with a list' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('http://127.0.0.1:9/list.json');
    await dialog.getByRole('button', { name: 'Compare' }).click();
    await dialog.getByText('must not be called from here').waitFor();
    const row = (usd: number) => ({
      litellm_provider: 'acme',
      input_cost_per_token: usd / 1e6,
      output_cost_per_token: 0,
    });
    const list = { [MODEL]: row(9), 'acme-new': row(4), 'acme-other': row(5), 'acme-bad': row(-1) };
    const buffer = Buffer.from(JSON.stringify(list));
    await page.locator('input[type=file]').setInputFiles({ name: 'list.json', mimeType: 'application/json', buffer });
    await accessible('32-price-list');
    await dialog.getByRole('button', { name: 'Compare' }).click();
    await dialog.getByText('1 row cannot be taken over').waitFor();
    await dialog.getByText('1 → 9').waitFor();
    await dialog.getByText('New (2)').click();
    await dialog.getByLabel('acme-new', { exact: true }).check();
    await accessible('33-price-differences');
    await dialog.getByRole('button', { name: 'Take over 1 model' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await priceOf('acme-new')).toEqual({ inputPerMTok: 4, outputPerMTok: 0 });
    expect(await priceOf('acme-other')).toBeUndefined();
    expect(await priceOf(MODEL)).toMatchObject({ inputPerMTok: 1 });
  });

  /** A screenshot, and nothing for axe to find. */
  async function accessible(name: string): Promise<void> {
    await visitor.screenshot(name);
    expect(await visitor.accessibilityFaults()).toEqual([]);
  }
});
