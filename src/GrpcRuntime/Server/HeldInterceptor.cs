using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Mano.GrpcRuntime.Server;

/// <summary>An interceptor for the time of one call.</summary>
internal readonly struct HeldInterceptor : IAsyncDisposable
{
    private readonly bool _owned;

    public HeldInterceptor(InterceptorRegistration registration, ServerCallContext context)
    {
        (Interceptor, _owned) = registration.Activate(context.GetHttpContext().RequestServices);
    }

    public Interceptor Interceptor { get; }

    public ValueTask DisposeAsync()
    {
        if (_owned)
        {
            switch (Interceptor)
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
