using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Mano.Mesh.Hosting;

/// <summary>The addresses that a started process really has.</summary>
/// <param name="Grpc"><c>http://127.0.0.1:7401</c>.</param>
/// <param name="Http"><c>http://127.0.0.1:7402</c>.</param>
public sealed record BoundAddresses(string Grpc, string Http)
{
    /// <summary>Reads them from a host built with <c>MeshHost.CreateBuilder</c>, after it started.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public static BoundAddresses Of(WebApplication app) => Of(app.Services.GetRequiredService<IServer>());

    /// <summary>The same for a part of that host.</summary>
    /// <exception cref="InvalidOperationException">The host has not started.</exception>
    public static BoundAddresses Of(IServer server)
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses;
        if (addresses is null || addresses.Count < 2)
        {
            throw new InvalidOperationException("The host has not started yet, so it has no addresses.");
        }

        // In the order in which MeshHost.CreateBuilder listens.
        var ordered = addresses.ToArray();
        return new BoundAddresses(ordered[0], ordered[1]);
    }
}
