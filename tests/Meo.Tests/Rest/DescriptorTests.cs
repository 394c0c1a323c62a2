using System.IO.Compression;
using System.Net;
using System.Text;
using Grpc.Core;
using Google.Protobuf;
using Mano.Meo.Tests.World;
using Mano.Packages;
using Mano.Packages.AppD;
using Mano.Testing;

namespace Mano.Meo.Tests.Rest;

/// <summary>What <c>appd</c> gives, by what the caller takes.</summary>
public sealed class DescriptorTests : IAsyncLifetime
{
    /// <summary>Everything whose form differs between the packages and the newer file of the standard.</summary>
    private const string Rich = """
        "appTrafficRule": [
          { "trafficRuleId": "one", "filterType": "FLOW", "priority": 1, "trafficFilter": [ { "dstAddress": ["198.51.100.7"] } ], "action": "FORWARD_DECAPSULATED", "dstInterface": [ { "interfaceType": "IP", "dstIPAddress": "0.0.0.0" } ] },
          { "trafficRuleId": "none", "filterType": "PACKET", "priority": 2, "trafficFilter": [ { "dstPort": ["25"], "protocol": ["TCP"] } ], "action": "DROP" } ],
        "virtualStorageDescriptor": [
          { "id": "disk", "typeOfStorage": "BLOCK", "blockStorageData": { "sizeOfStorage": 3, "swImageDesc": "image", "vduStorageRequirements": [ { "class": "ssd" } ] } },
          { "id": "share", "typeOfStorage": "FILE", "fileStorageData": { "sizeOfStorage": 5, "fileSystemProtocol": "nfs", "intVirtualLinkDesc": "inner" } } ],
        "logicalNode": [],
        "appServiceRequired": [ { "serName": "RNIS", "version": "2.1.1", "requestedPermissions": ["read"],
          "serTransportDependencies": [ { "transport": { "type": "REST_HTTP", "protocol": "HTTP", "version": "2.0", "implSpecificInfo": "none" }, "serializers": ["JSON"], "labels": ["a"] } ] } ],
        "appServiceProduced": [ { "serName": "echo", "version": "1.0.0", "transportsSupported": [ { "transport": { "type": "WEBSOCKET", "protocol": "WS", "version": "13", "security": { "oAuth2Info": { "grantTypes": ["OAUTH2_CLIENT_CREDENTIALS"], "tokenEndpoint": "https://a.example/token" } } }, "serializers": ["JSON"] } ] } ],
        "terminateAppInstanceOpConfig": { "minGracefulTerminationTimeout": 3 },
        "appNetworkPolicy": { "steeredNetwork": { "cellularNetwork": true } },
        """;

    private readonly TempFolder folder = new();
    private RestWorld world = null!;

    private RestClient Client => world.Client;

    public async Task InitializeAsync() => world = await RestWorld.Start();

    public async Task DisposeAsync()
    {
        await world.DisposeAsync();
        folder.Dispose();
    }

    [PrismFact]
    public async Task As_JSON_it_is_the_AppD_of_2026_and_says_what_the_package_said()
    {
        await world.Meo.Onboard(more: Rich);
        var file = OpenApiFile.Pkgm2026(folder);
        await using var prism = await PrismProxy.Start(file.Path, new Uri(world.Meo.Http + "/app_pkgm/v1"), validateRequests: false);
        var through = new Through(prism, file, "/app_pkgm/v1");
        await through.Is(HttpMethod.Get, "/onboarded_app_packages/probe-d/appd", 200);

        var json = (await Client.Get("/app_pkgm/v1/onboarded_app_packages/probe-d/appd", ("Accept", "application/json"))).Is(HttpStatusCode.OK);
        Assert.Equal("2.2.1", json["mecVersion"]);
        Assert.Equal("probe:1.0.0", json.Json.GetProperty("swImageDescriptor")[0].GetProperty("swImage").GetProperty("href").GetString());
        Assert.Equal("front", json.Json.GetProperty("appExtCpd")[0].GetProperty("inherited_attributes").GetProperty("cpdId").GetString());
        Assert.Equal("IP", json.Json.GetProperty("appTrafficRule")[0].GetProperty("dstInterface").GetProperty("interfaceType").GetString());

        var again = Read(json.Body);
        var first = Read(Encoding.UTF8.GetBytes(MeoWorld.Descriptor("probe-d", 2, Rich)));
        Assert.Equal(Comparable(first), Comparable(again));
    }

