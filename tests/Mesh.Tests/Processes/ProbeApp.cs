using System.Text;

namespace Mano.Mesh.Tests.Processes;

/// <summary>The smallest application that has everything an instantiate touches: compute, a port, a DNS rule and a traffic rule.</summary>
internal static class ProbeApp
{
    /// <summary>The same with a name and an address of its own.</summary>
    public static ReadOnlyMemory<byte> Named(string name) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Descriptor.Span)
        .Replace("probe", name, StringComparison.Ordinal).Replace("203.0.113.7", "203.0.113.8", StringComparison.Ordinal));

    public static ReadOnlyMemory<byte> Descriptor { get; } = Encoding.UTF8.GetBytes(
        """
        {
          "appDId": "probe-d", "appName": "probe", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "a probe without Mp1",
          "virtualComputeDescriptor": {
            "virtualComputeDescId": "compute",
            "virtualCpu": { "numVirtualCpu": 2 },
            "virtualMemory": { "virtualMemSize": 512 }
          },
          "swImageDescriptor": [ { "id": "image", "name": "probe", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "probe:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"], "additionalServiceData": [ { "portData": [ { "name": "http", "protocol": "TCP", "port": 8080, "portConfigurable": false } ] } ] } ],
          "appDNSRule": [ { "dnsRuleId": "name", "domainName": "probe.edge.example", "ipAddressType": "IP_V4", "ipAddress": "203.0.113.7", "ttl": 5 } ],
          "appTrafficRule": [
            {
              "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
              "trafficFilter": [ { "dstAddress": ["203.0.113.7/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
              "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
            }
          ]
        }
        """);
}
