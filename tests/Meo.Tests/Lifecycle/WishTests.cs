using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Site.V1;
using Mano.Testing;
using Ended = Mano.Lifecycle.V1.Operation.Types.State;
using Rule = Mano.Site.V1.AffinityGroup.Types.Rule;

namespace Mano.Meo.Tests.Lifecycle;

/// <summary>What a caller asks of the VIM: chart values and groups, told to the site with every desired state until the instance is nowhere.</summary>
public sealed class WishTests
{
    [Fact]
    public async Task Values_of_the_request_are_laid_over_those_of_the_package_and_told_again_until_it_is_terminated()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create(await Charted(world, "replicas: 1\nimage: { tag: '1.0', pull: always }"));

        Assert.Equal(Ended.Completed, (await world.EndOf(await Instantiate(world, id, "replicas: 2\nimage: { tag: '2.0' }"))).State);
        await Operate(world, id, OperateTo.Stopped);
        await Operate(world, id, OperateTo.Started);

        const string Values = """{"replicas":2,"image":{"tag":"2.0","pull":"always"}}""";
        Assert.Equal([Values, Values, Values], world.Site.Told.Select(t => t.Compute.ChartValues));
        Assert.All(world.Site.Told, t => Assert.Equal("chart", t.Compute.Images.Single().Kind));

        // The next life of the instance has the package's alone.
        await world.EndOf(await world.Terminate(id));
        await world.EndOf(await world.Instantiate(id));
        Assert.Equal("""{"replicas":1,"image":{"tag":"1.0","pull":"always"}}""", world.Site.Told.Last().Compute.ChartValues);
    }

    [Fact]
    public async Task The_same_key_with_other_values_is_another_request()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create(await Charted(world));
        var key = new Metadata { { "idempotency-key", "one" } };
        var first = await Instantiate(world, id, "replicas: 2", key);

        Assert.Equal(first.OperationId, (await Instantiate(world, id, "replicas: 2", key)).OperationId);
        await Refused.With(StatusCode.AlreadyExists, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, ChartValues = "replicas: 3" }, key));
        await world.EndOf(first);
    }

    [Fact]
    public async Task Values_that_are_no_object_too_many_or_for_no_chart_are_refused_before_anything_is_promised()
    {
        await using var world = await MeoWorld.Start();
        var charted = await world.Create(await Charted(world, "a: " + new string('x', 40_000)));
        var plain = await world.Create();

        var list = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = charted, ChartValues = "- hunter2" }));
        Assert.Equal(["chart_values"], list.Paths());
        Assert.DoesNotContain("hunter2", list.Message, StringComparison.Ordinal);
        var large = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = charted, ChartValues = "b: " + new string('y', 30_000) }));
        Assert.Contains("at most 65536", large.Message, StringComparison.Ordinal);
        var chartless = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = plain, ChartValues = "a: hunter2" }));
        Assert.Contains("is not deployed by a Helm chart", chartless.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", chartless.Message, StringComparison.Ordinal);

        Assert.Equal(0, await world.Held());
        Assert.Empty(world.Site.Told);
    }

    [Fact]
    public async Task Groups_are_told_to_the_site_as_placement_knew_them()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create();
        var asked = new PlacementConstraints { AntiAffinityGroups = { "web", "all", "web" }, AffinityGroups = { "cell" } };

        await world.EndOf((await world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, Constraints = asked })).Operation);
        await Operate(world, id, OperateTo.Stopped);

        Assert.All(world.Site.Told, t => Assert.Equal(
            [("cell", Rule.Together), ("all", Rule.Apart), ("web", Rule.Apart)], t.Compute.Groups.Select(g => (g.Name, g.Rule))));
        Assert.Equal(2, world.Site.Told.Count);
    }

    [Fact]
    public async Task A_site_that_lost_the_instance_is_told_the_wishes_again()
    {
        await using var world = await MeoWorld.Start(o => o with { Reconciliation = new() { ResyncEvery = TimeSpan.FromMilliseconds(200) } });
        var id = await world.Create(await Charted(world));
        await world.EndOf(await Instantiate(world, id, "replicas: 2"));

        world.Site.Lose(id);

        await Eventually.Is(() => world.Site.Told.Count > 1, "it is told again");
        Assert.Equal("""{"replicas":2}""", world.Site.Told.Last().Compute.ChartValues);
    }

    [Fact]
    public async Task More_groups_than_a_VIM_takes_are_refused()
    {
        await using var world = await MeoWorld.Start();
        var id = await world.Create();
        var asked = new PlacementConstraints { AffinityGroups = { "-a" } };
        asked.AntiAffinityGroups.AddRange(Enumerable.Range(0, 8).Select(i => $"g{i}"));

        var refused = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, Constraints = asked }));

        Assert.Equal(["constraints.anti_affinity_groups", "constraints.affinity_groups"], refused.Paths());
    }

    private static async Task<Operation> Instantiate(MeoWorld world, string id, string values, Metadata? headers = null) =>
        (await world.Lifecycle.InstantiateAppInstanceAsync(new() { AppInstanceId = id, ChartValues = values }, headers)).Operation;

    private static async Task Operate(MeoWorld world, string id, OperateTo to) =>
        Assert.Equal(Ended.Completed, (await world.EndOf((await world.Lifecycle.OperateAppInstanceAsync(new() { AppInstanceId = id, ChangeStateTo = to })).Operation)).State);

    /// <summary>Onboards a package that is deployed by a chart, with these values beside it.</summary>
    private static async Task<string> Charted(MeoWorld world, string values = "")
    {
        var package = (await world.Onboarding.CreateAppPackageAsync(new())).AppPackage.AppPackageId;
        using var upload = world.Onboarding.UploadAppPackage();
        await upload.RequestStream.WriteAsync(new() { Header = new() { AppPackageId = package, FileName = "web.csar" } });
        await upload.RequestStream.WriteAsync(new() { Chunk = ByteString.CopyFrom(Csar(values)) });
        await upload.RequestStream.CompleteAsync();
        await upload;
        return package;
    }

    private static byte[] Csar(string values)
    {
        var descriptor = MeoWorld.Descriptor("charted", 1, "").Replace("\"BARE\", \"diskFormat\": \"QCOW2\"", "\"DOCKER\"", StringComparison.Ordinal);
        List<(string Path, string Text)> files =
        [
            ("TOSCA-Metadata/TOSCA.meta", "TOSCA-Meta-File-Version: 1.0\nCSAR-Version: 1.1\nCreated-By: tests\nEntry-Definitions: app.json\nETSI-Entry-Manifest: app.mf\n"),
            ("app.json", descriptor),
            ("Artifacts/Deployment/Charts/web.tgz", "a chart, as far as a MEO looks"),
        ];
        if (values.Length > 0)
        {
            files.Add(("Artifacts/Deployment/Charts/values.yaml", values));
        }

        var manifest = new StringBuilder("metadata:\n  app_product_name: probe\n  app_provider_id: tests\n  app_package_version: 1.0.0\n  app_release_date_time: 2026-01-01T00:00:00Z\n");
        foreach (var (path, text) in files)
        {
            manifest.Append($"\nSource: {path}\nAlgorithm: SHA-256\nHash: {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)))}\n");
        }

        using var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in files.Append(("app.mf", manifest.ToString())))
            {
                using var entry = zip.CreateEntry(path).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return packed.ToArray();
    }
}
