using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mano.Sagas;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Replicas;

/// <summary>mano.inventory.v1.ReplicaService: which replicas there are, and who does what.</summary>
internal sealed class ReplicaGrpcService(ReplicaDirectory replicas, SagaOptions operations) : Wire.ReplicaService.ReplicaServiceBase
{
    public override Task<Wire.ListReplicasResponse> ListReplicas(Wire.ListReplicasRequest request, ServerCallContext context)
    {
        var response = new Wire.ListReplicasResponse { Shards = operations.Shards };
        var owner = replicas.CapacityOwner?.Name;
        response.Replicas.AddRange(replicas.All.Select(r => ToWire(r, owner)));
        return Task.FromResult(response);
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
