using Grpc.Core.Interceptors;

namespace Mano.GrpcRuntime.Server;

/// <summary>An interceptor for the time of one call.</summary>
internal readonly struct HeldInterceptor(Interceptor interceptor, bool owned) : IAsyncDisposable
{
    public Interceptor Interceptor => interceptor;

    /// <summary>Whether nothing is to be done when the call is over.</summary>
    public bool NeedsNoRelease => !owned || interceptor is not (IDisposable or IAsyncDisposable);

    public ValueTask DisposeAsync()
    {
        if (owned)
        {
            switch (interceptor)
            {
                case IAsyncDisposable asynchronous:
                    return asynchronous.DisposeAsync();
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }

        return default;
    }
}
