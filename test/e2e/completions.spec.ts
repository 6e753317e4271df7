import { nano, PRICES, useWorld, type World } from '../support/world';

/** OpenAI's legacy text completions, on upstreams that complete text themselves and on those that only chat. */
let world: World;

useWorld((opened) => {
  world = opened;
});

describe.each(['openai-responses', 'anthropic-messages', 'gemini'] as const)('over %s', (protocol) => {
  const serve = () => world.serve('sim-echo', [{ protocols: [protocol] }]);

  it('whole and streamed, charged for what the upstream counted', async () => {
    const { model } = await serve();
    const params = { model, prompt: 'hello there', max_tokens: 2_000 };
    const whole = await world.openai().completions.create(params);
    expect(whole).toMatchObject({ object: 'text_completion', model });
    expect(whole.choices).toEqual([expect.objectContaining({ text: 'hello there', index: 0, finish_reason: 'stop' })]);
    const row = await world.usageOf(model);
    const { inputTokens, outputTokens } = row;
    expect(row).toMatchObject({ operation: 'completions', status: 'ok', usageSource: 'upstream' });
    expect(whole.usage).toMatchObject({ prompt_tokens: inputTokens, completion_tokens: outputTokens });
    const cost = (inputTokens * PRICES.inputPerMTok + outputTokens * PRICES.outputPerMTok) / 1e6;
    expect(nano(row.costUsd)).toBe(nano(cost));

    const stream = await world
      .openai()
      .completions.create({ ...params, stream: true, stream_options: { include_usage: true } });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe('hello there');
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  });

  it('what a chat cannot do is refused or named', async () => {
    const { model, seen } = await serve();
    const refused = world.openai().completions.create({ model, prompt: ['one', 'two'] });
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'prompt' });
    expect(seen()).toEqual([]);
    const { response } = await world
      .openai()
      .completions.create({ model, prompt: 'one', echo: true, suffix: 'end', best_of: 3 })
      .withResponse();
    for (const name of ['echo', 'suffix', 'best_of'])
      expect(response.headers.get('x-oneapi-dropped')).toContain(`extensions.${name}`);
  });
});

describe('an upstream that completes text itself', () => {
  const params = { prompt: ['one text', 'another'], n: 2, max_tokens: 2_000 };
  const costUsd = (4 * PRICES.inputPerMTok + 4 * 2 * PRICES.outputPerMTok) / 1e6;

  it('gets what the caller wrote, and its whole answer is charged by its count', async () => {
    const { model, seen } = await world.serve('sim-echo');
    const whole = await world.openai().completions.create({ model, ...params, echo: true });
    expect(whole.choices.map(({ text }) => text)).toEqual([
      ...['one textanother', 'one textanother'],
      ...['anotheranother', 'anotheranother'],
    ]);
    expect(whole.usage).toEqual({ prompt_tokens: 4, completion_tokens: 8, total_tokens: 12 });
    expect(seen().map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/v1/completions', { model, ...params, echo: true }],
    ]);
    const row = await world.usageOf(model);
    expect(row).toMatchObject({ operation: 'completions', status: 'ok', usageSource: 'upstream' });
    expect(nano(row.costUsd)).toBe(nano(costUsd));
  });

  it.each([true, false])('streams, charged by its count, which its caller sees only if asked for: %s', async (asks) => {
    const { model } = await world.serve('sim-echo');
    const stream = await world.openai().completions.create({
      model,
      ...params,
      stream: true,
      ...(asks && { stream_options: { include_usage: true } }),
    });
    const said = ['', '', '', ''];
    const usages: unknown[] = [];
    for await (const { choices, usage } of stream) {
      for (const { index, text } of choices) said[index] += text;
      if (usage !== undefined) usages.push(usage);
    }
    expect(said).toEqual(['another', 'another', 'another', 'another']);
    expect(usages.filter((usage) => usage !== null)).toEqual(
      asks ? [{ prompt_tokens: 4, completion_tokens: 8, total_tokens: 12 }] : [],
    );
    if (!asks) expect(usages).toEqual([]);
    const row = await world.usageOf(model);
    expect(row).toMatchObject({ stream: true, status: 'ok', usageSource: 'upstream' });
    expect(nano(row.costUsd)).toBe(nano(costUsd));
  });

  it('that counts nothing is estimated by what it said', async () => {
    const { model } = await world.serve('sim-fast-no-usage');
    const { choices } = await world.openai().completions.create({ model, prompt: 'hello there' });
    expect(choices.map(({ text }) => text)).toEqual(['ok']);
    expect(await world.usageOf(model)).toMatchObject({ usageSource: 'estimated', outputTokens: 1 });
  });

  it('may fail as chats do: the next one is asked', async () => {
    const { model, seen } = await world.serve('sim-echo', [
      { keys: ['error-first-event'], priority: 10 },
      { keys: ['good'] },
    ]);
    const wish = JSON.stringify({ model, prompt: 'hello there', stream: true });
    const { status, text } = await world.post('/v1/completions', wish);
    expect([status, text.includes('error'), text.endsWith('data: [DONE]\n\n')]).toEqual([200, false, true]);
    expect(seen()).toHaveLength(2);
  });
});
