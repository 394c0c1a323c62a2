-- Whole commits after a revision. ARGV: 3 the revision, 4 bytes after which the page ends.
local after, room = tonumber(ARGV[3]), tonumber(ARGV[4])
if after > revision then return {'AHEAD', head[2]} end
local reply = {'OK', head[2]}
local function read(from)
  return redis.call('XRANGE', KEYS[5], string.format('%.0f-0', from), '+', 'COUNT', 16)
end
while after < revision and room > 0 and #reply < 1000 do
  for _, entry in ipairs(read(after + 1)) do
    local at = tonumber(string.match(entry[1], '^%d+'))
    if at ~= after + 1 then return {'COMPACTED', string.format('%.0f', at - 1)} end
    after = at
    reply[#reply + 1] = entry
    for _, text in ipairs(entry[2]) do room = room - #text end
  end
  if #reply == 2 then return {'COMPACTED', head[2]} end
end
return reply
