import { nano, PRICES, useWorld, type World } from '../support/world';

/** OpenAI's legacy text completions on upstreams that only chat. */
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
