using System.Text;
using Mano.Cli.Connection;
using Mano.Cli.Packages;

namespace Mano.Cli.Simulate;

/// <summary>What runs at the sites of a simulation: small, with one traffic rule and one DNS rule, and an image that is only named.</summary>
internal static class SimulatedApplication
{
    private static readonly byte[] Descriptor = Describe(
        "simulated", "mano-simulate-d", """{ "dnsRuleId": "name", "domainName": "simulated.edge.example", "ipAddressType": "IP_V4", "ipAddress": "0.0.0.0" }""");

    /// <summary>An application without Mp1, with one traffic rule; its image is only named.</summary>
    /// <param name="name">Of the application and of its image.</param>
    /// <param name="id">Its appDId.</param>
    /// <param name="dnsRule">As JSON; empty: it has none.</param>
    public static byte[] Describe(string name, string id, string dnsRule) => Encoding.UTF8.GetBytes(
        $$"""
        {
          "appDId": "{{id}}", "appName": "{{name}}", "appProvider": "mano", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "what runs where nothing real does",
          "virtualComputeDescriptor": { "virtualComputeDescId": "compute", "virtualCpu": { "numVirtualCpu": 1 }, "virtualMemory": { "virtualMemSize": 64 } },
          "swImageDescriptor": [ { "id": "image", "name": "{{name}}", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "{{name}}:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ],
          "appTrafficRule": [ {
            "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
            "trafficFilter": [ { "dstAddress": ["203.0.113.7/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
            "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
          } ],
          "appDNSRule": [ {{dnsRule}} ]
        }
        """);

    /// <summary>Its package's id; the MEO may have it already.</summary>
    public static async Task<string> OnboardAsync(MeoConnection meo, TimeProvider clock, CancellationToken stop)
    {
        var present = await meo.Ask(o => meo.Onboarding.ListAppPackagesAsync(new() { Filter = "app_d_id = \"mano-simulate-d\"" }, o), stop);
        if (present.AppPackages.FirstOrDefault() is { } known)
        {
            return known.AppPackageId;
        }

        using var content = new MemoryStream(Descriptor);
        return (await new PackageUpload(meo, clock).OnboardAsync(content, "simulated.json", "", stop)).AppPackageId;
    }
}
