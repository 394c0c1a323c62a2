using Mano.VimAdapters.OpenStack.Glance;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Nova;

namespace Mano.VimAdapters.OpenStack;

/// <summary>
/// Removes what bears our mark and belongs to nothing: ports, volumes, security groups, server groups and flavors whose compute ended
/// while this process or a service was away, and images that were begun and never filled.
/// </summary>
internal sealed class ServerSweep(ServerParts parts, Flavors flavors, CloudImages images, CloudState cloud)
{
    /// <param name="isKnown">Whether a compute is known here, or a server of it is in the project.</param>
    /// <returns>The ports of known computes that no server has.</returns>
    public async Task<IReadOnlyList<(string ComputeId, string PortId)>> SweepAsync(Func<string, bool> isKnown, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string, string)> loose = [];
        await AllowedAsync(Task.Run(async () => loose = await parts.Ports.SweepAsync(isKnown, cancellationToken), cancellationToken));
        if ((await cloud.FactsAsync(cancellationToken)).HasCinder)
        {
            await AllowedAsync(parts.Volumes.SweepAsync(isKnown, cancellationToken));
        }

        await AllowedAsync(parts.Groups.SweepAsync("", cancellationToken));
        await AllowedAsync(flavors.SweepAsync(cancellationToken));
        await AllowedAsync(images.SweepAsync(cancellationToken));
        await AllowedAsync(parts.Networks.SweepAsync(cancellationToken));
        return loose;
    }

    // One that is refused (in use after all, or not ours to delete) does not keep the others.
    private static async Task AllowedAsync(Task sweep)
    {
        try
        {
            await sweep;
        }
        catch (OpenStackRefusedException)
        {
            // The next sweep tries again.
        }
    }
}
