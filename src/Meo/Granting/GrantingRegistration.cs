using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Granting;

/// <summary>Composes the capability.</summary>
internal static class GrantingRegistration
{
    public static IServiceCollection AddGranting(this IServiceCollection services) => services.AddSingleton<Grants>();
}
