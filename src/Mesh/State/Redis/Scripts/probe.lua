-- Is the store still ours, and does it still take writes? ARGV: 3 session, 4 its life in ms.
if redis.call('GET', KEYS[8]) ~= ARGV[3] then return {'SESSION'} end
redis.call('PEXPIRE', KEYS[8], ARGV[4])
return {'OK', head[2]}
