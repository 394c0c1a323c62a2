using Mano.Testing;
using Mano.Testing.Containers;

namespace Mano.Cli.Tests.Containers;

/// <summary>
/// An application as its author would pack it: a container image archive, two disks, boot data, a port, a name and a rule; it tells the
/// platform over Mp1 when it is ready, and serves how often it was started.
/// </summary>
internal static class ContainerPackage
{
    public const string Name = "counter";
    public const int Port = 8080;

    // Ready is told as often as it takes: the platform may be restarting.
    private const string Script = """
        trap 'exit 0' TERM
        echo begin >> $MANO_VOLUME_DATA/runs
        echo "started $(wc -l < $MANO_VOLUME_DATA/runs) times, greeting $GREETING, boot data $(cat $MANO_BOOT_DATA)" > /srv/pages/index.html
        httpd -p $MANO_PORT_HTTP -h /srv/pages
        until wget -q -O /dev/null --header 'Content-Type: application/json' --post-data '{"indication":"READY"}' \
            $MANO_MP1_URL/mec_app_support/v2/applications/$MANO_APP_INSTANCE_ID/confirm_ready; do echo "not told yet"; sleep 1; done
        echo told; while :; do sleep 60 & wait $!; done
        """;

    /// <summary>What the application serves at its nth start.</summary>
    public static string Serves(int starts) => $"started {starts} times, greeting hello, boot data from the package\n";

    /// <summary>Writes the package's folder and returns its path.</summary>
    public static string Write(TempFolder folder)
    {
        var path = folder.File("package");
        Directory.CreateDirectory(Path.Combine(path, "Artifacts"));
        File.WriteAllBytes(Path.Combine(path, "Artifacts", "image.tar"), ContainerArchives.Zipped(ContainerArchives.Docker(Script)));
        File.WriteAllText(Path.Combine(path, "counter.json"), Descriptor);
        File.WriteAllText(Path.Combine(path, "counter.mf"), "metadata:\n  vnf_release_date_time: 2026-11-21T00:00:00Z\n");
        Directory.CreateDirectory(Path.Combine(path, "TOSCA-Metadata"));
        File.WriteAllText(Path.Combine(path, "TOSCA-Metadata", "TOSCA.meta"),
            "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: tests\nEntry-Definitions: counter.json\nETSI-Entry-Manifest: counter.mf\n");
        return path;
    }

    private const string Descriptor = """
        {
          "appDId": "6d616e6f-0003-4e65-8a1c-636f756e7465", "appName": "counter", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0",
          "mecVersion": ["3.2.1"], "appDescription": "counts its starts on a disk of its own", "appSupportMp1": true,
          "osContainerDescriptor": [ {
            "osContainerDescId": "server", "name": "server", "swImageDesc": "image", "requestedCpuResources": 100, "cpuResourceLimit": 100,
            "requestedMemoryResources": 64, "memoryResourceLimit": 64
          } ],
          "bootData": { "userData": "from the package", "environment": { "GREETING": "hello" } },
          "swImageDescriptor": [ { "id": "image", "name": "counter", "version": "1.0.0", "containerFormat": "DOCKER", "swImage": "Artifacts/image.tar" } ],
          "virtualStorageDescriptor": [ { "id": "data", "typeOfStorage": "BLOCK", "blockStorageData": { "sizeOfStorage": 1 } },
            { "id": "pages", "typeOfStorage": "BLOCK", "blockStorageData": { "sizeOfStorage": 1, "vduStorageRequirements": { "mountPath": "/srv/pages" } } } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"], "additionalServiceData": [ { "portData": [ { "name": "http", "protocol": "TCP", "port": 8080, "portConfigurable": false } ] } ] } ],
          "appDNSRule": [ { "dnsRuleId": "name", "domainName": "counter.edge.example", "ipAddressType": "IP_V4", "ipAddress": "203.0.113.30", "ttl": 5 } ],
          "appTrafficRule": [ {
            "trafficRuleId": "steer", "filterType": "FLOW", "priority": 10, "action": "FORWARD_DECAPSULATED",
            "trafficFilter": [ { "dstAddress": ["203.0.113.30/32"], "dstPort": ["80"], "protocol": ["TCP"] } ],
            "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ]
          } ]
        }
        """;
}
