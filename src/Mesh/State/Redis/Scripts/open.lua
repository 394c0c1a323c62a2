-- Begins a session: commits of this client's earlier sessions that still lie in some socket are refused from here on.
-- ARGV: 1 the store this client knows, '' if none; 2 id for a new store; 3 session; 4 its life in ms; 5 newest revision
-- seen; 6 and 7 a revision and the commit that made it, as seen, or '0' and ''; 8 '1' if that commit must still be told.
local head = redis.call('HMGET', KEYS[1], 'id', 'revision', 'layout')
if not head[1] then
  if ARGV[1] ~= '' then return {'REPLACED', ''} end
  redis.call('HSET', KEYS[1], 'id', ARGV[2], 'revision', 0, 'layout', 1, 'bytes', 0)
  head = {ARGV[2], '0', '1'}
end
if head[3] ~= '1' then return {'LAYOUT', head[3] or ''} end
if ARGV[1] ~= '' and ARGV[1] ~= head[1] then return {'REPLACED', head[1]} end
if tonumber(head[2]) < tonumber(ARGV[5]) then return {'ROLLED_BACK', head[2]} end
if ARGV[7] ~= '' then
  local entry = redis.call('XRANGE', KEYS[5], ARGV[6] .. '-0', ARGV[6] .. '-0')[1]
  if entry and entry[2][2] ~= ARGV[7] then return {'ROLLED_BACK', head[2]} end
  if not entry and ARGV[8] == '1' then return {'ROLLED_BACK', head[2]} end
end
redis.call('SET', KEYS[8], ARGV[3], 'PX', ARGV[4])
return {'OK', head[1], head[2]}
