-- Is the store still ours, and are we still its client? ARGV: 3 session, 4 its life in ms, of which half must be left.
if redis.call('GET', KEYS[8]) ~= ARGV[3] then return {'SESSION'} end
if redis.call('PTTL', KEYS[8]) < tonumber(ARGV[4]) / 2 then redis.call('PEXPIRE', KEYS[8], ARGV[4]) end
return {'OK', head[2]}
