-- One commit, all or nothing. The reply's third element says that it made the revision.
-- ARGV: 3 session, 4 commit, 5 revision before the first try ('' in the first try), 6 shard ('' for none), 7 its epoch,
-- 8 commits kept for watchers, 9 bytes kept for them; then for each key: P(ut), D(elete) or C(heck), key, expected
-- version (-1: any), value.
if redis.call('GET', KEYS[8]) ~= ARGV[3] then return {'SESSION'} end
local kept = tonumber(ARGV[8])
if ARGV[5] ~= '' then
  local done = redis.call('ZSCORE', KEYS[6], ARGV[4])
  if done then return {'OK', done, 1} end
  if tonumber(ARGV[5]) < revision - kept then return {'UNKNOWN'} end
end

if ARGV[6] ~= '' then
  local epoch = string.match(redis.call('HGET', KEYS[7], ARGV[6]) or '0', '^%d+')
  if epoch ~= ARGV[7] then return {'STALE', epoch} end
end

local names = {}
for i = 1, (#ARGV - 9) / 4 do names[i] = ARGV[4 * i + 7] end
if #names == 0 then return {'OK', head[2]} end
local found = redis.call('HMGET', KEYS[3], unpack(names))
local refused, change = {'CONFLICT'}, {}
local value, version, index, gone, size = {}, {}, {}, {}, 0
for i, name in ipairs(names) do
  local action, expected, text = ARGV[4 * i + 6], ARGV[4 * i + 8], ARGV[4 * i + 9]
  local is = found[i] or '0'
  if expected ~= '-1' and expected ~= is then
    refused[#refused + 1], refused[#refused + 2] = i, is
  elseif action == 'P' then
    value[#value + 1], value[#value + 2] = name, text
    if is == '0' then index[#index + 1], index[#index + 2] = 0, name end
    change[#change + 1], change[#change + 2] = '+' .. name, text
    size = size + #name + #text
  elseif action == 'D' and is ~= '0' then
    gone[#gone + 1] = name
    change[#change + 1], change[#change + 2] = '-' .. name, ''
    size = size + #name
  end
end
if #refused > 1 then return refused end
if #change == 0 then return {'OK', head[2]} end

-- A key of another type stops the script here, before the first write. The first write is one that a full Redis refuses.
redis.call('HLEN', KEYS[2]); redis.call('ZCARD', KEYS[4]); redis.call('XLEN', KEYS[5]); redis.call('ZCARD', KEYS[6])
local now = string.format('%.0f', redis.call('HINCRBY', KEYS[1], 'revision', 1))
local total = redis.call('HINCRBY', KEYS[1], 'bytes', size)
local bytes = string.format('%.0f', total)
if #value > 0 then
  for i = 1, #value, 2 do version[i], version[i + 1] = value[i], now end
  redis.call('HSET', KEYS[2], unpack(value))
  redis.call('HSET', KEYS[3], unpack(version))
  if #index > 0 then redis.call('ZADD', KEYS[4], unpack(index)) end
end
if #gone > 0 then
  redis.call('HDEL', KEYS[2], unpack(gone))
  redis.call('HDEL', KEYS[3], unpack(gone))
  redis.call('ZREM', KEYS[4], unpack(gone))
end
redis.call('XADD', KEYS[5], 'MAXLEN', '~', ARGV[8], now .. '-0', 'commit', ARGV[4], 'bytes', bytes, unpack(change))
redis.call('ZADD', KEYS[6], now, ARGV[4])
if revision % 128 == 0 then redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', string.format('%.0f', revision - kept)) end

-- Once in a mebibyte: do the kept changes hold more bytes than they may?
if math.floor((total - size) / 1048576) ~= math.floor(total / 1048576) then
  local oldest = redis.call('XRANGE', KEYS[5], '-', '+', 'COUNT', 1)[1]
  while oldest and total - tonumber(oldest[2][4]) > tonumber(ARGV[9]) do
    redis.call('XTRIM', KEYS[5], 'MAXLEN', math.floor(redis.call('XLEN', KEYS[5]) / 2))
    oldest = redis.call('XRANGE', KEYS[5], '-', '+', 'COUNT', 1)[1]
  end
end
redis.call('PUBLISH', KEYS[5], now)
return {'OK', now, 1}
