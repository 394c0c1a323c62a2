using System.Text.Json;
using Mano.Testing;

namespace Mano.Interop.Tests;

/// <summary>A real MEO, and <c>buf curl</c>, which has no proto of ours and knows every call by asking the server.</summary>
public sealed class NorthboundReflectionTests(RunningMano system) : IClassFixture<RunningMano>
{
    private static readonly string[] Services =
    [
        "mano.granting.v1.GrantingService", "mano.inventory.v1.InventoryService", "mano.inventory.v1.ReplicaService", "mano.lifecycle.v1.LifecycleService",
        "mano.lifecycle.v1.OperationService", "mano.lifecycle.v1.PlacementService", "mano.onboarding.v1.OnboardingService",
    ];

    private static readonly string[] Streams =
    [
        "mano.lifecycle.v1.LifecycleService/WatchAppInstances",
        "mano.lifecycle.v1.OperationService/WatchOperation", "mano.lifecycle.v1.OperationService/WatchOperations",
        "mano.onboarding.v1.OnboardingService/DownloadArtifact", "mano.onboarding.v1.OnboardingService/UploadAppPackage",
    ];

    /// <summary>What an empty request may be answered: the call was made and understood.</summary>
    private static readonly string[] Understood = ["invalid_argument", "not_found", "failed_precondition"];

    [BufFact]
    public async Task Both_versions_of_reflection_list_every_service()
    {
        foreach (var version in new[] { "grpc-v1", "grpc-v1alpha" })
        {
            var (_, lines, _) = await Curl("", "--reflect-protocol", version, "--list-services");
            Assert.Equal(
                [.. Services.Append("grpc.health.v1.Health").Order(StringComparer.Ordinal)],
                lines.Where(l => !l.StartsWith("grpc.reflection.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            Assert.Equal(2, lines.Count(l => l.StartsWith("grpc.reflection.", StringComparison.Ordinal)));
        }
    }

    [BufFact]
    public async Task Every_unary_call_is_made_from_reflection_alone()
    {
        var (_, methods, _) = await Curl("", "--list-methods");
        var unary = methods.Where(m => m.StartsWith("mano.", StringComparison.Ordinal)).Except(Streams).ToList();
        Assert.InRange(unary.Count, 33, 100);
        foreach (var method in unary)
        {
            var (code, lines, errors) = await Curl("/" + method, "--data", "{}");
            if (code == 0)
            {
                JsonDocument.Parse(string.Join('\n', lines)).Dispose();
                continue;
            }

            using var failure = JsonDocument.Parse(errors);
            Assert.True(Understood.Contains(failure.RootElement.GetProperty("code").GetString()), $"{method}: {errors}");
            var details = failure.RootElement.GetProperty("details").EnumerateArray().Select(d => d.GetProperty("type").GetString()).ToList();
            Assert.Contains("mano.common.v1.Failure", details);
            Assert.Contains("google.rpc.ErrorInfo", details);
        }
    }

    [BufFact]
    public async Task Masks_and_filters_are_written_as_JSON()
    {
        var (code, lines, errors) = await Curl(
            "/mano.inventory.v1.InventoryService/ListSites", "--data", """{"filter":"health = ALIVE AND hosts.zone:zone-a","readMask":"siteId,hosts.zone","orderBy":"site_id desc"}""");
        Assert.True(code == 0, errors);
        using var json = JsonDocument.Parse(string.Join('\n', lines));
        var site = Assert.Single(json.RootElement.GetProperty("sites").EnumerateArray().ToList());
        Assert.Equal(["siteId", "hosts"], site.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""[{"zone":"zone-a"}]""", site.GetProperty("hosts").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
    }

    private async Task<(int Code, IReadOnlyList<string> Lines, string Errors)> Curl(string path, params string[] arguments)
    {
        await using var buf = ChildProcess.Start(Peers.Buf, ["curl", "--protocol", "grpc", "--http2-prior-knowledge", .. arguments, system.Meo + path]);
        var code = await buf.WaitForExit();
        return (code, [.. buf.Output], string.Join('\n', buf.Errors));
    }
}
