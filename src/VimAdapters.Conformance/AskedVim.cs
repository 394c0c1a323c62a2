using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>Notes what was asked and what came, for the finding of a failed check; and which keys may exist, for the cleaning up.</summary>
internal sealed class AskedVim(IVimAdapter inner) : IVimAdapter
{
    private readonly ConcurrentDictionary<string, long> computes = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> networks = new(StringComparer.Ordinal);
    private volatile Tuple<string, string> last = new("", "");

    /// <summary>The last call that ended, and how.</summary>
    public (string Asked, string Came) Last => (last.Item1, last.Item2);

    /// <summary>The keys that were asked for and not refused, each with the greatest number used for it.</summary>
    public IReadOnlyDictionary<string, long> Computes => computes;

    public IReadOnlyDictionary<string, long> Networks => networks;

    /// <summary>The adapter itself.</summary>
    public IVimAdapter Inner => inner;

    public void Forget()
    {
        last = new("", "");
        computes.Clear();
        networks.Clear();
    }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) =>
        AskAsync("GetCapabilities", () => inner.GetCapabilitiesAsync(cancellationToken), c => $"{c.Adapter}, {c.Claims.Count} capabilities");

    public Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken) =>
        AskAsync("CheckConnection", () => inner.CheckConnectionAsync(cancellationToken), c => string.Join("; ", c.Select(x => $"{x.Name}: {x.Result} ({x.Detail})")));

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) =>
        AskAsync("GetCapacity", () => inner.GetCapacityAsync(cancellationToken), c => $"{c.Used} of {c.Total}");

    public Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken) =>
        AskAsync($"EnsureImage {source.Image.Format} {source.Image.Digest}", () => inner.EnsureImageAsync(source, cancellationToken), i => $"{i.Image.Digest}, {i.Size} bytes");

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) =>
        AskAsync("ListImages", () => inner.ListImagesAsync(cancellationToken), i => $"{i.Count} images");

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken) =>
        AskAsync($"DeleteImageIfAny {digest}", () => inner.DeleteImageIfAnyAsync(digest, cancellationToken));

    public Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken) => AskAsync(
        $"EnsureCompute {computeId}, number {operationNumber}", () => inner.EnsureComputeAsync(computeId, operationNumber, spec, cancellationToken), Shown, () => Note(computes, computeId, operationNumber));

    public Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken) =>
        AskAsync($"GetCompute {computeId}", () => inner.GetComputeAsync(computeId, cancellationToken), c => c is null ? "NOT_FOUND" : Shown(c));

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => AskAsync(
        "ListComputes", () => inner.ListComputesAsync(cancellationToken), c => $"{c.Count} computes{(c.Count is > 0 and <= 5 ? ": " + string.Join(", ", c.Select(x => x.ComputeId)) : "")}");

    public Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken) => AskAsync(
        $"SetPowerState {computeId}, number {operationNumber}, {powerState}", () => inner.SetPowerStateAsync(computeId, operationNumber, powerState, cancellationToken), Shown,
        () => Note(computes, computeId, operationNumber));

    public Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken) => AskAsync(
        $"DeleteComputeIfAny {computeId}, number {operationNumber}", () => inner.DeleteComputeIfAnyAsync(computeId, operationNumber, cancellationToken), () => Note(computes, computeId, operationNumber));

    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var watch = inner.WatchComputesAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await AskAsync("WatchComputes, the next", async () => await watch.MoveNextAsync(), more => more ? $"{watch.Current.Kind} {watch.Current.ComputeId} {watch.Current.Compute?.State}" : "the end"))
        {
            yield return watch.Current;
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken) =>
        AskAsync($"ReadLog {computeId}, {tailBytes} bytes", () => inner.ReadLogAsync(computeId, tailBytes, cancellationToken), l => $"{l.Text.Length} characters");

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) =>
        AskAsync($"ReadStatistics {computeId}", () => inner.ReadStatisticsAsync(computeId, cancellationToken), s => s.ToString());

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) =>
        AskAsync($"ListEvents {computeId}", () => inner.ListEventsAsync(computeId, cancellationToken), e => $"{e.Count} events");

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) => AskAsync(
        $"EnsureNetwork {networkId}, number {operationNumber}, cidr '{spec.Cidr}'", () => inner.EnsureNetworkAsync(networkId, operationNumber, spec, cancellationToken), n => $"{n.NetworkId}, {n.Cidr}, number {n.OperationNumber}",
        () => Note(networks, networkId, operationNumber));

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) =>
        AskAsync("ListNetworks", () => inner.ListNetworksAsync(cancellationToken), n => $"{n.Count} networks");

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) => AskAsync(
        $"DeleteNetworkIfAny {networkId}, number {operationNumber}", () => inner.DeleteNetworkIfAnyAsync(networkId, operationNumber, cancellationToken), () => Note(networks, networkId, operationNumber));

    private static string Shown(Compute compute) =>
        $"{compute.State.ToString().ToUpperInvariant()} ({compute.Reason}), number {compute.OperationNumber}, made {compute.CreatedAt:O}";

    private static void Note(ConcurrentDictionary<string, long> keys, string key, long number) => keys.AddOrUpdate(key, number, (_, before) => Math.Max(before, number));

    private Task<bool> AskAsync(string asked, Func<Task> call, Action? mayExist = null) => AskAsync(asked, async () =>
    {
        await call();
        return true;
    }, _ => "OK", mayExist);

    private async Task<T> AskAsync<T>(string asked, Func<Task<T>> call, Func<T, string> shown, Action? mayExist = null)
    {
        try
        {
            var answer = await call();
            mayExist?.Invoke();
            last = new(asked, shown(answer));
            return answer;
        }
        catch (FailureException e)
        {
            // A refusal made nothing; whoever could not be reached, or is not sure, may have.
            if (e.Failure.Kind is FailureKind.Unavailable or FailureKind.DeadlineExceeded or FailureKind.Cancelled or FailureKind.Internal)
            {
                mayExist?.Invoke();
            }

            last = new(asked, $"{Words.Code(e.Failure)} ({e.Failure.Message})");
            throw;
        }
        catch (OperationCanceledException)
        {
            mayExist?.Invoke();
            last = new(asked, "no answer until the call was cancelled");
            throw;
        }
    }
}
