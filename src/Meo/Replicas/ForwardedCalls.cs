using Grpc.Core;

namespace Mano.Meo.Replicas;

/// <summary>Calls that one replica makes for another one's caller say so, and are not passed on again.</summary>
internal static class ForwardedCalls
{
    /// <summary>Name of the metadata; its value is the replica that passed the call on.</summary>
    public const string Header = "mano-forwarded-by";

    public static bool IsForwarded(ServerCallContext call) => call.RequestHeaders.Get(Header) is not null;
}
