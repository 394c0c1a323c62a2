using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using Mano.Bench.Gateway;
using Mano.Bench.Placement;
using Mano.MecPlatform.Traffic;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Meo.Placement.Search;
using Mano.Mesh.State;
using Mano.Mesh.State.InMemory;
using Mano.Site.V1;

namespace Mano.Bench.Rows;

/// <summary>The small things that every operation is made of, one by one. Public, because BenchmarkDotNet wants it so.</summary>
#pragma warning disable CA1001 // the store in memory holds nothing to dispose of
public class MicroBenchmarks
#pragma warning restore CA1001
{
    private readonly TrafficRule rule = BenchRules.One;

    private readonly AppInstance instance = new()
    {
        AppInstanceId = "0190b8a2-5c0d-7c9e-8f00-3c5a6b7d8e9f", Generation = 3, ObservedGeneration = 3, HostId = "edge-a-1", Phase = AppInstance.Types.Phase.Steady,
        Conditions =
        {
            new Common.V1.Condition { Type = "Allocated", Status = Common.V1.Condition.Types.Status.True, Reason = "ALLOCATED", Message = "The compute exists." },
            new Common.V1.Condition { Type = "Running", Status = Common.V1.Condition.Types.Status.True, Reason = "RUNNING", Message = "The application runs." },
        },
    };

    private readonly SiteModel site = new()
    {
        SiteId = "edge-a", Name = "Edge A", MepmAddress = "http://10.0.0.5:7411", Version = "1.0.0", Incarnation = "0190b8a2-5c0d-7c9e-8f00-3c5a6b7d8e9f", Hosts = [],
    };

    private readonly MemoryStateStore store = new(TimeProvider.System, retainedRevisions: 1_000);
    private readonly byte[] value = new byte[1_000];
    private readonly BenchFleet fleet = BenchFleet.All().First();
    private readonly IndexedPlacer placer = new(new PlacementOptions());
    private byte[] wire = [];
    private int number;

    /// <summary>Once, before anything is timed.</summary>
    [GlobalSetup]
    public void Prepare() => wire = instance.ToByteArray();

    /// <summary>A site's report of an instance, to bytes.</summary>
    [Benchmark(Description = "protobuf: write a report of an instance")]
    public byte[] WriteMessage() => instance.ToByteArray();

    /// <summary>And back.</summary>
    [Benchmark(Description = "protobuf: read it")]
    public object ReadMessage() => AppInstance.Parser.ParseFrom(wire);

    /// <summary>A site as it is stored.</summary>
    [Benchmark(Description = "JSON: write a site's record")]
    public byte[] WriteRecord() => JsonSerializer.SerializeToUtf8Bytes(site, InventoryJson.Default.SiteModel);

    /// <summary>One key, its version checked.</summary>
    [Benchmark(Description = "commit of 1 KB to the store in memory")]
    public Task<CommitResult> Commit() => store.Commit(new Batch().Put($"bench/default/{number++ % 10_000}", value)).AsTask();

    /// <summary>With its candidates and its sentence.</summary>
    [Benchmark(Description = "placement among 10,000 hosts")]
    public object Place() => placer.Place(fleet.Request with { Seed = "operation-7" }, fleet.Hosts);

    /// <summary>As the data plane in user space has it.</summary>
    [Benchmark(Description = "compile a traffic rule")]
    public object CompileRule() => CompiledRule.Compile("bench", rule, BenchRules.Instance);
}
