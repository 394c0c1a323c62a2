-- ARGV: 3 shard, 4 owner, 5 life of the lease in ms. A shard is stored as "epoch expires owner"; expires in ms since 1970 by Redis's own clock.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local epoch, expires, owner = string.match(redis.call('HGET', KEYS[7], ARGV[3]) or '0 0 -', '^(%d+) (%d+) (.*)$')
if owner ~= ARGV[4] and tonumber(expires) > now then
  return {'HELD', owner, string.format('%.0f', tonumber(expires) - now)}
end
epoch = string.format('%.0f', tonumber(epoch) + 1)
redis.call('HSET', KEYS[7], ARGV[3], string.format('%s %.0f %s', epoch, now + tonumber(ARGV[5]), ARGV[4]))
return {'OK', epoch}
