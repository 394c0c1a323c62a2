using System.Text;
using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>An application as its author would pack it for a VIM with virtual machines: a disk, boot data, a port, a name and a rule.</summary>
internal static class DiskPackage
{
    public const string Name = "cache";

    private const string Descriptor = """
        {
          "appDId": "6d616e6f-0007-4e65-8a1c-636163686521", "appName": "cache", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["3.2.1"], "appDescription": "a virtual machine that caches", "appSupportMp1": false,
          "virtualComputeDescriptor": {
            "virtualComputeDescId": "vm", "virtualMemory": { "virtualMemSize": 64 }, "virtualCpu": { "numVirtualCpu": 1 }
          },
          "swImageDescriptor": [ {
            "id": "disk", "name": "cache-disk.raw", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "RAW", "minDisk": 1, "size": 8192,
            "swImage": "Artifacts/disk.raw", "operatingSystem": "linux"
          } ],
          "bootData": { "userData": "#cloud-config\nruncmd: [true]\n", "environment": { "GREETING": "hello" } },
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"], "additionalServiceData": [ { "portData": [ { "name": "http", "protocol": "TCP", "port": 8080, "portConfigurable": false } ] } ] } ],
          "appDNSRule": [ { "dnsRuleId": "name", "domainName": "cache.edge.example", "ipAddressType": "IP_V4", "ipAddress": "203.0.113.31", "ttl": 5 } ],
          "appTrafficRule": [ {
            "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
            "trafficFilter": [ { "dstAddress": ["203.0.113.31/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
            "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
          } ]
        }
        """;

    /// <summary>Writes the package's folder and returns its path.</summary>
    public static string Write(TempFolder folder)
    {
        var path = folder.File("package");
        Directory.CreateDirectory(Path.Combine(path, "Artifacts"));
        File.WriteAllBytes(Path.Combine(path, "Artifacts", "disk.raw"), Encoding.ASCII.GetBytes("a disk with nothing bootable on it".PadRight(8192, '.')));
        File.WriteAllText(Path.Combine(path, "cache.json"), Descriptor);
        File.WriteAllText(Path.Combine(path, "cache.mf"), "metadata:\n  vnf_release_date_time: 2026-11-21T00:00:00Z\n");
        Directory.CreateDirectory(Path.Combine(path, "TOSCA-Metadata"));
        File.WriteAllText(Path.Combine(path, "TOSCA-Metadata", "TOSCA.meta"),
            "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: tests\nEntry-Definitions: cache.json\nETSI-Entry-Manifest: cache.mf\n");
        return path;
    }
}
