-- The server's own clock: no node brings time. spare_ms keeps a key a little longer than its state matters.
local time = redis.call('TIME')
local now, spare_ms = time[1] * 1000000 + time[2], 1000
