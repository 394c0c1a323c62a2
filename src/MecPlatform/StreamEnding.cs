using Grpc.Core;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform;

/// <summary>Ends streams that last for ever when the process is asked to stop: else each of them would hold the stop up until its timeout.</summary>
internal sealed class StreamEnding(IHostApplicationLifetime lifetime)
{
    /// <summary>Runs the stream until the client leaves; UNAVAILABLE when the process stops, so that the client opens it again.</summary>
    public async Task Run(ServerCallContext context, Func<CancellationToken, Task> stream)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            await stream(either.Token);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw Failure.Unavailable("STOPPING", "The platform is being stopped; open the stream again.").ToException();
        }
    }
}
