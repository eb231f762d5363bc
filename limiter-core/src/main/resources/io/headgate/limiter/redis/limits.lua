-- Decides a batch of calls, each all-or-nothing over its charges. Runs behind clock.lua, which sets `now` (microseconds)
-- and `spare_ms`. Repeats the arithmetic of TokenBucketAlgorithm and SlidingWindowAlgorithm step by step; names match.
--
-- KEYS     one per charge, in the order of the charges; a key may recur in several calls
-- ARGV[1]  per call:   op (1 acquire, 2 peek, 3 refund), count of charges, moment of the admission (refund only)
--          per charge: kind, cost, and three numbers of its quota
--                      kind 1, token bucket:   rate tokens, rate micros, burst
--                      kind 2, sliding window: limit, window micros, slice micros
-- reply    per call:   1 allowed or 0 denied, now
--          per charge: remaining, replenish micros, wait micros
-- Numbers are big-endian doubles that hold integers; op, count, kind and verdict are bytes.
--
-- A stored state is a byte that names kind and version, then doubles:
--   0x11  owed, fraction, denominator, at
--   0x12  slice end, tokens, slice end, tokens, ... oldest first

local floor, max, min, ceil = math.floor, math.max, math.min, math.ceil
local pack, unpack_struct = struct.pack, struct.unpack

local ACQUIRE, PEEK = 1, 2

---------------------------------------------------------------- token bucket

local bucket = { tag = 0x11 }

function bucket.decode(bytes)
  local _, owed, fraction, denominator, at = unpack_struct('>Bdddd', bytes)
  return { owed = owed, fraction = fraction, denominator = denominator, at = at }
end

function bucket.encode(state)
  return pack('>Bdddd', bucket.tag, state.owed, state.fraction, state.denominator, state.at)
end

local function micros_to_drain(q, tokens, fraction)
  local parts = tokens % q.tokens * q.micros + fraction
  local micros = floor(tokens / q.tokens) * q.micros + floor(parts / q.tokens)
  if parts % q.tokens == 0 then return micros end
  return micros + 1
end

local function in_own_parts(q, state)
  local owed, fraction = state.owed, state.fraction
  if state.denominator ~= q.micros and fraction > 0 then
    owed, fraction = owed + 1, 0
  end
  if owed >= q.burst then
    owed, fraction = q.burst, 0
  end
  return { owed = owed, fraction = fraction, denominator = q.micros, at = state.at }
end

local function drained(q, state, at)
  local elapsed = at - state.at
  local periods = floor(elapsed / q.micros)
  if periods > floor(state.owed / q.tokens) then
    return { owed = 0, fraction = 0, denominator = q.micros, at = at }
  end
  local parts = elapsed % q.micros * q.tokens
  local owed = state.owed - periods * q.tokens - floor(parts / q.micros)
  local fraction = state.fraction - parts % q.micros
  if fraction < 0 then
    owed, fraction = owed - 1, fraction + q.micros
  end
  if owed < 0 then owed, fraction = 0, 0 end
  return { owed = owed, fraction = fraction, denominator = q.micros, at = at }
end

function bucket.quota(a, b, c)
  local q = { tokens = a, micros = b, burst = c }
  q.fill = micros_to_drain(q, c, 0)
  return q
end

function bucket.stepped_back(q, state)
  return state.at - q.fill > now
end

function bucket.advance(q, state)
  if not state then
    return { owed = 0, fraction = 0, denominator = q.micros, at = now }
  end
  local own = in_own_parts(q, state)
  if bucket.stepped_back(q, own) then
    own.at = now
    return own
  end
  if now <= own.at then return own end
  return drained(q, own, now)
end

local function micros_until_fits(q, state, cost)
  return micros_to_drain(q, state.owed + cost - q.burst, state.fraction)
end

