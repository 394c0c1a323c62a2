using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.Meo.Tests.World;

/// <summary>What a refused call says, status and details.</summary>
internal static class Refused
{
    /// <summary>The call is refused with this code; returns the failure of its details.</summary>
    public static async Task<Failure> With<T>(StatusCode code, Func<AsyncUnaryCall<T>> call)
    {
        var e = await Assert.ThrowsAsync<RpcException>(async () => await call());
        Assert.True(e.StatusCode == code, $"{e.StatusCode}, not {code}: {e.Status.Detail}");
        return e.ToFailure();
    }

    /// <summary>Every path at which the failure names a fault.</summary>
    public static IEnumerable<string> Paths(this Failure failure) => failure.Faults.Select(f => f.Path);
}
