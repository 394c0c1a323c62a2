using Mano.Meo.Rest.AppLcm;
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
        .AddSingleton<OpOccEndpoints>();

    /// <summary>Before anything else is mapped: whatever fails below becomes a ProblemDetails.</summary>
    public static void UseRest(this WebApplication app) => app.UseRestProblems(There, Log.RequestFailed);

    public static void MapRest(this WebApplication app)
    {
        var lcm = new RestRoutes(app, "/app_lcm/v1");
        app.Services.GetRequiredService<AppInstanceEndpoints>().Map(lcm);
        app.Services.GetRequiredService<OpOccEndpoints>().Map(lcm);
    }
}
