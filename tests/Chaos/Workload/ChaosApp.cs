using System.Globalization;
using System.Text;

namespace Mano.Chaos.Workload;

/// <summary>One application of the workload: its own name, its own address behind the gateway, so that traces are told apart.</summary>
/// <param name="Number">1 to 250.</param>
internal sealed record ChaosApp(int Number, string PackageId = "")
{
    /// <summary>What one instance takes.</summary>
    public const long MilliCpu = 2_000;

    public string DomainName => $"app-{Number}.edge.example";

    /// <summary>What the domain name resolves to, and what the traffic rule matches.</summary>
    public string Address => $"203.0.113.{Number}";

    public const int Port = 80;

    public ReadOnlyMemory<byte> Descriptor => Encoding.UTF8.GetBytes(Template
        .Replace("@NUMBER@", Number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@NAME@", DomainName, StringComparison.Ordinal)
        .Replace("@ADDRESS@", Address, StringComparison.Ordinal));

    private const string Template =
        """
        {
          "appDId": "chaos-@NUMBER@", "appName": "chaos-@NUMBER@", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "an application without Mp1",
          "virtualComputeDescriptor": {
            "virtualComputeDescId": "compute",
            "virtualCpu": { "numVirtualCpu": 2 },
            "virtualMemory": { "virtualMemSize": 512 }
          },
          "swImageDescriptor": [ { "id": "image", "name": "chaos", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "chaos:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"], "additionalServiceData": [ { "portData": [ { "name": "http", "protocol": "TCP", "port": 8080, "portConfigurable": false } ] } ] } ],
          "appDNSRule": [ { "dnsRuleId": "name", "domainName": "@NAME@", "ipAddressType": "IP_V4", "ipAddress": "@ADDRESS@", "ttl": 5 } ],
          "appTrafficRule": [
            {
              "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
              "trafficFilter": [ { "dstAddress": ["@ADDRESS@/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
              "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
            }
          ]
        }
        """;
}
