using Mano.Meo.Placement.Search;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Meo.Placement;

/// <summary>Composes the capability.</summary>
internal static class PlacementRegistration
{
    /// <summary>Registers the placer; throws at once when the options name a rule that does not exist.</summary>
    public static IServiceCollection AddPlacement(this IServiceCollection services, PlacementOptions options) =>
        services.AddSingleton<IPlacer>(new IndexedPlacer(options));
}
