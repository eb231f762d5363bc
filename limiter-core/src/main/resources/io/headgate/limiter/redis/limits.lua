-- Decides a batch of calls, each all-or-nothing over its charges. Runs behind clock.lua, which sets `now` (microseconds)
-- and `spare_ms`. Repeats the arithmetic of the algorithms in Java step by step; names match.
--
-- Redis runs all of this text for each batch, and nobody else meanwhile, so it is written to be cheap. A quota is read once
-- for all its charges; states stay packed strings and charges parallel arrays, since a table per charge would cost more
-- than its arithmetic; an algorithm's functions come into being with the first quota that needs them; a key is read and
-- written once, however many calls of the batch charge it.
--
-- KEYS     each key of the batch once
-- ARGV[1]  count of quotas
--          per quota:  kind, three or more numbers
--                      kind 1, token bucket:   rate tokens, rate micros, burst
--                      kind 2, sliding window: limit, window micros, slice micros
--                      kind 3, calendar quota: limit, unit, longest micros; begin of the previous, the present and the
--                                              next budget and of the one after, by the node's clock
--                      kind 4, concurrency:    slots, lease micros, holder (eight bytes that are no number)
--                      kind 5, the same only looked at: slots, lease micros, 0
--                      kind 6, leaky bucket:   rate tokens, rate micros, longest delay, longest queue micros
--                      a kind + 128 has a penalty: its block in microseconds follows the numbers of the quota
--          per call:   op (1 acquire, 2 peek, 3 refund, 4 settle, 5 reset), count of charges, or of keys to reset
--          per charge: key, quota, cost
--                      of a refund and of a settlement also what names the admission; of a settlement also a key that is
--                      there if it has been settled, what it came to, and for how many microseconds that is remembered
--          for a reset, per key: key
-- reply    per call:   1 allowed, 0 denied, or 2 if now is in none of the three budgets of a kind 3, and then nothing more
--          per charge: remaining, replenish micros, wait micros (of an admission: its delay), what names the admission
--                      (0 unless admitted)
-- Numbers are big-endian doubles that hold integers; op, count of charges and kind are bytes; count of quotas,
-- quota and key are two bytes, the latter two the place among their like, from 1.
--
-- A stored state is a byte that names kind and version, then doubles where not said otherwise:
--   0x21  owed, fraction, denominator, at, burst: seven-byte integers
--   0x31  the same, but for at in four bytes each: where denominator and burst fit
--   0x22  total tokens, limit, then slice end and tokens of each slice, oldest first
--   0x23  unit, used, end, limit
--   0x11, 0x12, 0x13 are the same without burst or limit, and of doubles; they are read and no longer written
--   0x14  then holder (eight bytes) and end of each lease, the one that ends first in front
--   0x15  empty at, parts, denominator, at
--   0x16  end of a block, then the state of what is blocked
--   0x17  until when it is remembered that a charge has been settled

local floor, max, min, ceil = math.floor, math.max, math.min, math.ceil
local pack, unpack_struct, sub, byte = struct.pack, struct.unpack, string.sub, string.byte

local CALENDAR, CONCURRENCY, LEAKY, PENAL = 3, 4, 6, 128
local BUCKET_STATE, NARROW_BUCKET_STATE, WINDOW_STATE, CALENDAR_STATE, LEASES_STATE, LEAKY_STATE, BLOCK_STATE, SETTLED_STATE =
  0x21, 0x31, 0x22, 0x23, 0x14, 0x15, 0x16, 0x17

-- By the place of their key: the packed state, as stored or as this batch has left it, without its block, or false; end of
-- the block; when a state that has to be written stops to matter. And what has to be written.
local states, blocked, idle_at, changed = redis.call('MGET', unpack(KEYS)), {}, {}, {}

