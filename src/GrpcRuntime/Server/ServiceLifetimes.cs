using Microsoft.Extensions.DependencyInjection;

namespace Mano.GrpcRuntime.Server;

/// <summary>
/// Says which types can be had from the application's services as well as from those of a call. What needs singletons alone is the same
/// object either way, and a call that asks for no services of its own is spared the scope it would open for them.
/// </summary>
internal sealed class ServiceLifetimes(IServiceCollection registered)
{
    /// <summary>The application's services if they will do for <paramref name="type"/>; null: it needs the services of the call.</summary>
    public IServiceProvider? SharedFor(Type type, IServiceProvider application) =>
        IsSingleton(type) || (!IsRegistered(type) && NeedsSingletonsAlone(type)) ? application : null;

    private bool NeedsSingletonsAlone(Type type) =>
        type.GetConstructors() is [var constructor] && constructor.GetParameters().All(
            parameter => IsSingleton(parameter.ParameterType) && !parameter.IsDefined(typeof(FromKeyedServicesAttribute), inherit: true));

    private bool IsRegistered(Type type) => Registration(type) is not null;

    private bool IsSingleton(Type type) => Registration(type) is { Lifetime: ServiceLifetime.Singleton };

    private ServiceDescriptor? Registration(Type type) =>
        Last(type) ?? (type.IsConstructedGenericType ? Last(type.GetGenericTypeDefinition()) : null);

    private ServiceDescriptor? Last(Type type) => registered.LastOrDefault(service => service.ServiceType == type && !service.IsKeyedService);
}
