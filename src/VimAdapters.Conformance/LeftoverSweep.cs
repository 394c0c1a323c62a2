using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>
/// Removes what checks made: what they remember having asked for, and what bears their mark. It goes on where something does
/// not go, and when the run was called off; only its patience ends it.
/// </summary>
internal sealed class LeftoverSweep(ConformanceSession session, AskedVim vim, Func<VimImage, bool> isToGo)
{
    private readonly List<string> left = [];

    /// <returns>What could not be removed, in sentences.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        await TryAsync("the computes", SweepComputesAsync);
        if (session.Capabilities.Has(VimCapability.Networks))
        {
            await TryAsync("the networks", SweepNetworksAsync);
        }

        await TryAsync("the images", SweepImagesAsync);
        return left;
    }

    private async Task SweepComputesAsync()
    {
        var numbers = new Dictionary<string, long>(vim.Computes, StringComparer.Ordinal);
        foreach (var compute in (await vim.ListComputesAsync(Patience())).Where(ConformanceSession.IsOurs))
        {
            numbers[compute.ComputeId] = Math.Max(numbers.GetValueOrDefault(compute.ComputeId), compute.OperationNumber);
        }

        await Task.WhenAll(numbers.Select(n => TryAsync($"compute {n.Key}", () => DeleteAsync(n.Value, number => vim.DeleteComputeIfAnyAsync(n.Key, number, Patience())))));
        var there = (await vim.ListComputesAsync(Patience())).Where(ConformanceSession.IsOurs).Select(c => c.ComputeId).ToArray();
        left.AddRange(there.Select(id => $"Compute {id} is still there after its delete."));
    }

    private async Task SweepNetworksAsync()
    {
        var numbers = new Dictionary<string, long>(vim.Networks, StringComparer.Ordinal);
        foreach (var network in (await vim.ListNetworksAsync(Patience())).Where(n => n.Spec.Labels.Tenant == ConformanceWorld.Tenant))
        {
            numbers[network.NetworkId] = Math.Max(numbers.GetValueOrDefault(network.NetworkId), network.OperationNumber);
        }

        await Task.WhenAll(numbers.Select(n => TryAsync($"network {n.Key}", () => DeleteAsync(n.Value, number => vim.DeleteNetworkIfAnyAsync(n.Key, number, Patience())))));
    }

    private async Task SweepImagesAsync()
    {
        foreach (var image in (await vim.ListImagesAsync(Patience())).Where(isToGo))
        {
            await TryAsync($"image {image.Image.Digest}", () => vim.DeleteImageIfAnyAsync(image.Image.Digest, Patience()));
        }
    }

    /// <summary>With the next number; with the greatest where the adapter remembers one that it did not tell; again where it is busy.</summary>
    private async Task DeleteAsync(long seen, Func<long, Task> delete)
    {
        var patience = Patience();
        var number = seen == long.MaxValue ? seen : seen + 1;
        while (true)
        {
            try
            {
                await delete(number);
                return;
            }
            catch (FailureException e) when (e.Failure is { Kind: FailureKind.Conflict, Retryable: true } or { Kind: FailureKind.Unavailable } && !patience.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, patience);
            }
            catch (FailureException e) when (e.Failure.Kind == FailureKind.Conflict && number != long.MaxValue)
            {
                number = long.MaxValue;
            }
        }
    }

    private async Task TryAsync(string what, Func<Task> sweep)
    {
        try
        {
            await sweep();
        }
#pragma warning disable CA1031 // whatever is in the way of cleaning up is told, and the rest is cleaned up
        catch (Exception e)
        {
            lock (left)
            {
                left.Add($"Could not remove {what}: {(e is FailureException failed ? $"{Words.Code(failed.Failure)} ({failed.Failure.Message})" : e.Message)}");
            }
        }
#pragma warning restore CA1031
    }

    private CancellationToken Patience() => session.Patience(CancellationToken.None);
}
