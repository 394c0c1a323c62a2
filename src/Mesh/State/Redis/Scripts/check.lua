-- Opens every script but `open`. ARGV[1]: the store this client knows; ARGV[2]: the newest revision it has seen.
local head = redis.call('HMGET', KEYS[1], 'id', 'revision')
if head[1] ~= ARGV[1] then return {'REPLACED', head[1] or ''} end
local revision = tonumber(head[2])
if revision < tonumber(ARGV[2]) then return {'ROLLED_BACK', head[2]} end
