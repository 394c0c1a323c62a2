-- ARGV: 3 and 4 bounds as ZRANGEBYLEX has them, 5 most entries, 6 bytes of values after which the page ends.
local limit, room = tonumber(ARGV[5]), tonumber(ARGV[6])
local names = redis.call('ZRANGEBYLEX', KEYS[4], ARGV[3], ARGV[4], 'LIMIT', 0, limit + 1)
local count = math.min(#names, limit)
local reply, at = {'OK', head[2], 0}, 1
while at <= count and room > 0 do
  local last = math.min(at + 19, count)
  local values = redis.call('HMGET', KEYS[2], unpack(names, at, last))
  local versions = redis.call('HMGET', KEYS[3], unpack(names, at, last))
  for i = at, last do
    local value, version = values[i - at + 1], versions[i - at + 1]
    if not value or not version then return {'CORRUPT', names[i]} end
    reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = names[i], version, value
    room = room - #value
  end
  at = last + 1
end
if at <= #names then reply[3] = 1 end
return reply
