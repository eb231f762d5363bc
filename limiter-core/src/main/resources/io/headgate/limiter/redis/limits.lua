-- Decides a batch of calls, each all-or-nothing over its charges. Runs behind clock.lua, which sets `now` (microseconds)
-- and `spare_ms`. Repeats the arithmetic of the algorithms in Java step by step; names match.
-- States stay packed strings and charges parallel arrays: a table per charge would cost more than its arithmetic.
--
-- KEYS     one per charge, in the order of the charges; a key may recur in several calls. For a settlement then one more per
--          charge, which is there if it has been settled
-- ARGV[1]  per call:   op (1 acquire, 2 peek, 3 refund, 4 settle, 5 reset), count of charges; for a reset nothing more
--          per charge: kind, three or more numbers of its quota, cost, and what names its admission (0 but for a refund)
--                      kind 1, token bucket:   rate tokens, rate micros, burst
--                      kind 2, sliding window: limit, window micros, slice micros
--                      kind 3, calendar quota: limit, unit, longest micros; begin of the previous, the present and the
--                                              next budget and of the one after, by the node's clock
--                      kind 4, concurrency:    slots, lease micros, holder (eight bytes that are no number)
--                      kind 5, the same only looked at: slots, lease micros, 0
--                      kind 6, leaky bucket:   rate tokens, rate micros, longest delay, longest queue micros
--                      a kind + 128 has a penalty: its block in microseconds follows the numbers of the quota
--          for a settlement, per charge: what it came to, and for how many microseconds that is remembered
-- reply    per call:   1 allowed, 0 denied, or 2 if now is in none of the three budgets of a kind 3, and then nothing more
--          per charge: remaining, replenish micros, wait micros (of an admission: its delay), what names the admission
--                      (0 unless admitted)
-- Numbers are big-endian doubles that hold integers; op, count, kind and verdict are bytes.
--
-- A stored state is a byte that names kind and version, then doubles where not said otherwise:
--   0x21  owed, fraction, denominator, at, burst: seven-byte integers
--   0x22  total tokens, limit, then slice end and tokens of each slice, oldest first
--   0x23  unit, used, end, limit
--   0x11, 0x12, 0x13 are the same without burst or limit, and of doubles; they are read and no longer written
--   0x14  then holder (eight bytes) and end of each lease, the one that ends first in front
--   0x15  empty at, parts, denominator, at
--   0x16  end of a block, then the state of what is blocked
--   0x17  until when it is remembered that a charge has been settled

local floor, max, min, ceil = math.floor, math.max, math.min, math.ceil
local pack, unpack_struct, sub, byte = struct.pack, struct.unpack, string.sub, string.byte

local ACQUIRE, PEEK, REFUND, SETTLE, RESET = 1, 2, 3, 4, 5
local BUCKET, WINDOW, CALENDAR, CONCURRENCY, CONCURRENCY_UNHELD, LEAKY, PENAL = 1, 2, 3, 4, 5, 6, 128
local BUCKET_STATE, WINDOW_STATE, CALENDAR_STATE, LEASES_STATE, LEAKY_STATE, BLOCK_STATE, SETTLED_STATE =
  0x21, 0x22, 0x23, 0x14, 0x15, 0x16, 0x17
local BUCKET_FORMAT = '>BI7I7I7I7I7'

-- Packed state of each key, as stored or as this batch has left it, without its block; end of the block; what has to be
-- written; when the state stops to matter.
local states, blocked, written, idle_at = {}, {}, {}, {}

-- The charges of the call at hand.
local keys, kinds, costs, backs, moments, blocks = {}, {}, {}, {}, {}, {}
local qa, qb, qc, qd, periods = {}, {}, {}, {}, {}
local remaining, replenish, wait, delay = {}, {}, {}, {}
-- Advanced states: a, b, c are owed, fraction and at of a bucket; used tokens, first live byte and moment of a window;
-- used tokens, 0 and end of a budget; count of leases, byte of the holder's own (0 if none) and moment of slots, whose
-- live leases are packed in leases; empty at, parts and at of a queue. After a charge c is what names the admission.
-- text is the state that the bytes of a window are in.
local a, b, c, leases, text, stepped_back = {}, {}, {}, {}, {}, {}

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

---------------------------------------------------------------- token bucket

local function micros_to_drain(n, m, tokens, fraction)
  local parts = tokens % n * m + fraction
  local micros = floor(tokens / n) * m + floor(parts / n)
  if parts % n == 0 then return micros end
  return micros + 1
