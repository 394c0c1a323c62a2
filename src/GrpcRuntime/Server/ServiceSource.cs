using Grpc.AspNetCore.Server;
using Grpc.Core;

namespace Mano.GrpcRuntime.Server;

/// <summary>Gives each call its service object.</summary>
/// <param name="shared">The services it is made from; null: those of the call.</param>
internal sealed class ServiceSource<TService>(IGrpcServiceActivator<TService> activator, IServiceProvider? shared)
    where TService : class
{
    private readonly bool _isOurs = activator is ServiceActivator<TService>;

    public GrpcActivatorHandle<TService> Create(ServerCallContext context) =>
        activator.Create((_isOurs ? shared : null) ?? context.GetHttpContext().RequestServices);

    /// <summary>Whether nothing is to be done when the call is over.</summary>
    public bool NeedsNoRelease(in GrpcActivatorHandle<TService> service) =>
        _isOurs && (!service.Created || service.Instance is not (IDisposable or IAsyncDisposable));

    public ValueTask ReleaseAsync(in GrpcActivatorHandle<TService> service) => activator.ReleaseAsync(service);
}

/// <summary>Gives each call its interceptor.</summary>
/// <param name="Registration">What to make, and with which arguments.</param>
/// <param name="Shared">The services it is made from; null: those of the call.</param>
internal sealed record InterceptorSource(InterceptorRegistration Registration, IServiceProvider? Shared)
{
    public HeldInterceptor Hold(ServerCallContext context)
    {
        var (interceptor, owned) = Registration.Activate(Shared ?? context.GetHttpContext().RequestServices);
        return new HeldInterceptor(interceptor, owned);
    }
}
