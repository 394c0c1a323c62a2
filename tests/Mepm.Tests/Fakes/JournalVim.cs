using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Tests.Fakes;

/// <summary>Writes down every change that reaches a VIM.</summary>
internal sealed class JournalVim(IVimAdapter inner, Journal journal) : IVimAdapter
{
    /// <summary>Which compute the last event was about that a watcher is done with.</summary>
    public string? LastTold { get; private set; }

    /// <summary>Calls that make a compute which have come to the VIM: they were answered, or hang there.</summary>
    public int EnsuresTaken { get; private set; }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => inner.GetCapabilitiesAsync(cancellationToken);

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => inner.GetCapacityAsync(cancellationToken);

    public Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken) => inner.EnsureImageAsync(source, cancellationToken);

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => inner.ListImagesAsync(cancellationToken);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken) => inner.DeleteImageIfAnyAsync(digest, cancellationToken);

    public Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken)
    {
        journal.Write($"EnsureCompute {computeId}");
        var call = inner.EnsureComputeAsync(computeId, operationNumber, spec, cancellationToken);
        EnsuresTaken++;
        return call;
    }

    public Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken) => inner.GetComputeAsync(computeId, cancellationToken);

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => inner.ListComputesAsync(cancellationToken);

    public Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken)
    {
        journal.Write($"Power{powerState} {computeId}");
        return inner.SetPowerStateAsync(computeId, operationNumber, powerState, cancellationToken);
    }

    public Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken)
    {
        journal.Write($"DeleteCompute {computeId}");
        return inner.DeleteComputeIfAnyAsync(computeId, operationNumber, cancellationToken);
    }

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var told in inner.WatchComputesAsync(cancellationToken))
        {
            yield return told;
            LastTold = told.ComputeId;
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken) =>
        inner.ReadLogAsync(computeId, tailBytes, cancellationToken);

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) => inner.ReadStatisticsAsync(computeId, cancellationToken);

    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken) => inner.CheckConnectionAsync(cancellationToken);

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) => inner.ListEventsAsync(computeId, cancellationToken);

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) =>
        inner.EnsureNetworkAsync(networkId, operationNumber, spec, cancellationToken);

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => inner.ListNetworksAsync(cancellationToken);

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) =>
        inner.DeleteNetworkIfAnyAsync(networkId, operationNumber, cancellationToken);
}

/// <summary>A VIM that can be taken away and replaced by another one; its watches break when that happens.</summary>
internal sealed class SwitchedVim(IVimAdapter first) : IVimAdapter
{
    private volatile IVimAdapter present = first;

    /// <summary>Looks find nothing, though everything is there and nothing is said.</summary>
    public bool Blind { get; set; }
    private CancellationTokenSource broken = new();

    public void SwitchTo(IVimAdapter next)
    {
        present = next;
        Interlocked.Exchange(ref broken, new()).Cancel();
    }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => present.GetCapabilitiesAsync(cancellationToken);

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => present.GetCapacityAsync(cancellationToken);

    public Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken) => present.EnsureImageAsync(source, cancellationToken);

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => present.ListImagesAsync(cancellationToken);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken) => present.DeleteImageIfAnyAsync(digest, cancellationToken);

    public Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken) =>
        present.EnsureComputeAsync(computeId, operationNumber, spec, cancellationToken);

    public Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken) =>
        Blind ? Task.FromResult<Compute?>(null) : present.GetComputeAsync(computeId, cancellationToken);

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) =>
        Blind ? Task.FromResult<IReadOnlyList<Compute>>([]) : present.ListComputesAsync(cancellationToken);

    public Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken) =>
        present.SetPowerStateAsync(computeId, operationNumber, powerState, cancellationToken);

    public Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken) =>
        present.DeleteComputeIfAnyAsync(computeId, operationNumber, cancellationToken);

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken.Token);
        await using var watch = present.WatchComputesAsync(both.Token).GetAsyncEnumerator(both.Token);
        while (await Next(watch, cancellationToken))
        {
            yield return watch.Current;
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken) =>
        present.ReadLogAsync(computeId, tailBytes, cancellationToken);

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) => present.ReadStatisticsAsync(computeId, cancellationToken);

    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken) => present.CheckConnectionAsync(cancellationToken);

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) => present.ListEventsAsync(computeId, cancellationToken);

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) =>
        present.EnsureNetworkAsync(networkId, operationNumber, spec, cancellationToken);

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => present.ListNetworksAsync(cancellationToken);

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) =>
        present.DeleteNetworkIfAnyAsync(networkId, operationNumber, cancellationToken);

    private static async Task<bool> Next(IAsyncEnumerator<ComputeEvent> watch, CancellationToken cancel)
    {
        try
        {
            return await watch.MoveNextAsync();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Failure.Unavailable("VIM_UNREACHABLE", "the VIM restarts").ToException();
        }
    }
}