end

-- What the state owes, in parts of a token and as a share of the burst as they are now; and when.
local function in_own_parts(i, state)
  local _, owed, fraction, denominator, at, burst = unpack_struct(BUCKET_FORMAT, state)
  local counted_by_parts = denominator == qb[i] and (burst == qc[i] or burst == 0)
  if fraction > 0 and not counted_by_parts then owed, fraction = owed + 1, 0 end
  owed = carried(owed, burst, qc[i])
  if owed >= qc[i] then owed, fraction = qc[i], 0 end
  return owed, fraction, at
end

local function drained(n, m, owed, fraction, elapsed)
  local periods = floor(elapsed / m)
  if periods > floor(owed / n) then return 0, 0 end
  local parts = elapsed % m * n
  owed = owed - periods * n - floor(parts / m)
  fraction = fraction - parts % m
  if fraction < 0 then
    owed, fraction = owed - 1, fraction + m
  end
  if owed < 0 then return 0, 0 end
  return owed, fraction
end

local function bucket_advance(i, state)
  a[i], b[i], c[i], stepped_back[i] = 0, 0, now, false
  if not state or byte(state) ~= BUCKET_STATE then return end
  local n, m, burst = qa[i], qb[i], qc[i]
  local owed, fraction, at = in_own_parts(i, state)
  if at > now then
    stepped_back[i] = at - micros_to_drain(n, m, burst, 0) > now
    a[i], b[i] = owed, fraction
    if not stepped_back[i] then c[i] = at end
  else
    a[i], b[i] = drained(n, m, owed, fraction, now - at)
  end
end

local function bucket_usage(i, cost)
  local n, m, burst, owed, fraction = qa[i], qb[i], qc[i], a[i], b[i]
  local ahead, taken = c[i] - now, owed
  if fraction > 0 then taken = taken + 1 end
  local left = burst - taken
  remaining[i], replenish[i], wait[i] = left, 0, 0
  if taken > 0 then replenish[i] = ahead + micros_to_drain(n, m, owed + left + 1 - burst, fraction) end
  if cost > left then wait[i] = ahead + micros_to_drain(n, m, owed + cost - burst, fraction) end
end

local function bucket_keep(i)
  local key = keys[i]
  states[key] = pack(BUCKET_FORMAT, BUCKET_STATE, a[i], b[i], qb[i], c[i], qc[i])
  written[key], idle_at[key] = true, c[i] + micros_to_drain(qa[i], qb[i], a[i], b[i])
end

local function bucket_charge(i)
  a[i] = a[i] + costs[i]
  bucket_keep(i)
end

local function bucket_refund(i, state)
  local n, m = qa[i], qb[i]
  local owed, fraction, at = in_own_parts(i, state)
  local left, left_fraction = drained(n, m, costs[i], 0, at - min(moments[i], at))
  if left >= backs[i] then left, left_fraction = backs[i], 0 end
  owed, fraction = owed - left, fraction - left_fraction
  if fraction < 0 then
    owed, fraction = owed - 1, fraction + m
  end
  if owed < 0 then owed, fraction = 0, 0 end
  a[i], b[i], c[i] = owed, fraction, at
  bucket_keep(i)
end

---------------------------------------------------------------- sliding window

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

