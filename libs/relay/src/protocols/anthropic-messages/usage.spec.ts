import { quirksOf } from '@app/providers';
import { totalInput, totalOutput } from '../../chat/usage';
import { readUsage, writeTotals, writeUsage } from './usage';

const quirks = quirksOf({}, 'anthropic-messages');
const imitator = { ...quirks, cachedInsidePrompt: true };

describe('usage of Anthropic messages', () => {
  it('counts cache reads and writes beside the input', () => {
    const usage = readUsage(
      { input_tokens: 2, output_tokens: 4, cache_read_input_tokens: 1590, cache_creation_input_tokens: 10 },
      quirks,
    )!;
    expect(usage).toEqual({ input: 2, output: 4, cacheRead: 1590, cacheWrite: 10 });
    expect(totalInput(usage)).toBe(1602);
  });

  it('splits cache writes by how long they are kept, so that none is charged twice', () => {
    const usage = {
      input_tokens: 5,
      output_tokens: 1,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
    };
    expect(readUsage(usage, quirks)).toEqual({ input: 5, output: 1, cacheWrite: 100, cacheWrite1h: 200 });
  });

  it('takes thinking out of the output', () => {
    const usage = readUsage(
      { input_tokens: 9, output_tokens: 121, output_tokens_details: { thinking_tokens: 28 } },
      quirks,
    )!;
    expect(usage).toMatchObject({ output: 93, reasoning: 28 });
    expect(totalOutput(usage)).toBe(121);
  });

  it('does not add iterations to the totals', () => {
    const iterations = [{ type: 'message', input_tokens: 1000, output_tokens: 50 }];
    expect(readUsage({ input_tokens: 20, output_tokens: 5, iterations }, quirks)).toEqual({ input: 20, output: 5 });
  });

  it('reads an imitator that counts the cache inside the input', () => {
    const usage = readUsage({ input_tokens: 100, output_tokens: 1, cache_read_input_tokens: 60 }, imitator);
    expect(usage).toEqual({ input: 40, output: 1, cacheRead: 60 });
  });

  it('counts the searches the upstream ran', () => {
    const usage = readUsage(
      { input_tokens: 1, output_tokens: 1, server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 } },
      quirks,
    );
    expect(usage?.tools).toEqual({ webSearch: 2, webFetch: 0 });
  });

  it('finds no usage where there is none, which is not zero', () => {
    expect(readUsage(null, quirks)).toBeUndefined();
    expect(readUsage({ input_tokens: null }, quirks)).toBeUndefined();
  });

  describe('in instalments', () => {
    const start = {
      input_tokens: 43,
      output_tokens: 1,
      cache_read_input_tokens: 7,
      cache_creation_input_tokens: 300,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
    };
    const before = readUsage(start, quirks);
    const table = [
      [
        'keeps the input when only the output is told',
        { output_tokens: 8 },
        { input: 43, cacheRead: 7, cacheWrite: 100, cacheWrite1h: 200 },
      ],
      ['lets a later event correct the input', { input_tokens: 61, output_tokens: 8 }, { input: 61, cacheRead: 7 }],
      [
        'ignores nulls',
        { input_tokens: null, cache_read_input_tokens: null, output_tokens: 8 },
        { input: 43, cacheRead: 7 },
      ],
      [
        'keeps the split of writes',
        { output_tokens: 8, cache_creation_input_tokens: 300 },
        { cacheWrite: 100, cacheWrite1h: 200 },
      ],
      [
        'corrects the writes',
        { output_tokens: 8, cache_creation_input_tokens: 450 },
        { cacheWrite: 250, cacheWrite1h: 200 },
      ],
    ] as const;

    it.each(table)('%s', (_promise, delta, expected) => {
      expect(readUsage(delta, quirks, before)).toMatchObject({ output: 8, ...expected });
    });

    it('keeps the output when only the input is told', () => {
      expect(readUsage({ input_tokens: 50 }, quirks, { input: 43, output: 8, reasoning: 2 })).toEqual({
        input: 50,
        output: 8,
        reasoning: 2,
      });
    });

    it('keeps the total of an imitator that counts the cache inside', () => {
      const first = readUsage({ input_tokens: 100, output_tokens: 1, cache_read_input_tokens: 60 }, imitator);
      expect(readUsage({ output_tokens: 9 }, imitator, first)).toEqual({ input: 40, output: 9, cacheRead: 60 });
    });
  });

  it('writes what it read', () => {
    const usage = {
      input_tokens: 12,
      output_tokens: 90,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 30,
      cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
      output_tokens_details: { thinking_tokens: 40 },
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 },
      service_tier: 'standard',
    };
    expect(writeUsage(readUsage(usage, quirks), 'default')).toEqual(usage);
  });

  it('writes numbers where nothing was reported, because clients add them up', () => {
    expect(writeTotals(undefined)).toEqual({
      input_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 0,
    });
    expect(writeUsage(undefined)).toMatchObject({ cache_creation: null, service_tier: null });
  });
});
