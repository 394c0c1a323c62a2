# One server, which is also the agent that everything of this namespace registers with.
server           = true
bootstrap_expect = 1
data_dir         = "/data"
client_addr      = "0.0.0.0"
node_name        = "mano-consul"
# Nobody joins it; see README.md for a Consul of several servers.
ports            { grpc = -1, grpc_tls = -1, dns = -1 }
connect          { enabled = false }
disable_update_check = true
acl {
  enabled        = true
  default_policy = "deny"
}
