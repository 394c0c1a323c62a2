using Mano.Chaos;
using Mano.Chaos.Report;
using Mano.Chaos.Topologies;
using Mano.Mesh.Tests.Discovery;
using Mano.Testing;
using Xunit.Abstractions;

namespace Mano.Mesh.Tests.Chaos;

/// <summary>
/// The short chaos runs: the whole system as real processes under load, killed, paused and cut off, and no promise broken.
/// MANO_CHAOS_SEED repeats a run; <c>make chaos</c> is the long one.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class ChaosTests(ITestOutputHelper output)
{
    private static int Seed => int.TryParse(Environment.GetEnvironmentVariable("MANO_CHAOS_SEED"), out var given)
        ? given : (int)(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() % 1_000_000);

    [Fact]
    public Task One_MEO_keeps_its_promises_under_chaos() => Run(TopologyPlan.Single, kills: 15, TimeSpan.FromSeconds(40));

    [MeshFact]
    public Task Three_replicas_on_Redis_and_Consul_keep_their_promises_under_chaos() => Run(TopologyPlan.Mesh, kills: 25, TimeSpan.FromSeconds(70));

    private async Task Run(TopologyPlan topology, int kills, TimeSpan time)
    {
        var seed = Seed;
        using var temp = new TempFolder();
        var result = await ChaosRun.Execute(
            new()
            {
                Topology = topology,
                Seed = seed,
                Kills = kills,
                For = time,
                Folder = temp.File("run"),
                Say = output.WriteLine,
            },
            CancellationToken.None);
        output.WriteLine(RunTable.Of(result));
        if (!result.IsClean)
        {
            var kept = Path.Combine(Path.GetTempPath(), $"mano-chaos-{topology.Name}-{seed}");
            Directory.Move(result.Folder, kept);
            Assert.Fail($"MANO_CHAOS_SEED={seed} found {string.Join("; ", result.Violations.Select(v => $"{v.Kind} {v.Instance} {v.Message}"))}\n"
                + $"kept in {kept}\n{File.ReadAllText(Path.Combine(kept, "story.txt"))}");
        }
    }
}

/// <summary>A test that needs redis-server and a Consul agent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class MeshFactAttribute : FactAttribute
{
    public MeshFactAttribute() => Skip = (RedisFactAttribute.WhyMissing ?? ConsulAgent.WhyMissing)!;
}
