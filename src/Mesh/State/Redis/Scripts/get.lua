-- ARGV: 3 key.
return {'OK', head[2], redis.call('HGET', KEYS[3], ARGV[3]), redis.call('HGET', KEYS[2], ARGV[3])}
