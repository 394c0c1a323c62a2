using System.Diagnostics.Metrics;
using Mano.Mesh.Hosting;
using Mano.Sagas;

namespace Mano.Meo.Replicas;

/// <summary>What this replica does among the others: for <c>/health</c> and <c>/metrics</c>.</summary>
internal sealed class ReplicaFacts : IHealthFacts, IDisposable
{
    private readonly Meter meter = new("Mano.Meo");
    private readonly ReplicaMembership membership;
    private readonly ReplicaDirectory replicas;
    private readonly SagaOptions operations;

    public ReplicaFacts(ReplicaMembership membership, ReplicaDirectory replicas, SagaOptions operations)
    {
        (this.membership, this.replicas, this.operations) = (membership, replicas, operations);
        meter.CreateObservableGauge("mano_meo_shards_held", () => membership.Self.Shards.Length, description: "Shards of operations that this replica runs.");
        meter.CreateObservableGauge("mano_meo_capacity_owner", () => membership.Self.CapacityEpoch > 0 ? 1 : 0, description: "1 if this replica is the one that promises capacity.");
        meter.CreateObservableGauge("mano_meo_replicas_alive", () => replicas.CountAlive(), description: "Replicas of the MEO that are heard, this one among them.");
    }

    public IEnumerable<(string Name, string Value)> Facts =>
    [
        ("replica", replicas.Self),
        ("shards", $"{membership.Self.Shards.Length} of {operations.Shards}"),
        ("capacity", membership.Self.CapacityEpoch > 0 ? "owned here" : replicas.CapacityOwner is { } owner ? $"owned by {owner.Name}" : "owned by nobody"),
    ];

    public void Dispose() => meter.Dispose();
}