function bucket.usage(q, state, cost)
  local taken = state.owed
  if state.fraction > 0 then taken = taken + 1 end
  local remaining, ahead = q.burst - taken, state.at - now
  local replenish, wait = 0, 0
  if taken > 0 then replenish = ahead + micros_until_fits(q, state, remaining + 1) end
  if cost > remaining then wait = ahead + micros_until_fits(q, state, cost) end
  return remaining, replenish, wait
end

function bucket.charge(_, state, cost)
  return { owed = state.owed + cost, fraction = state.fraction, denominator = state.denominator, at = state.at }
end

function bucket.refund(q, state, at, cost)
  local own = in_own_parts(q, state)
  local left = drained(q, { owed = cost, fraction = 0, at = min(at, own.at) }, own.at)
  own.owed, own.fraction = own.owed - left.owed, own.fraction - left.fraction
  if own.fraction < 0 then
    own.owed, own.fraction = own.owed - 1, own.fraction + q.micros
  end
  if own.owed < 0 then own.owed, own.fraction = 0, 0 end
  return own
end

function bucket.idle_after(q, state)
  local own = in_own_parts(q, state)
  return max(0, own.at - now + micros_to_drain(q, own.owed, own.fraction))
end

---------------------------------------------------------------- sliding window

local window = { tag = 0x12 }

