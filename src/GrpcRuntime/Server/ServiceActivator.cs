using Grpc.AspNetCore.Server;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.GrpcRuntime.Server;

/// <summary>The registered service, or where none is registered a new object for every call.</summary>
internal sealed class ServiceActivator<TService> : IGrpcServiceActivator<TService>
    where TService : class
{
    private static readonly Lazy<ObjectFactory<TService>> Factory = new(() => ActivatorUtilities.CreateFactory<TService>([]));

    public GrpcActivatorHandle<TService> Create(IServiceProvider serviceProvider) =>
        serviceProvider.GetService<TService>() is { } registered
            ? new GrpcActivatorHandle<TService>(registered, created: false, state: null)
            : new GrpcActivatorHandle<TService>(Factory.Value(serviceProvider, []), created: true, state: null);

    public ValueTask ReleaseAsync(GrpcActivatorHandle<TService> service)
    {
        if (service.Created)
        {
            switch (service.Instance)
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
