using System.Text;
using Mano.Cli.Connection;
using Mano.Cli.Packages;

namespace Mano.Cli.Simulate;

/// <summary>What runs at the sites of a simulation: small, with one traffic rule and one DNS rule, and an image that is only named.</summary>
internal static class SimulatedApplication
{
    private static readonly byte[] Descriptor = Encoding.UTF8.GetBytes(
        """
        {
          "appDId": "mano-simulate-d", "appName": "simulated", "appProvider": "mano", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["2.2.1"], "appDescription": "the application of mano simulate",
          "virtualComputeDescriptor": { "virtualComputeDescId": "compute", "virtualCpu": { "numVirtualCpu": 1 }, "virtualMemory": { "virtualMemSize": 64 } },
          "swImageDescriptor": [ { "id": "image", "name": "simulated", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "simulated:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ],
          "appTrafficRule": [ {
            "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
            "trafficFilter": [ { "dstAddress": ["203.0.113.7/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
            "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
          } ],
          "appDNSRule": [ { "dnsRuleId": "name", "domainName": "simulated.edge.example", "ipAddressType": "IP_V4", "ipAddress": "0.0.0.0" } ]
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
