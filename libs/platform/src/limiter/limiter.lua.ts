/**
 * The sliding window of `Limiter` on Redis: one script, one round trip, the time of the Redis server. A key's cells are a packed
 * list of `first, last, requests, tokens`; its slots a sorted set by the end of their lease.
 */
const shared = `
local function clock()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local function load(key, now, window)
  local raw = redis.call('GET', key)
  local cells, requests, tokens = {}, 0, 0
  if not raw then return cells, requests, tokens end
  local all = cmsgpack.unpack(raw)
  for i = 1, #all, 4 do
    -- a cell from the future means that the server's clock was set back
    if now - all[i + 1] < window and all[i] <= now + window then
      for j = 0, 3 do cells[#cells + 1] = all[i + j] end
      requests = requests + all[i + 2]
      tokens = tokens + all[i + 3]
    end
  end
  return cells, requests, tokens
end

local function charge(cells, now, grain, requests, tokens)
  local i = #cells - 3
  if i < 1 or now - cells[i] >= grain then
    i = #cells + 1
    cells[i], cells[i + 1], cells[i + 2], cells[i + 3] = now, now, 0, 0
  end
  cells[i + 1] = now
  cells[i + 2] = cells[i + 2] + requests
  cells[i + 3] = cells[i + 3] + tokens
end

local function save(key, cells, window)
  if #cells == 0 then redis.call('DEL', key)
  else redis.call('SET', key, cmsgpack.pack(cells), 'PX', window) end
end
`;

/**
 * KEYS: counters and slots of each rule in turn. ARGV: window, grain, lease, concurrency retry (ms), slot, then of each rule
 * rpm, tpm, tokens to reserve, concurrency; -1 is no limit.
 * Returns granted (1, 0), the time of the charge, reason, retry after, then of requests and tokens: limit (-1: none), remaining, reset.
 */
export const acquireScript = `${shared}
local window, grain, lease, busy, slot = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local now = clock()
local reason, wait = '', 0
local rules = {}

local function refuse(why, ms)
  if reason == '' or ms > wait then reason, wait = why, ms end
end

local function freed(cells, offset, amount)
  local sum = 0
  for i = 1, #cells, 4 do
    sum = sum + cells[i + offset]
    if sum >= amount then return cells[i + 1] + window - now end
  end
  return window
end

for n = 1, #KEYS / 2 do
  local a = 5 + (n - 1) * 4
  local rule = { counters = KEYS[n * 2 - 1], slots = KEYS[n * 2], rpm = tonumber(ARGV[a + 1]), tpm = tonumber(ARGV[a + 2]),
    reserve = tonumber(ARGV[a + 3]), concurrency = tonumber(ARGV[a + 4]) }
  rule.counted = rule.rpm >= 0 or rule.tpm >= 0
  if rule.counted then rule.cells, rule.requests, rule.tokens = load(rule.counters, now, window) end
  if rule.rpm >= 0 and rule.requests + 1 > rule.rpm then
    refuse('requests', freed(rule.cells, 2, rule.requests + 1 - rule.rpm))
  end
  if rule.tpm >= 0 and rule.tokens + rule.reserve > rule.tpm then
    refuse('tokens', freed(rule.cells, 3, rule.tokens + rule.reserve - rule.tpm))
  end
  if rule.concurrency >= 0 then
    redis.call('ZREMRANGEBYSCORE', rule.slots, '-inf', now)
    if redis.call('ZCARD', rule.slots) >= rule.concurrency then refuse('concurrency', busy) end
  end
  rules[n] = rule
end

local granted = reason == ''
local state = { -1, 0, 0, -1, 0, 0 }

local function note(at, limit, used, cells)
  local remaining = math.max(0, limit - used)
  if state[at] >= 0 and state[at + 1] <= remaining then return end
  local reset = 0
  if used > 0 and #cells > 0 then reset = cells[#cells - 2] + window - now end
  state[at], state[at + 1], state[at + 2] = limit, remaining, reset
end

for _, rule in ipairs(rules) do
  if granted and rule.counted then
    charge(rule.cells, now, grain, 1, rule.reserve)
    save(rule.counters, rule.cells, window)
    rule.requests, rule.tokens = rule.requests + 1, rule.tokens + rule.reserve
  end
  if granted and rule.concurrency >= 0 then
    redis.call('ZADD', rule.slots, now + lease, slot)
    redis.call('PEXPIRE', rule.slots, lease)
  end
  if rule.rpm >= 0 then note(1, rule.rpm, rule.requests, rule.cells) end
  if rule.tpm >= 0 then note(4, rule.tpm, rule.tokens, rule.cells) end
end

return { granted and 1 or 0, now, reason, wait, unpack(state) }
`;

/** KEYS as above. ARGV: window, grain, slot, time of the charge, tokens used, then of each rule the tokens reserved (0: no token limit). */
export const releaseScript = `${shared}
local window, grain, slot, since, used = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local now = clock()
for n = 1, #KEYS / 2 do
  redis.call('ZREM', KEYS[n * 2], slot)
  local reserved = tonumber(ARGV[5 + n])
  if reserved > 0 and used ~= reserved then
    local cells = load(KEYS[n * 2 - 1], now, window)
    if used > reserved then
      charge(cells, now, grain, 0, used - reserved)
    else
      for i = 1, #cells, 4 do
        if cells[i] <= since and since <= cells[i + 1] then cells[i + 3] = cells[i + 3] - (reserved - used) end
      end
    end
    save(KEYS[n * 2 - 1], cells, window)
  end
end
`;

/** KEYS: slot sets, ARGV: lease, then the slot of each. A slot that was lost meanwhile is taken again: its request is still running. */
export const renewScript = `${shared}
local lease, now = tonumber(ARGV[1]), clock()
for n = 1, #KEYS do
  redis.call('ZADD', KEYS[n], now + lease, ARGV[n + 1])
  redis.call('PEXPIRE', KEYS[n], lease)
end
`;
