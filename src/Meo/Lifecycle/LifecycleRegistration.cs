using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Sites;
using Mano.Sagas;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Lifecycle;

/// <summary>Composes the capability.</summary>
internal static class LifecycleRegistration
{
    /// <summary>Registers the links to the sites, the operations and their engine, and what accepts them.</summary>
    public static IServiceCollection AddLifecycle(this IServiceCollection services, LifecycleOptions options, SagaOptions sagas) => services
        .AddSingleton(options)
        .AddSingleton<SiteLinks>()
        .AddSingleton<ISites>(provider => provider.GetRequiredService<SiteLinks>())
        .AddSingleton<ISiteReports>(provider => provider.GetRequiredService<SiteLinks>())
        .AddHostedService(provider => provider.GetRequiredService<SiteLinks>())
        .AddSingleton<AppInstances>()
        .AddSingleton<SiteSteps>()
        .AddSingleton<HostChoice>()
        .AddSingleton<OperationAcceptance>()
        .AddSingleton<CapacityForwarding>()
        .AddSingleton<InstanceCreation>()
        .AddSingleton<NewInstantiations>()
        .AddSingleton<RoomMaking>()
        .AddSingleton<InstanceInstantiation>()
        .AddSingleton<InstanceTermination>()
        .AddSingleton<InstanceForce>()
        .AddSingleton<InstanceViews>()
        .AddSingleton<LifecycleCalls>()
        .AddSingleton<InstantiateCalls>()
        .AddSingleton<OperationLists>()
        .AddSingleton<OperationWatches>()
        .AddSingleton<InstanceWatches>()
        .AddSingleton<OperationAsks>()
        .AddOperation<InstantiateAppOperation, InstantiateApp>()
        .AddOperation<OperateAppOperation, OperateApp>()
        .AddOperation<TerminateAppOperation, TerminateApp>()
        .AddOperation<ForceTerminateAppOperation, ForceTerminateApp>()
        .AddSagas(sagas);
}