function window.decode(bytes)
  local state, at = {}, 2
  while at < #bytes do
    local slice_end, tokens
    slice_end, tokens, at = unpack_struct('>dd', bytes, at)
    state[#state + 1] = slice_end
    state[#state + 1] = tokens
  end
  return state
end

function window.encode(state)
  local parts = { pack('>B', window.tag) }
  for i = 1, #state, 2 do
    parts[#parts + 1] = pack('>dd', state[i], state[i + 1])
  end
  return table.concat(parts)
end

function window.quota(a, b, c)
  return { limit = a, window = b, slice = c }
end

local function total(state)
  local sum = 0
  for i = 2, #state, 2 do sum = sum + state[i] end
  return sum
end

local function slice_end(q, at)
  return at - at % q.slice + q.slice - 1
end

local function not_before(q, state)
  return max(now, state[#state - 1] - q.slice + 1)
end

function window.stepped_back(q, state)
  return #state > 0 and state[#state - 1] - q.slice - q.window > now
end

function window.advance(q, state)
  if not state or #state == 0 then return {} end
  if window.stepped_back(q, state) then
    return { slice_end(q, now), total(state) }
  end
  local at, alive = not_before(q, state), {}
  for i = 1, #state, 2 do
    if state[i] + q.window > at then
      alive[#alive + 1] = state[i]
      alive[#alive + 1] = state[i + 1]
    end
  end
  return alive
end

local function window_micros_until_fits(q, state, used, cost)
  local excess, oldest = used + cost - q.limit, 1
  while excess > state[oldest + 1] do
    excess = excess - state[oldest + 1]
    oldest = oldest + 2
  end
  return state[oldest] + q.window - now
end

function window.usage(q, state, cost)
  local used = total(state)
  local remaining = max(0, q.limit - used)
  local replenish, wait = 0, 0
  if used > 0 then replenish = window_micros_until_fits(q, state, used, remaining + 1) end
  if cost > remaining then wait = window_micros_until_fits(q, state, used, cost) end
  return remaining, replenish, wait
end

function window.charge(q, state, cost)
  local next_state = {}
  for i = 1, #state do next_state[i] = state[i] end
  local newest, at = #state - 1, now
  if newest > 0 then at = not_before(q, state) end
  if newest > 0 and state[newest] >= at then
    next_state[newest + 1] = state[newest + 1] + cost
  else
    next_state[#next_state + 1] = slice_end(q, at)
    next_state[#next_state + 1] = cost
  end
  return next_state
end

function window.refund(q, state, at, cost)
  for i = 1, #state, 2 do
    if state[i] >= at then
      if state[i] - q.slice >= at then return state end
      local next_state = {}
      for j = 1, #state, 2 do
        local tokens = state[j + 1]
        if j == i then tokens = tokens - cost end
        if tokens > 0 then
          next_state[#next_state + 1] = state[j]
          next_state[#next_state + 1] = tokens
        end
      end
      return next_state
    end
  end
  return state
end

function window.idle_after(q, state)
  if #state == 0 then return 0 end
  return max(0, state[#state - 1] + q.window - now)
end

---------------------------------------------------------------- the batch

local KINDS = { bucket, window }
local BY_TAG = { [bucket.tag] = bucket, [window.tag] = window }

local stored = redis.call('MGET', unpack(KEYS))
local states, kinds = {}, {}

for i, key in ipairs(KEYS) do
  local bytes = stored[i]
  if bytes and states[key] == nil then
    local kind = BY_TAG[string.byte(bytes)]
    if not kind then
      return redis.error_reply('HEADGATE state of an unknown version in ' .. key)
    end
    states[key], kinds[key] = kind.decode(bytes), kind
  end
end

-- A state of another kind of quota counts as none.
local function state_of(charge)
  if kinds[charge.key] == charge.kind then return states[charge.key] end
  return nil
end

local written = {}

local function write(charge, state)
  states[charge.key], kinds[charge.key], written[charge.key] = state, charge.kind, charge
end

local input, position, key_index = ARGV[1], 1, 0

local function next_charges(count)
  local charges = {}
  for i = 1, count do
    key_index = key_index + 1
    local kind, cost, a, b, c
    kind, cost, a, b, c, position = unpack_struct('>Bdddd', input, position)
    charges[i] = { key = KEYS[key_index], kind = KINDS[kind], cost = cost, quota = KINDS[kind].quota(a, b, c) }
  end
  return charges
end

local reply = {}

local function answer(verdict, usages)
  reply[#reply + 1] = pack('>Bd', verdict, now)
  for _, usage in ipairs(usages) do
    reply[#reply + 1] = pack('>ddd', usage[1], usage[2], usage[3])
  end
end

local function view(charges)
  local usages, fits = {}, true
  for i, charge in ipairs(charges) do
    local state = state_of(charge)
    charge.advanced = charge.kind.advance(charge.quota, state)
    charge.stepped_back = state and charge.kind.stepped_back(charge.quota, state)
    usages[i] = { charge.kind.usage(charge.quota, charge.advanced, charge.cost) }
    fits = fits and usages[i][3] == 0
  end
  return usages, fits
end

local function acquire(charges)
  local usages, fits = view(charges)
  for i, charge in ipairs(charges) do
    if fits then
      local state = charge.kind.charge(charge.quota, charge.advanced, charge.cost)
      write(charge, state)
      local remaining, replenish = charge.kind.usage(charge.quota, state, 1)
      usages[i] = { remaining, replenish, 0 }
    elseif charge.stepped_back then
      write(charge, charge.advanced)
    end
  end
  answer(fits and 1 or 0, usages)
end

local function refund(charges, at)
  for _, charge in ipairs(charges) do
    local state = state_of(charge)
    if state then
      write(charge, charge.kind.refund(charge.quota, state, at, charge.cost))
    end
  end
  answer(1, {})
end

while position <= #input do
  local op, count
  op, count, position = unpack_struct('>BB', input, position)
  if op == ACQUIRE then
    acquire(next_charges(count))
  elseif op == PEEK then
    local usages, fits = view(next_charges(count))
    answer(fits and 1 or 0, usages)
  else
    local at
    at, position = unpack_struct('>d', input, position)
    refund(next_charges(count), at)
  end
end

for key, charge in pairs(written) do
  local idle = charge.kind.idle_after(charge.quota, states[key])
  if idle == 0 then
    redis.call('DEL', key)
  else
    redis.call('SET', key, charge.kind.encode(states[key]), 'PX', string.format('%.0f', ceil(idle / 1000) + spare_ms))
  end
end

return table.concat(reply)
