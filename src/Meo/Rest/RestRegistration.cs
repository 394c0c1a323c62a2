using Mano.Meo.Rest.AppLcm;
using Mano.Meo.Rest.AppPkgm;
using Mano.Meo.Rest.Granting;
using Mano.Meo.Rest.Notifications;
using Mano.Meo.Rest.Queries;
using Mano.Mesh.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Rest;

/// <summary>Composes the REST northbound (MEC 010-2), a thin twin of the gRPC services over the same capabilities.</summary>
internal static class RestRegistration
{
    private const string There =
        "packages are under /app_pkgm/v1, application instances and their operations under /app_lcm/v1, grants under /granting/v1.";

    public static IServiceCollection AddRest(this IServiceCollection services, RestOptions options) => services
        .AddSingleton(options)
        .AddSingleton<RestLists>()
        .AddSingleton<AppInstanceEndpoints>()
        .AddSingleton<OpOccEndpoints>()
        .AddSingleton<NamedPackages>()
        .AddSingleton<PackageEndpoints>()
        .AddSingleton<ContentEndpoints>()
        .AddSingleton<DescriptorEndpoints>()
        .AddSingleton<GrantEndpoints>()
        .AddSingleton<Subscriptions>()
        .AddSingleton<Audience>()
        .AddSingleton<CallbackPolicy>()
        .AddSingleton<Notices>()
        .AddSingleton<Deliveries>()
        .AddSingleton<Teller>()
        .AddSingleton<Notifier>()
        .AddHostedService(provider => provider.GetRequiredService<Notifier>())
        .AddSingleton<SubscriptionEndpoints>();

    /// <summary>Before anything else is mapped: whatever fails below becomes a ProblemDetails.</summary>
    public static void UseRest(this WebApplication app) => app.UseRestProblems(There, Log.RequestFailed);

    public static void MapRest(this WebApplication app)
    {
        var lcm = new RestRoutes(app, "/app_lcm/v1");
        app.Services.GetRequiredService<AppInstanceEndpoints>().Map(lcm);
        app.Services.GetRequiredService<OpOccEndpoints>().Map(lcm);
        NotOffered.Map(lcm);
        var pkgm = new RestRoutes(app, "/app_pkgm/v1");
        app.Services.GetRequiredService<PackageEndpoints>().Map(pkgm);
        app.Services.GetRequiredService<ContentEndpoints>().Map(pkgm);
        app.Services.GetRequiredService<DescriptorEndpoints>().Map(pkgm);
        NotOffered.Map(pkgm);
        app.Services.GetRequiredService<GrantEndpoints>().Map(new(app, "/granting/v1"));
        app.Services.GetRequiredService<SubscriptionEndpoints>().Map(lcm, SubscriptionRules.Lcm);
        app.Services.GetRequiredService<SubscriptionEndpoints>().Map(pkgm, SubscriptionRules.Pkgm);
    }
}
