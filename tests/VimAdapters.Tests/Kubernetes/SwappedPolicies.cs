using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Tests.Kubernetes;

/// <summary>
/// An adapter that takes NEVER for ON_FAILURE and the other way round, and gives back what it was given: the checks of the suite ask for NEVER, which
/// are bare pods here; through this they see Deployments.
/// </summary>
internal sealed class SwappedPolicies(IVimAdapter inner) : IVimAdapter, IAsyncDisposable
{
    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => inner.GetCapabilitiesAsync(cancellationToken);

    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken) => inner.CheckConnectionAsync(cancellationToken);

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => inner.GetCapacityAsync(cancellationToken);

    public Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken) => inner.EnsureImageAsync(source, cancellationToken);

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => inner.ListImagesAsync(cancellationToken);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken) => inner.DeleteImageIfAnyAsync(digest, cancellationToken);

    public async Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken) =>
        Swapped(await inner.EnsureComputeAsync(computeId, operationNumber, Swapped(spec), cancellationToken));

    public async Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken) =>
        await inner.GetComputeAsync(computeId, cancellationToken) is { } compute ? Swapped(compute) : null;

    public async Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => [.. (await inner.ListComputesAsync(cancellationToken)).Select(Swapped)];

    public async Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken) =>
        Swapped(await inner.SetPowerStateAsync(computeId, operationNumber, powerState, cancellationToken));

    public Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken) =>
        inner.DeleteComputeIfAnyAsync(computeId, operationNumber, cancellationToken);

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in inner.WatchComputesAsync(cancellationToken))
        {
            yield return change with { Compute = change.Compute is { } compute ? Swapped(compute) : null };
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken) => inner.ReadLogAsync(computeId, tailBytes, cancellationToken);

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) => inner.ReadStatisticsAsync(computeId, cancellationToken);

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) => inner.ListEventsAsync(computeId, cancellationToken);

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) =>
        inner.EnsureNetworkAsync(networkId, operationNumber, spec, cancellationToken);

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => inner.ListNetworksAsync(cancellationToken);

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) => inner.DeleteNetworkIfAnyAsync(networkId, operationNumber, cancellationToken);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();

    private static Compute Swapped(Compute compute) => compute with { Spec = Swapped(compute.Spec) };

    private static ComputeSpec Swapped(ComputeSpec spec) => spec with
    {
        RestartPolicy = spec.RestartPolicy switch { RestartPolicy.Never => RestartPolicy.OnFailure, RestartPolicy.OnFailure => RestartPolicy.Never, var other => other },
    };
}
