namespace Grpc.AspNetCore.Server;

/// <summary>Provides the service object of a call.</summary>
public interface IGrpcServiceActivator<TGrpcService>
    where TGrpcService : class
{
    GrpcActivatorHandle<TGrpcService> Create(IServiceProvider serviceProvider);

    ValueTask ReleaseAsync(GrpcActivatorHandle<TGrpcService> service);
}

/// <summary>An object made for a call, and who disposes it.</summary>
public readonly struct GrpcActivatorHandle<T>(T instance, bool created, object? state)
{
    /// <summary>The object.</summary>
    public T Instance { get; } = instance;

    /// <summary>Whether the activator made it (and so disposes it) rather than the service provider.</summary>
    public bool Created { get; } = created;

    /// <summary>What the activator needs to remember.</summary>
    public object? State { get; } = state;
}