local function window_advance(i, state)
  a[i], b[i], c[i], text[i], stepped_back[i] = 0, HEAD + 1, now, '', false
  if not state or byte(state) ~= WINDOW_STATE or #state == HEAD then return end
  local limit, window, slice = qa[i], qb[i], qc[i]
  local _, used, counted_under = unpack_struct('>Bdd', state)
  local newest = unpack_struct('>d', state, #state - PAIR + 1)
  if newest - slice - window > now then
    used = carried(used, counted_under, limit)
    stepped_back[i], a[i] = true, used
    text[i] = pack('>Bdddd', WINDOW_STATE, used, limit, slice_end(slice, now), used)
    return
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
end

local function window_micros_until_fits(i, excess)
  local state, at = text[i], b[i]
  local ending, tokens = unpack_struct('>dd', state, at)
  while excess > tokens do
    excess, at = excess - tokens, at + PAIR
    ending, tokens = unpack_struct('>dd', state, at)
  end
  return ending + qb[i] - now
end

local function window_usage(i, cost)
  local limit, used = qa[i], a[i]
  local left = max(0, limit - used)
  remaining[i], replenish[i], wait[i] = left, 0, 0
  if used > 0 then replenish[i] = window_micros_until_fits(i, used + left + 1 - limit) end
  if cost > left then wait[i] = window_micros_until_fits(i, used + cost - limit) end
end

local function window_charge(i)
  local key, slice, at = keys[i], qc[i], c[i]
  local state, first, used = text[i], b[i], a[i] + costs[i]
  local head, live = pack('>Bdd', WINDOW_STATE, used, qa[i]), ''
  local ending, tokens = nil, nil
  if a[i] > 0 then
    ending, tokens = unpack_struct('>dd', state, #state - PAIR + 1)
    live = sub(state, first)
  end
  if ending and ending >= at then
    states[key] = head .. sub(live, 1, -PAIR - 1) .. pack('>dd', ending, tokens + costs[i])
  else
    ending = slice_end(slice, at)
    states[key] = head .. live .. pack('>dd', ending, costs[i])
  end
  a[i], b[i], text[i] = used, HEAD + 1, states[key]
  written[key], idle_at[key] = true, ending + qb[i]
end

local function window_keep(i)
  local key = keys[i]
  local live = sub(text[i], b[i])
  states[key] = pack('>Bdd', WINDOW_STATE, a[i], qa[i]) .. live
  written[key], idle_at[key] = true, now
  if #live > 0 then idle_at[key] = unpack_struct('>d', live, #live - PAIR + 1) + qb[i] end
end

local function window_refund(i, state)
  local key, back, moment = keys[i], backs[i], moments[i]
  local _, used, counted_under = unpack_struct('>Bdd', state)
  if counted_under ~= qa[i] and counted_under ~= 0 then
    state, used = under(state, HEAD + 1, counted_under, qa[i])
  end
  for at = HEAD + 1, #state, PAIR do
    local ending, tokens = unpack_struct('>dd', state, at)
    if ending >= moment then
      if ending - qc[i] >= moment then return end
      local given = min(back, tokens)
      local middle = ''
      if tokens > back then middle = pack('>dd', ending, tokens - back) end
      states[key] = pack('>Bdd', WINDOW_STATE, used - given, qa[i])
        .. sub(state, HEAD + 1, at - 1) .. middle .. sub(state, at + PAIR)
      written[key], idle_at[key] = true, now
      if #states[key] > HEAD then
        idle_at[key] = unpack_struct('>d', states[key], #states[key] - PAIR + 1) + qb[i]
      end
      return
    end
  end
end

---------------------------------------------------------------- calendar quota

local function calendar_end(i)
  local begins = periods[i]
  for budget = 2, 4 do
    if now < begins[budget] then return begins[budget] end
  end
end

local function calendar_covers(i)
  return periods[i][1] <= now and now < periods[i][4]
end

local function calendar_advance(i, state)
  a[i], b[i], c[i], stepped_back[i] = 0, 0, calendar_end(i), false
  if not state or byte(state) ~= CALENDAR_STATE then return end
  local _, unit, used, ending, limit = unpack_struct('>Bdddd', state)
  if unit ~= qb[i] or ending <= now then return end
  stepped_back[i] = ending - now > 2 * qc[i]
  a[i] = carried(used, limit, qa[i])
  if not stepped_back[i] then c[i] = max(c[i], ending) end
end

local function calendar_usage(i, cost)
  local left = c[i] - now
  remaining[i], replenish[i], wait[i] = max(0, qa[i] - a[i]), 0, 0
  if a[i] > 0 then replenish[i] = left end
  if cost > remaining[i] then wait[i] = left end
end

local function calendar_keep(i)
  local key = keys[i]
  states[key] = pack('>Bdddd', CALENDAR_STATE, qb[i], a[i], c[i], qa[i])
  written[key], idle_at[key] = true, a[i] > 0 and c[i] or now
end

local function calendar_charge(i)
  a[i] = a[i] + costs[i]
  calendar_keep(i)
end

local function calendar_refund(i, state)
  local _, unit, used, ending, limit = unpack_struct('>Bdddd', state)
  if unit ~= qb[i] or ending ~= moments[i] then return end
  a[i], c[i] = max(0, carried(used, limit, qa[i]) - backs[i]), ending
  calendar_keep(i)
end

---------------------------------------------------------------- concurrency

-- A state is a tag and then leases of 16 bytes: holder and end.
local LEASE = 16

local function lease_end(state, at)
  return (unpack_struct('>d', state, at + 8))
end

-- Where the holder's lease begins, 0 if it has none.
local function lease_of(i, state)
  if kinds[i] == CONCURRENCY then
    for at = 2, #state, LEASE do
      if sub(state, at, at + 7) == qc[i] then return at end
    end
  end
  return 0
end

local function leases_ending_by(state, latest)
  local cut = { pack('>B', LEASES_STATE) }
  for at = 2, #state, LEASE do
    cut[#cut + 1] = sub(state, at, at + 7) .. pack('>d', min(lease_end(state, at), latest))
  end
  return table.concat(cut)
end

local function slots_advance(i, state)
  a[i], b[i], c[i], leases[i], stepped_back[i] = 0, 0, now, pack('>B', LEASES_STATE), false
  if not state or byte(state) ~= LEASES_STATE then return end
  local first = 2
  while first < #state and lease_end(state, first) <= now do first = first + LEASE end
  local live = pack('>B', LEASES_STATE) .. sub(state, first)
  stepped_back[i] = #live > 1 and lease_end(live, #live - LEASE + 1) - now > 2 * qb[i]
  if stepped_back[i] then live = leases_ending_by(live, now + qb[i]) end
  leases[i], a[i], b[i] = live, (#live - 1) / LEASE, lease_of(i, live)
end

local function slots_usage(i)
  local state, free = leases[i], qa[i] - a[i]
  remaining[i], replenish[i], wait[i] = max(0, free), 0, 0
  if a[i] > 0 then replenish[i] = lease_end(state, 2 + LEASE * max(0, -free)) - now end
  if free <= 0 and b[i] == 0 then wait[i] = replenish[i] end
end

local function slots_keep(i)
  local key, state = keys[i], leases[i]
  states[key], written[key], idle_at[key] = state, true, now
  if #state > 1 then idle_at[key] = lease_end(state, #state - LEASE + 1) end
end

local function slots_charge(i)
  local others, ending = leases[i], now + qb[i]
  if b[i] > 0 then
    others = sub(others, 1, b[i] - 1) .. sub(others, b[i] + LEASE)
    c[i] = 0
  end
  local place = #others + 1
  while place > 2 and lease_end(others, place - LEASE) > ending do place = place - LEASE end
  leases[i] = sub(others, 1, place - 1) .. qc[i] .. pack('>d', ending) .. sub(others, place)
  a[i], b[i] = (#leases[i] - 1) / LEASE, place
  slots_keep(i)
end

local function slots_refund(i, state)
  local at = lease_of(i, state)
  if at == 0 or lease_end(state, at) - qb[i] > moments[i] then return end
  leases[i] = sub(state, 1, at - 1) .. sub(state, at + LEASE)
  slots_keep(i)
end

---------------------------------------------------------------- leaky bucket

local function queue_end(empty_at, parts)
  if parts > 0 then return empty_at + 1 end
  return empty_at
end

local function queue_advance(i, state)
  a[i], b[i], c[i], stepped_back[i] = now, 0, now, false
  if not state or byte(state) ~= LEAKY_STATE then return end
  local _, empty_at, parts, denominator, at = unpack_struct('>Bdddd', state)
  if denominator ~= qa[i] then empty_at, parts = queue_end(empty_at, parts), 0 end
  if at - now > qd[i] then
    stepped_back[i] = true
    a[i], b[i] = empty_at - (at - now), parts
    return
  end
  c[i] = max(at, now)
  if queue_end(empty_at, parts) > now then a[i], b[i] = empty_at, parts end
end

local function turns_within(n, m, micros, parts)
  if micros < 0 then return 0 end
  return max(0, floor(micros / m) * n + floor((micros % m * n - parts) / m) + 1)
end

local function queue_usage(i)
  local n, m, longest = qa[i], qb[i], qc[i]
  local slack = longest - (a[i] - now)
  local left = turns_within(n, m, slack, b[i])
  remaining[i], replenish[i] = left, 0
  if left ~= turns_within(n, m, longest, 0) then replenish[i] = micros_to_drain(n, m, left, b[i]) - slack end
  wait[i] = max(0, queue_end(a[i], b[i]) - now - longest)
end

local function queue_keep(i)
  local key = keys[i]
  states[key] = pack('>Bdddd', LEAKY_STATE, a[i], b[i], qa[i], c[i])
  written[key], idle_at[key] = true, queue_end(a[i], b[i])
end

local function queue_charge(i)
  local n, m, cost = qa[i], qb[i], costs[i]
  delay[i] = max(0, queue_end(a[i], b[i]) - now)
  local parts = cost % n * m + b[i]
  a[i], b[i] = a[i] + floor(cost / n) * m + floor(parts / n), parts % n
  queue_keep(i)
  c[i] = queue_end(a[i], b[i])
end

local function queue_refund(i, state)
  local n, m, back = qa[i], qb[i], backs[i]
  local _, empty_at, parts, denominator, at = unpack_struct('>Bdddd', state)
  if queue_end(empty_at, parts) ~= moments[i] then return end
  if denominator ~= n then empty_at, parts = queue_end(empty_at, parts), 0 end
  parts = parts - back % n * m
  a[i], b[i], c[i] = empty_at - floor(back / n) * m + floor(parts / n), parts % n, at
  queue_keep(i)
end

---------------------------------------------------------------- the batch

local advance = { bucket_advance, window_advance, calendar_advance, slots_advance, slots_advance, queue_advance }
local usage = { bucket_usage, window_usage, calendar_usage, slots_usage, slots_usage, queue_usage }
local charge_one = { bucket_charge, window_charge, calendar_charge, slots_charge, nil, queue_charge }
local keep = { bucket_keep, window_keep, calendar_keep, slots_keep, slots_keep, queue_keep }
local state_of = { BUCKET_STATE, WINDOW_STATE, CALENDAR_STATE, LEASES_STATE, LEASES_STATE, LEAKY_STATE }
local refund = { bucket_refund, window_refund, calendar_refund, slots_refund, slots_refund, queue_refund }

-- States that did not yet say what they are a share of.
local upgrade = {
  [0x11] = function(state)
    local _, owed, fraction, denominator, at = unpack_struct('>Bdddd', state)
    return pack(BUCKET_FORMAT, BUCKET_STATE, owed, fraction, denominator, at, 0)
  end,
  [0x12] = function(state) return pack('>B', WINDOW_STATE) .. sub(state, 2, 9) .. pack('>d', 0) .. sub(state, 10) end,
  [0x13] = function(state) return pack('>B', CALENDAR_STATE) .. sub(state, 2) .. pack('>d', 0) end,
}
local readable = {
  [BUCKET_STATE] = true, [WINDOW_STATE] = true, [CALENDAR_STATE] = true, [LEASES_STATE] = true, [LEAKY_STATE] = true,
  [SETTLED_STATE] = true,
}

local stored = redis.call('MGET', unpack(KEYS))
for i, key in ipairs(KEYS) do
  local state = stored[i]
  if state and not states[key] then
    if byte(state) == BLOCK_STATE then
      blocked[key], state = unpack_struct('>d', state, 2), sub(state, 10)
    end
    local older = upgrade[byte(state)]
    if older then state = older(state) end
    if not readable[byte(state)] then
      return redis.error_reply('HEADGATE state of an unknown version in ' .. key)
    end
    states[key] = state
  end
end

local input, position, key_index = ARGV[1], 1, 0
local reply, answers = {}, 0

local function read_charges(count)
  for i = 1, count do
    key_index = key_index + 1
    keys[i] = KEYS[key_index]
    local kind
    kind, qa[i], qb[i], qc[i], position = unpack_struct('>Bddd', input, position)
    local penal = kind >= PENAL
    if penal then kind = kind - PENAL end
    kinds[i], periods[i], blocks[i] = kind, nil, 0
    if kind == CALENDAR then
      local begins = {}
      begins[1], begins[2], begins[3], begins[4], position = unpack_struct('>dddd', input, position)
      periods[i] = begins
    elseif kind == CONCURRENCY then
      qc[i] = sub(input, position - 8, position - 1)
    elseif kind == LEAKY then
      qd[i], position = unpack_struct('>d', input, position)
    end
    if penal then blocks[i], position = unpack_struct('>d', input, position) end
    costs[i], moments[i], position = unpack_struct('>dd', input, position)
  end
end

local function covers(count)
  for i = 1, count do
    if kinds[i] == CALENDAR and not calendar_covers(i) then return false end
  end
  return true
end

-- What is left as long as a block runs.
local function under_block(i)
  local rest = min((blocked[keys[i]] or 0) - now, blocks[i])
  if rest <= 0 then return end
  replenish[i] = remaining[i] == 0 and max(rest, replenish[i]) or rest
  remaining[i], wait[i] = 0, max(rest, wait[i])
end

local function view(count)
  local fits = true
  for i = 1, count do
    local kind = kinds[i]
    advance[kind](i, states[keys[i]])
    usage[kind](i, costs[i])
    under_block(i)
    fits = fits and wait[i] == 0
  end
  return fits
end

local function charge(count)
  for i = 1, count do
    local kind = kinds[i]
    delay[i] = 0
    charge_one[kind](i)
    -- No block runs, or the call would not have fitted; one that an older policy has left is lifted.
    blocked[keys[i]] = nil
    usage[kind](i, 1)
    wait[i] = delay[i]
  end
end

-- What a refused call changes: states that start anew from now after a step back of the clock, or the next call would
-- start the wait over again; blocks that begin, and blocks that are longer than they are set to.
local function refuse(count)
  for i = 1, count do
    local key, block = keys[i], blocks[i]
    local rest = (blocked[key] or 0) - now
    local begins = block > 0 and rest <= 0 and wait[i] > 0
    local is_cut = block > 0 and rest > block
    if stepped_back[i] or begins or is_cut then
      keep[kinds[i]](i)
      blocked[key] = (begins or is_cut) and now + block or rest > 0 and block > 0 and blocked[key] or nil
      under_block(i)
    end
  end
end

local function answer(count, verdict)
  answers = answers + 1
  reply[answers] = pack('>B', verdict)
  for i = 1, count do
    answers = answers + 1
    reply[answers] = pack('>dddd', remaining[i], replenish[i], wait[i], verdict == 1 and c[i] or 0)
  end
end

-- Whether the state of a charge is one that can be corrected afterwards. Of a limit that has changed its kind, or gained its
-- penalty, since the admission it stays as it is.
local function correctable(i)
  local key = keys[i]
  return states[key] and byte(states[key]) == state_of[kinds[i]] and (blocks[i] > 0 or not blocked[key])
end

local function give_back(i, tokens)
  backs[i] = tokens
  refund[kinds[i]](i, states[keys[i]])
end

local function refund_all(count)
  for i = 1, count do
    if correctable(i) then give_back(i, costs[i]) end
  end
end

local function consume_what_is_there(i, tokens)
  local kind = kinds[i]
  advance[kind](i, states[keys[i]])
  usage[kind](i, 1)
  costs[i] = min(tokens, remaining[i])
  if costs[i] > 0 then charge_one[kind](i) end
end

local function settle(count, covered)
  for i = 1, count do
    local mark, actual, remembered = KEYS[key_index + i], nil, nil
    actual, remembered, position = unpack_struct('>dd', input, position)
    local is_settled = states[mark] and unpack_struct('>d', states[mark], 2) > now
    if covered and not is_settled then
      states[mark] = pack('>Bd', SETTLED_STATE, now + remembered)
      written[mark], idle_at[mark] = true, now + remembered
      if actual < costs[i] then
        if correctable(i) then give_back(i, costs[i] - actual) end
      elseif actual > costs[i] and (correctable(i) or not states[keys[i]]) then
        consume_what_is_there(i, actual - costs[i])
      end
    end
  end
  key_index = key_index + count
end

local function reset(count)
  for i = 1, count do
    local key = KEYS[key_index + i]
    states[key], blocked[key], written[key], idle_at[key] = nil, nil, true, now
  end
  key_index = key_index + count
end

while position <= #input do
  local op, count
  op, count, position = unpack_struct('>BB', input, position)
  if op ~= RESET then read_charges(count) end
  local covered = op == REFUND or op == RESET or covers(count)
  if op == SETTLE then settle(count, covered) end
  if not covered then
    answer(0, 2)
  elseif op == ACQUIRE then
    local fits = view(count)
    if fits then charge(count) else refuse(count) end
    answer(count, fits and 1 or 0)
  elseif op == PEEK then
    view(count)
    answer(count, 0)
  else
    if op == RESET then reset(count) end
    if op == REFUND then refund_all(count) end
    answer(0, 1)
  end
end

for key in pairs(written) do
  local ending, state = blocked[key], states[key]
  local idle = idle_at[key] - now
  if ending and ending > now then
    idle, state = max(idle, ending - now), pack('>Bd', BLOCK_STATE, ending) .. state
  end
  if idle <= 0 then
    redis.call('DEL', key)
  else
    redis.call('SET', key, state, 'PX', ceil(idle / 1000) + spare_ms)
  end
end

return table.concat(reply)
