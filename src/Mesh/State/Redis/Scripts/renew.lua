-- ARGV: 3 shard, 4 epoch, 5 life of the lease in ms from now; 0 gives it back.
local epoch, owner = string.match(redis.call('HGET', KEYS[7], ARGV[3]) or '0 0 -', '^(%d+) %d+ (.*)$')
if epoch ~= ARGV[4] then return {'STALE', epoch} end
local time = redis.call('TIME')
local expires = ARGV[5] == '0' and 0 or time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[5])
redis.call('HSET', KEYS[7], ARGV[3], string.format('%s %.0f %s', epoch, expires, owner))
return {'OK', epoch}
