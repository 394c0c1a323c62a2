using Grpc.Core;
using Mano.Meo.Northbound;
using Mano.Meo.Replicas;

namespace Mano.Meo.Lifecycle;

/// <summary>What of a call goes along when another replica does what it asks.</summary>
/// <param name="Headers">As they came; those that belong to one connection are made anew.</param>
/// <param name="Deadline">When the caller gives up; null if it does not say.</param>
/// <param name="IsForwarded">It has been passed on once, and is not again.</param>
/// <param name="Cancel">The caller's presence.</param>
internal sealed record PassableCall(Metadata Headers, DateTime? Deadline, bool IsForwarded, CancellationToken Cancel)
{
    /// <summary>Of a gRPC call.</summary>
    public static PassableCall Of(ServerCallContext call) =>
        new(call.RequestHeaders, call.Deadline, ForwardedCalls.IsForwarded(call), call.CancellationToken);

    /// <summary>Of a call that came over REST: its key alone matters to the other replica.</summary>
    public static PassableCall Of(string? idempotencyKey, CancellationToken cancel)
    {
        var headers = new Metadata();
        if (idempotencyKey is not null)
        {
            headers.Add(CallKeys.Metadata, idempotencyKey);
        }

        return new(headers, null, false, cancel);
    }
}
