using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Meo.Northbound.Queries;
using Mano.Sagas;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Replicas;

/// <summary>mano.inventory.v1.ReplicaService: which replicas there are, and who does what.</summary>
internal sealed class ReplicaGrpcService(ReplicaDirectory replicas, SagaOptions operations) : Wire.ReplicaService.ReplicaServiceBase
{
    public override async Task<Wire.ListReplicasResponse> ListReplicas(Wire.ListReplicasRequest request, ServerCallContext context)
    {
        var owner = replicas.CapacityOwner?.Name;
        var page = await ListQuery<Wire.Replica>.Of(request).Page(
            (after, size, _) => Task.FromResult(After(after, size)), replica => replica.Record.Name, replica => ToWire(replica, owner), context.CancellationToken);
        var response = new Wire.ListReplicasResponse { Shards = operations.Shards, NextPageToken = page.NextToken };
        response.Replicas.AddRange(page.Items);
        return response;
    }

    private Paged<ReplicaStatus> After(string? after, int size)
    {
        var rest = replicas.All.Where(r => string.CompareOrdinal(r.Record.Name, after) > 0).OrderBy(r => r.Record.Name, StringComparer.Ordinal).Take(size + 1).ToList();
        return new(rest[..Math.Min(size, rest.Count)], rest.Count > size ? rest[size - 1].Record.Name : "");
    }

    private Wire.Replica ToWire(ReplicaStatus status, string? owner)
    {
        var record = status.Record;
        var wire = new Wire.Replica
        {
            Name = record.Name,
            Address = record.Address,
            Incarnation = record.Incarnation,
            StartTime = record.Started.ToTimestamp(),
            Version = record.Version,
            OwnsCapacity = status.IsAlive && record.Name == owner,
            Alive = status.IsAlive,
            Silent = Duration.FromTimeSpan(status.Silent),
            Self = record.Name == replicas.Self,
        };
        // What a dead one held others have taken, or will.
        wire.Shards.AddRange(status.IsAlive ? record.Shards : []);
        return wire;
    }
}