    [Fact]
    public async Task Its_selectors_and_its_filter_work_on_the_JSON_alone()
    {
        await world.Meo.Onboard();
        const string url = "/app_pkgm/v1/onboarded_app_packages/probe-d/appd";
        var few = (await Client.Get(url + "?fields=appDNSRule")).Is(HttpStatusCode.OK).Json;
        Assert.True(few.TryGetProperty("appDNSRule", out _) && few.TryGetProperty("swImageDescriptor", out _) && few.TryGetProperty("appDId", out _));
        Assert.False(few.TryGetProperty("virtualComputeDescriptor", out _));
        Assert.False((await Client.Get(url + "?exclude_fields1=appDNSRule")).Is(HttpStatusCode.OK).Json.TryGetProperty("appDNSRule", out _));
        (await Client.Get(url + "?filter=(eq,appName,probe)")).Is(HttpStatusCode.OK);
        (await Client.Get(url + "?filter=(eq,appName,other)")).Is(HttpStatusCode.NotFound, "leave the filter out");
        (await Client.Get(url + "?filter=(eq,color,red)")).Is(HttpStatusCode.BadRequest, "the attributes are appDId");
        (await Client.Get(url + "?fields=appDNSRule", ("Accept", "application/zip"))).Is(HttpStatusCode.BadRequest, "given whole");
    }

    [Fact]
    public async Task Of_a_descriptor_alone_text_and_archive_are_what_was_uploaded()
    {
        await world.Meo.Onboard();
        const string url = "/app_pkgm/v1/onboarded_app_packages/probe-d/appd";
        var text = (await Client.Get(url, ("Accept", "text/plain"))).Is(HttpStatusCode.OK);
        Assert.Equal("text/plain", text.ContentType);
        Assert.Equal(MeoWorld.Descriptor("probe-d", 2, ""), text.Text);
        Assert.Equal(["appd.json"], await Entries(url));
        (await Client.Get(url, ("Accept", "image/png"))).Is(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task Of_a_package_they_are_the_files_that_describe_and_what_leads_to_them()
    {
        using var content = new MemoryStream();
        await using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, "TOSCA-Metadata/TOSCA.meta", "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: tests\nEntry-Definitions: Definitions/appd.yaml\nETSI-Entry-Manifest: app.mf\n");
            Add(archive, "Definitions/appd.yaml", MeoWorld.Descriptor("csar-d", 1, ""));
            Add(archive, "app.mf", "metadata:\n");
            Add(archive, "Docs/readme.json", "{}");
        }

        var id = (await world.Meo.Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = world.Meo.Onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = id, FileName = "a.csar" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(content.ToArray()) });
        await upload.RequestStream.CompleteAsync();
        await upload;

        var url = $"/app_pkgm/v1/app_packages/{id}/appd";
        Assert.Equal(["Definitions/appd.yaml", "TOSCA-Metadata/TOSCA.meta", "app.mf"], await Entries(url));
        Assert.Equal(MeoWorld.Descriptor("csar-d", 1, ""), (await Client.Get(url, ("Accept", "text/plain"))).Is(HttpStatusCode.OK).Text);
    }

    private static void Add(ZipArchive archive, string path, string text)
    {
        using var entry = archive.CreateEntry(path).Open();
        entry.Write(Encoding.UTF8.GetBytes(text));
    }

    private static AppDescriptor Read(byte[] content)
    {
        var reading = PackageReader.Read(new MemoryStream(content));
        Assert.True(reading.Content is not null, string.Join('\n', reading.Faults));
        return reading.Content!.Descriptor;
    }

    /// <summary>But for what the newer file requires and the package did not say: names of transports, and an object in place of a text.</summary>
    private static string Comparable(AppDescriptor app) => AppDescriptorJson.Serialize(app with
    {
        AppServiceRequired = [.. app.AppServiceRequired.Select(s => s with { SerTransportDependencies = [.. s.SerTransportDependencies.Select(t => t with { Transport = Nameless(t.Transport) })] })],
        AppServiceProduced = [.. app.AppServiceProduced.Select(s => s with { TransportsSupported = [.. s.TransportsSupported.Select(t => t with { Transport = Nameless(t.Transport) })] })],
    });

    private static TransportDescriptor Nameless(TransportDescriptor transport) => transport with { Name = null, ImplSpecificInfo = null, Security = transport.Security?.OAuth2Info is null ? null : transport.Security };

    private async Task<string[]> Entries(string url)
    {
        using var archive = new ZipArchive(new MemoryStream((await Client.Get(url, ("Accept", "application/zip"))).Is(HttpStatusCode.OK).Body));
        return [.. archive.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal)];
    }
}