-- The charges of the call at hand. Slots for four from the start, since to grow one by one costs more.
local keys, quotas, costs, moments = { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, {}
-- Advanced states: a, b, c are owed, fraction and at of a bucket; used tokens, first live byte and moment of a window;
-- used tokens, 0 and end of a budget; count of leases, byte of the holder's own (0 if none) and moment of slots, whose
-- live leases are packed in text; empty at, parts and at of a queue. After a charge c is what names the admission.
-- text is also the state that the bytes of a window are in.
local a, b, c, text, stepped_back = { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, { 0, 0, 0, 0 }, {}, { false, false, false, false }

local function keep(key, state, ending)
  if not idle_at[key] then changed[#changed + 1] = key end
  states[key], idle_at[key] = state, ending
end

-- ceil(used * to / from): the same share of another limit; by hand and bit by bit where the product is no integer any more.
local function carried(used, from, to)
  if from == to or from == 0 then return used end
  local whole, rest = floor(used / from) * to, used % from
  if rest * to <= 4503599627370496 then return whole + floor((rest * to + from - 1) / from) end
  local quotient, remainder = 0, 0
  for bit = 52, 0, -1 do
    quotient, remainder = quotient * 2, remainder * 2
    if remainder >= from then quotient, remainder = quotient + 1, remainder - from end
    if floor(to / 2 ^ bit) % 2 == 1 then
      remainder = remainder + rest
      if remainder >= from then quotient, remainder = quotient + 1, remainder - from end
    end
  end
  if remainder > 0 then quotient = quotient + 1 end
  return whole + quotient
end

local function micros_to_drain(n, m, tokens, fraction)
  local rest = tokens % n
  local parts = rest * m + fraction
  local over = parts % n
  local micros = (tokens - rest) / n * m + (parts - over) / n
  if over == 0 then return micros end
  return micros + 1
end

---------------------------------------------------------------- the algorithms
-- Of each, given the place of a charge and its quota: advance, which says whether the charge fits; usage, which answers what
-- remains, when more does, and when the charge would fit; charge, which answers the same but for its delay in place of the
-- last; write, the state as it has been advanced; refund. And what says how the states are packed that it reads, by tag.

local function token_bucket()
  local WIDE, NARROW = '>BI7I7I7I7I7', '>BI4I4I4I7I4'

  -- What the state owes, in parts of a token and as a share of the burst as they are now; and when.
  local function in_own_parts(q, state, format)
    local _, owed, fraction, denominator, at, counted_under = unpack_struct(format, state)
    local m, burst = q[2], q[3]
    if denominator ~= m or counted_under ~= burst then
      if fraction > 0 and (denominator ~= m or counted_under ~= 0) then owed, fraction = owed + 1, 0 end
      owed = carried(owed, counted_under, burst)
    end
    if owed >= burst then return burst, 0, at end
    return owed, fraction, at
  end

  local function drained(n, m, owed, fraction, elapsed)
    local rest = elapsed % m
    local periods = (elapsed - rest) / m
    if periods > owed / n then return 0, 0 end
    local parts = rest * n
    local over = parts % m
    owed = owed - periods * n - (parts - over) / m
    fraction = fraction - over
    if fraction < 0 then
      owed, fraction = owed - 1, fraction + m
    end
    if owed < 0 then return 0, 0 end
    return owed, fraction
  end

  local function advance(i, q, cost, state, format)
    local owed, fraction, at = 0, 0, now
    stepped_back[i] = false
    if state then
      owed, fraction, at = in_own_parts(q, state, format)
      if at <= now then
        owed, fraction = drained(q[1], q[2], owed, fraction, now - at)
        at = now
      elseif at - micros_to_drain(q[1], q[2], q[3], 0) > now then
        stepped_back[i], at = true, now
      end
    end
    a[i], b[i], c[i] = owed, fraction, at
    if fraction > 0 then owed = owed + 1 end
    return owed + cost <= q[3]
  end

  local function write(i, q)
    local n, m, burst, owed, fraction, at = q[1], q[2], q[3], a[i], b[i], c[i]
    local state
    if m <= 4294967295 and burst <= 4294967295 then
      state = pack(NARROW, NARROW_BUCKET_STATE, owed, fraction, m, at, burst)
    else
      state = pack(WIDE, BUCKET_STATE, owed, fraction, m, at, burst)
    end
    keep(keys[i], state, at + micros_to_drain(n, m, owed, fraction))
  end

  -- The next token is whole after the fraction that is owed of it, or after all its parts.
  local function usage(i, q, cost)
    local n, owed, fraction, ahead = q[1], a[i], b[i], c[i] - now
    local wait = 0
    if fraction > 0 then
      if cost > q[3] - owed - 1 then wait = ahead + micros_to_drain(n, q[2], owed + cost - q[3], fraction) end
      return q[3] - owed - 1, ahead + ceil(fraction / n), wait
    end
    if cost > q[3] - owed then wait = ahead + micros_to_drain(n, q[2], owed + cost - q[3], 0) end
    return q[3] - owed, owed > 0 and ahead + ceil(q[2] / n) or 0, wait
  end

  local function charge(i, q, cost)
    a[i] = a[i] + cost
    write(i, q)
    local left, replenish = usage(i, q, 0)
    return left, replenish, 0
  end

  local function refund(i, q, back, state, format)
    local n, m = q[1], q[2]
    local owed, fraction, at = in_own_parts(q, state, format)
    local given, given_fraction = drained(n, m, costs[i], 0, at - min(moments[i], at))
    if given >= back then given, given_fraction = back, 0 end
    owed, fraction = owed - given, fraction - given_fraction
    if fraction < 0 then
      owed, fraction = owed - 1, fraction + m
    end
    if owed < 0 then owed, fraction = 0, 0 end
    a[i], b[i], c[i] = owed, fraction, at
    write(i, q)
  end

  return {
    advance = advance, usage = usage, charge = charge, write = write, refund = refund,
    formats = { [BUCKET_STATE] = WIDE, [NARROW_BUCKET_STATE] = NARROW },
  }
end

local function sliding_window()
  local HEAD, PAIR = 17, 16

  local function slice_end(slice, at)
    return at - at % slice + slice - 1
  end

  -- The pairs from byte `first` on, counted under another limit: each suffix is its share, rounded up. And their total.
  local function under(state, first, from, to)
    local pairs_, later, share_later = {}, 0, 0
    for at = #state - PAIR + 1, first, -PAIR do
      local ending, tokens = unpack_struct('>dd', state, at)
      later = later + tokens
      local share = carried(later, from, to)
      if share > share_later then
        table.insert(pairs_, 1, pack('>dd', ending, share - share_later))
        share_later = share
      end
    end
    return pack('>Bdd', WINDOW_STATE, share_later, to) .. table.concat(pairs_), share_later
  end

  local function advance(i, q, cost, state)
    local limit, window, slice = q[1], q[2], q[3]
    a[i], b[i], c[i], text[i], stepped_back[i] = 0, HEAD + 1, now, '', false
    if not state or #state == HEAD then return cost <= limit end
    local _, used, counted_under = unpack_struct('>Bdd', state)
    local newest = unpack_struct('>d', state, #state - PAIR + 1)
    if newest - slice - window > now then
      used = carried(used, counted_under, limit)
      stepped_back[i], a[i] = true, used
      text[i] = pack('>Bdddd', WINDOW_STATE, used, limit, slice_end(slice, now), used)
      return used + cost <= limit
    end
    local at, first = max(now, newest - slice + 1), HEAD + 1
    while first < #state do
      local ending, tokens = unpack_struct('>dd', state, first)
      if ending + window > at then break end
      used, first = used - tokens, first + PAIR
    end
    if counted_under ~= limit and counted_under ~= 0 then
      state, used = under(state, first, counted_under, limit)
      first = HEAD + 1
    end
    a[i], b[i], c[i], text[i] = used, first, at, state
    return used + cost <= limit
  end

  local function micros_until_fits(i, q, excess)
    local state, at = text[i], b[i]
    local ending, tokens = unpack_struct('>dd', state, at)
    while excess > tokens do
      excess, at = excess - tokens, at + PAIR
      ending, tokens = unpack_struct('>dd', state, at)
    end
    return ending + q[2] - now
  end

  local function usage(i, q, cost)
    local limit, used = q[1], a[i]
    local left, replenish, wait = max(0, limit - used), 0, 0
    if used > 0 then replenish = micros_until_fits(i, q, used + left + 1 - limit) end
    if cost > left then wait = micros_until_fits(i, q, used + cost - limit) end
    return left, replenish, wait
  end

  local function charge(i, q, cost)
    local state, first, used = text[i], b[i], a[i] + cost
    local ending, tokens = nil, nil
    if a[i] > 0 then ending, tokens = unpack_struct('>dd', state, #state - PAIR + 1) end
    local head = pack('>Bdd', WINDOW_STATE, used, q[1])
    if ending and ending >= c[i] then
      state = head .. sub(state, first, -PAIR - 1) .. pack('>dd', ending, tokens + cost)
    else
      ending = slice_end(q[3], c[i])
      state = head .. (tokens and sub(state, first) or '') .. pack('>dd', ending, cost)
    end
    a[i], b[i], text[i] = used, HEAD + 1, state
    keep(keys[i], state, ending + q[2])
    local left, replenish = usage(i, q, 0)
    return left, replenish, 0
  end

  local function write(i, q)
    local live = sub(text[i], b[i])
    local ending = now
    if #live > 0 then ending = unpack_struct('>d', live, #live - PAIR + 1) + q[2] end
    keep(keys[i], pack('>Bdd', WINDOW_STATE, a[i], q[1]) .. live, ending)
  end

  local function refund(i, q, back, state)
    local limit, moment = q[1], moments[i]
    local _, used, counted_under = unpack_struct('>Bdd', state)
    if counted_under ~= limit and counted_under ~= 0 then
      state, used = under(state, HEAD + 1, counted_under, limit)
    end
    for at = HEAD + 1, #state, PAIR do
      local ending, tokens = unpack_struct('>dd', state, at)
      if ending >= moment then
        if ending - q[3] >= moment then return end
        local given = min(back, tokens)
        local middle = ''
        if tokens > back then middle = pack('>dd', ending, tokens - back) end
        state = pack('>Bdd', WINDOW_STATE, used - given, limit)
          .. sub(state, HEAD + 1, at - 1) .. middle .. sub(state, at + PAIR)
        keep(keys[i], state, #state > HEAD and unpack_struct('>d', state, #state - PAIR + 1) + q[2] or now)
        return
      end
    end
  end

  return {
    advance = advance, usage = usage, charge = charge, write = write, refund = refund,
    formats = { [WINDOW_STATE] = true },
  }
end

local function calendar_quota()
  local function ending_after_now(q)
    for budget = 5, 7 do
      if now < q[budget] then return q[budget] end
    end
  end

  local function advance(i, q, cost, state)
    if not q.covers then return false end
    local limit = q[1]
    a[i], b[i], c[i], stepped_back[i] = 0, 0, ending_after_now(q), false
    if state then
      local _, unit, used, ending, counted_under = unpack_struct('>Bdddd', state)
      if unit == q[2] and ending > now then
        stepped_back[i] = ending - now > 2 * q[3]
        a[i] = carried(used, counted_under, limit)
        if not stepped_back[i] then c[i] = max(c[i], ending) end
      end
    end
    return a[i] + cost <= limit
  end

  local function usage(i, q, cost)
    local left, until_end = max(0, q[1] - a[i]), c[i] - now
    return left, a[i] > 0 and until_end or 0, cost > left and until_end or 0
  end

  local function write(i, q)
    keep(keys[i], pack('>Bdddd', CALENDAR_STATE, q[2], a[i], c[i], q[1]), a[i] > 0 and c[i] or now)
  end

  local function charge(i, q, cost)
    a[i] = a[i] + cost
    write(i, q)
    return usage(i, q, 0)
  end

  local function refund(i, q, back, state)
    local _, unit, used, ending, counted_under = unpack_struct('>Bdddd', state)
    if unit ~= q[2] or ending ~= moments[i] then return end
    a[i], c[i] = max(0, carried(used, counted_under, q[1]) - back), ending
    write(i, q)
  end

  return {
    advance = advance, usage = usage, charge = charge, write = write, refund = refund,
    formats = { [CALENDAR_STATE] = true },
  }
end

local function concurrency()
  -- A state is a tag and then leases of 16 bytes: holder and end.
  local LEASE = 16
  local NONE = pack('>B', LEASES_STATE)

  local function lease_end(state, at)
    return (unpack_struct('>d', state, at + 8))
  end

  -- Where the holder's lease begins, 0 if it has none.
  local function lease_of(q, state)
    if q.kind == CONCURRENCY then
      for at = 2, #state, LEASE do
        if sub(state, at, at + 7) == q[3] then return at end
      end
    end
    return 0
  end

  local function leases_ending_by(state, latest)
    local cut = { NONE }
    for at = 2, #state, LEASE do
      cut[#cut + 1] = sub(state, at, at + 7) .. pack('>d', min(lease_end(state, at), latest))
    end
    return table.concat(cut)
  end

  local function advance(i, q, _, state)
    local live, back = NONE, false
    if state then
      local first = 2
      while first < #state and lease_end(state, first) <= now do first = first + LEASE end
      live = NONE .. sub(state, first)
      back = #live > 1 and lease_end(live, #live - LEASE + 1) - now > 2 * q[2]
      if back then live = leases_ending_by(live, now + q[2]) end
    end
    a[i], b[i], c[i], text[i], stepped_back[i] = (#live - 1) / LEASE, lease_of(q, live), now, live, back
    return a[i] < q[1] or b[i] > 0
  end

  local function usage(i, q)
    local free, replenish = q[1] - a[i], 0
    if a[i] > 0 then replenish = lease_end(text[i], 2 + LEASE * max(0, -free)) - now end
    return max(0, free), replenish, free <= 0 and b[i] == 0 and replenish or 0
  end

  local function write(i)
    local state = text[i]
    keep(keys[i], state, #state > 1 and lease_end(state, #state - LEASE + 1) or now)
  end

  local function charge(i, q)
    local others, ending = text[i], now + q[2]
    if b[i] > 0 then
      others = sub(others, 1, b[i] - 1) .. sub(others, b[i] + LEASE)
      c[i] = 0
    end
    local place = #others + 1
    while place > 2 and lease_end(others, place - LEASE) > ending do place = place - LEASE end
    text[i] = sub(others, 1, place - 1) .. q[3] .. pack('>d', ending) .. sub(others, place)
    a[i], b[i] = (#text[i] - 1) / LEASE, place
    write(i)
    return usage(i, q)
  end

  local function refund(i, q, _, state)
    local at = lease_of(q, state)
    if at == 0 or lease_end(state, at) - q[2] > moments[i] then return end
    text[i] = sub(state, 1, at - 1) .. sub(state, at + LEASE)
    write(i)
  end

  return {
    advance = advance, usage = usage, charge = charge, write = write, refund = refund,
    formats = { [LEASES_STATE] = true },
  }
end

local function leaky_bucket()
  local function queue_end(empty_at, parts)
    if parts > 0 then return empty_at + 1 end
    return empty_at
  end

  local function turns_within(n, m, micros, parts)
    if micros < 0 then return 0 end
    return max(0, floor(micros / m) * n + floor((micros % m * n - parts) / m) + 1)
  end

  local function until_next_turn(i, q)
    return max(0, queue_end(a[i], b[i]) - now - q[3])
  end

  local function advance(i, q, _, state)
    a[i], b[i], c[i], stepped_back[i] = now, 0, now, false
    if state then
      local _, empty_at, parts, denominator, at = unpack_struct('>Bdddd', state)
      if denominator ~= q[1] then empty_at, parts = queue_end(empty_at, parts), 0 end
      if at - now > q[4] then
        stepped_back[i] = true
        a[i], b[i] = empty_at - (at - now), parts
      else
        c[i] = max(at, now)
        if queue_end(empty_at, parts) > now then a[i], b[i] = empty_at, parts end
      end
    end
    return until_next_turn(i, q) == 0
  end

  local function usage(i, q)
    local n, m, longest = q[1], q[2], q[3]
    local slack = longest - (a[i] - now)
    local left, replenish = turns_within(n, m, slack, b[i]), 0
    if left ~= turns_within(n, m, longest, 0) then replenish = micros_to_drain(n, m, left, b[i]) - slack end
    return left, replenish, until_next_turn(i, q)
  end

  local function write(i, q)
    keep(keys[i], pack('>Bdddd', LEAKY_STATE, a[i], b[i], q[1], c[i]), queue_end(a[i], b[i]))
  end

  local function charge(i, q, cost)
    local n, m = q[1], q[2]
    local delay = max(0, queue_end(a[i], b[i]) - now)
    local parts = cost % n * m + b[i]
    a[i], b[i] = a[i] + floor(cost / n) * m + floor(parts / n), parts % n
    write(i, q)
    c[i] = queue_end(a[i], b[i])
    local left, replenish = usage(i, q)
    return left, replenish, delay
  end

  local function refund(i, q, back, state)
    local n, m = q[1], q[2]
    local _, empty_at, parts, denominator, at = unpack_struct('>Bdddd', state)
    if queue_end(empty_at, parts) ~= moments[i] then return end
    if denominator ~= n then empty_at, parts = queue_end(empty_at, parts), 0 end
    parts = parts - back % n * m
    a[i], b[i], c[i] = empty_at - floor(back / n) * m + floor(parts / n), parts % n, at
    write(i, q)
  end

  return {
    advance = advance, usage = usage, charge = charge, write = write, refund = refund,
    formats = { [LEAKY_STATE] = true },
  }
end

---------------------------------------------------------------- the batch

local input, position = ARGV[1], 1

local build = { token_bucket, sliding_window, calendar_quota, concurrency, concurrency, leaky_bucket }
local algorithms = {}
local known = {}

local function read_quota()
  local kind, x, y, z
  kind, x, y, z, position = unpack_struct('>Bddd', input, position)
  local penal = kind >= PENAL
  if penal then kind = kind - PENAL end
  local q = { x, y, z }
  if kind == CALENDAR then
    q[4], q[5], q[6], q[7], position = unpack_struct('>dddd', input, position)
  elseif kind == CONCURRENCY then
    q[3] = sub(input, position - 8, position - 1)
  elseif kind == LEAKY then
    q[4], position = unpack_struct('>d', input, position)
  end
  -- How long it blocks; and whether now is in one of the budgets that it has come with.
  q.kind, q.block, q.covers = kind, 0, kind ~= CALENDAR or q[4] <= now and now < q[7]
  if penal then q.block, position = unpack_struct('>d', input, position) end
  local its = algorithms[kind]
  if not its then
    its = build[kind]()
    algorithms[kind] = its
  end
  q.formats, q.advance, q.usage, q.charge, q.write, q.refund =
    its.formats, its.advance, its.usage, its.charge, its.write, its.refund
  return q
end

local count_of_quotas
count_of_quotas, position = unpack_struct('>H', input, position)
for i = 1, count_of_quotas do known[i] = read_quota() end

-- Unpacks a state with a block, or of an older release, in place; answers its tag.
local function unwrapped(key, state)
  local tag = byte(state)
  if tag == BLOCK_STATE then
    blocked[key], state = unpack_struct('>d', state, 2), sub(state, 10)
    tag = byte(state)
  end
  -- States that did not yet say what they are a share of.
  if tag == 0x11 then
    local _, owed, fraction, denominator, at = unpack_struct('>Bdddd', state)
    state = pack('>BI7I7I7I7I7', BUCKET_STATE, owed, fraction, denominator, at, 0)
  elseif tag == 0x12 then
    state = pack('>B', WINDOW_STATE) .. sub(state, 2, 9) .. pack('>d', 0) .. sub(state, 10)
  elseif tag == 0x13 then
    state = pack('>B', CALENDAR_STATE) .. sub(state, 2) .. pack('>d', 0)
  end
  states[key] = state
  return byte(state)
end

local KNOWN = {
  [BUCKET_STATE] = true, [NARROW_BUCKET_STATE] = true, [WINDOW_STATE] = true, [CALENDAR_STATE] = true,
  [LEASES_STATE] = true, [LEAKY_STATE] = true, [SETTLED_STATE] = true,
}

-- The state of a key and how it is packed; nothing if there is none, or one of another kind of quota.
local function state_of(key, formats)
  local state = states[key]
  if not state then return end
  local format = formats[byte(state)]
  if format then return state, format end
  local tag = unwrapped(key, state)
  if not KNOWN[tag] then error('HEADGATE state of an unknown version in ' .. KEYS[key], 0) end
  if formats[tag] then return states[key], formats[tag] end
end

-- Until when a charge is blocked, by what its block is set to at most: micros from now, not above 0 if it is not.
local function rest_of_block(i)
  local ending = blocked[keys[i]]
  if not ending then return 0 end
  return min(ending - now, quotas[i].block)
end

local reply, answered = {}, 0

local function answer(remaining, replenish, wait, admission)
  local at = answered
  reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4] = remaining, replenish, wait, admission
  answered = at + 4
end

-- What is left, and when a charge of its cost would fit: not as long as a block runs.
local function view(i)
  local q = quotas[i]
  local remaining, replenish, wait = q.usage(i, q, costs[i])
  local rest = rest_of_block(i)
  if rest > 0 then
    return 0, remaining == 0 and max(rest, replenish) or rest, max(rest, wait)
  end
  return remaining, replenish, wait
end

-- What a refused call changes: states that start anew from now after a step back of the clock, or the next call would
-- start the wait over again; blocks that begin, and blocks that are longer than they are set to.
local function refuse(i)
  local key, q = keys[i], quotas[i]
  local remaining, replenish, wait = view(i)
  local block, rest = q.block, (blocked[key] or 0) - now
  local begins = block > 0 and rest <= 0 and wait > 0
  local is_cut = block > 0 and rest > block
  if stepped_back[i] or begins or is_cut then
    q.write(i, q)
    if begins or is_cut then
      blocked[key] = now + block
    elseif rest <= 0 or block == 0 then
      blocked[key] = nil
    end
    remaining, replenish, wait = view(i)
  end
  return remaining, replenish, wait
end

-- Reads the charges of a call and advances their states; answers whether all fit, and whether now is in their budgets.
local function advance(count)
  local fits, covered = true, true
  for i = 1, count do
    local key, quota, cost
    key, quota, cost, position = unpack_struct('>HHd', input, position)
    local q = known[quota]
    keys[i], quotas[i], costs[i] = key, q, cost
    if not q.advance(i, q, cost, state_of(key, q.formats)) or blocked[key] and rest_of_block(i) > 0 then fits = false end
    if not q.covers then covered = false end
  end
  return fits, covered
end

local function acquire(count)
  local fits, covered = advance(count)
  answered = answered + 1
  if not covered then
    reply[answered] = 2
  elseif fits then
    reply[answered] = 1
    for i = 1, count do
      local q = quotas[i]
      -- No block runs, or the call would not have fitted; one that an older policy has left is lifted.
      blocked[keys[i]] = nil
      local remaining, replenish, delay = q.charge(i, q, costs[i])
      answer(remaining, replenish, delay, c[i])
    end
  else
    reply[answered] = 0
    for i = 1, count do
      local remaining, replenish, wait = refuse(i)
      answer(remaining, replenish, wait, 0)
    end
  end
end

local function peek(count)
  local _, covered = advance(count)
  answered = answered + 1
  reply[answered] = covered and 0 or 2
  for i = 1, covered and count or 0 do
    local remaining, replenish, wait = view(i)
    answer(remaining, replenish, wait, 0)
  end
end

-- The state of a charge, if it is one that can be corrected afterwards. Of a limit that has changed its kind, or gained its
-- penalty, since the admission it stays as it is.
local function correctable(i)
  local state, format = state_of(keys[i], quotas[i].formats)
  if quotas[i].block > 0 or not blocked[keys[i]] then return state, format end
end

local function give_back(i, tokens)
  local state, format = correctable(i)
  if state then quotas[i].refund(i, quotas[i], tokens, state, format) end
end

local function consume_what_is_there(i, tokens)
  local state, format = correctable(i)
  if not state and states[keys[i]] then return end
  local q = quotas[i]
  q.advance(i, q, 0, state, format)
  local taken = min(tokens, (q.usage(i, q, 1)))
  if taken > 0 then q.charge(i, q, taken) end
end

local function read_admission(i)
  local quota
  keys[i], quota, costs[i], moments[i], position = unpack_struct('>HHdd', input, position)
  quotas[i] = known[quota]
end

local function refund(count)
  for i = 1, count do
    read_admission(i)
    give_back(i, costs[i])
  end
  answered = answered + 1
  reply[answered] = 1
end

local function settle(count)
  local marks, actual, remembered, covered = {}, {}, {}, true
  for i = 1, count do
    read_admission(i)
    marks[i], actual[i], remembered[i], position = unpack_struct('>Hdd', input, position)
    covered = covered and quotas[i].covers
  end
  for i = 1, covered and count or 0 do
    local mark = marks[i]
    local is_settled = states[mark] and unpack_struct('>d', states[mark], 2) > now
    if not is_settled then
      keep(mark, pack('>Bd', SETTLED_STATE, now + remembered[i]), now + remembered[i])
      if actual[i] < costs[i] then
        give_back(i, costs[i] - actual[i])
      elseif actual[i] > costs[i] then
        consume_what_is_there(i, actual[i] - costs[i])
      end
    end
  end
  answered = answered + 1
  reply[answered] = covered and 1 or 2
end

local function reset(count)
  for _ = 1, count do
    local key
    key, position = unpack_struct('>H', input, position)
    keep(key, false, now)
    blocked[key] = nil
  end
  answered = answered + 1
  reply[answered] = 1
end

local run = { acquire, peek, refund, settle, reset }
while position <= #input do
  local op, count
  op, count, position = unpack_struct('>BB', input, position)
  run[op](count)
end

-- Times to live are rounded up to whole seconds: few of them then have to be turned into text.
local text_of = {}
for i = 1, #changed do
  local key = changed[i]
  local ending, state = blocked[key], states[key]
  local idle = idle_at[key] - now
  if ending and ending > now then
    idle, state = max(idle, ending - now), pack('>Bd', BLOCK_STATE, ending) .. state
  end
  if idle <= 0 then
    redis.call('DEL', KEYS[key])
  else
    local millis = ceil(idle / 1000000) * 1000 + spare_ms
    local time_to_live = text_of[millis]
    if not time_to_live then
      time_to_live = string.format('%d', millis)
      text_of[millis] = time_to_live
    end
    redis.call('SET', KEYS[key], state, 'PX', time_to_live)
  end
end

-- In pieces that fit the interpreter's stack.
local packed, PIECE = {}, 1000
for first = 1, answered, PIECE do
  local last = min(first + PIECE - 1, answered)
  packed[#packed + 1] = pack('>' .. string.rep('d', last - first + 1), unpack(reply, first, last))
end
return table.concat(packed)
