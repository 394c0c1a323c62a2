using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>An interceptor type with the constructor arguments that services do not provide.</summary>
public class InterceptorRegistration
{
    private readonly object[] _arguments;
    private readonly Lazy<ObjectFactory> _factory;

    internal InterceptorRegistration(Type type, object[] arguments)
    {
        Type = type;
        _arguments = arguments;
        _factory = new Lazy<ObjectFactory>(() => ActivatorUtilities.CreateFactory(type, [.. arguments.Select(a => a.GetType())]));
    }

    /// <summary>The type.</summary>
    public Type Type { get; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<object> Arguments => _arguments;

    /// <summary>The interceptor for one call, and whether it is the call's own and so to be disposed with it.</summary>
    internal (Interceptor Instance, bool Owned) Activate(IServiceProvider services)
    {
        if (_arguments.Length == 0 && services.GetService(Type) is Interceptor shared)
        {
            return (shared, false);
        }

        return ((Interceptor)_factory.Value(services, _arguments), true);
    }
}
