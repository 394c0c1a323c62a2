using System.Runtime.CompilerServices;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Vims;

/// <summary>
/// A VIM connection by its name: what the hosts that use it hold on to, while the adapter behind it is opened, exchanged or not to be had.
/// Without one every call is refused, retryably, with the reason.
/// </summary>
internal sealed class SharedVim(string name, TimeProvider clock) : IVimAdapter
{
    /// <summary>How long calls that are under way may go on when the adapter is exchanged.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private AdapterLease? lease;
    private Failure? fault;
    private TaskCompletionSource? exchanging;

    /// <summary>Grows with each exchange: what was known of the VIM before may not hold.</summary>
    public int Incarnation { get; private set; }

    /// <summary>Why there is no adapter; null when there is one.</summary>
    public Failure? Fault
    {
        get
        {
            lock (gate)
            {
                return lease is not null || exchanging is not null ? null : fault ?? NotThere();
            }
        }
    }

    /// <summary>
    /// Ends the adapter that there is and opens another; calls wait meanwhile. When it cannot be opened its failure is what calls
    /// are answered with, and is thrown too.
    /// </summary>
    /// <param name="open">Makes the next one; null: there shall be none any more.</param>
    public async Task Exchange(Func<AdapterLease>? open)
    {
        AdapterLease? old;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            (old, lease, exchanging) = (lease, null, done);
        }

        AdapterLease? next = null;
        Failure? why = null;
        try
        {
            if (old is not null)
            {
                await old.End(Patience, clock);
            }

            next = open?.Invoke();
        }
        catch (FailureException e)
        {
            why = e.Failure;
            throw;
        }
        finally
        {
            lock (gate)
            {
                (lease, fault, exchanging) = (next, why, null);
                Incarnation++;
            }

            done.SetResult();
        }
    }

    public Task<VimCapabilities> GetCapabilitiesAsync(CancellationToken cancellationToken) => Use((vim, c) => vim.GetCapabilitiesAsync(c), cancellationToken);

    public async Task<IReadOnlyList<ConnectionCheck>> CheckConnectionAsync(CancellationToken cancellationToken)
    {
        var secrets = lease?.Secrets ?? [];
        return [.. (await Use((vim, c) => vim.CheckConnectionAsync(c), cancellationToken)).Select(check => Redaction.Of(check, secrets))];
    }

    public Task<VimCapacity> GetCapacityAsync(CancellationToken cancellationToken) => Use((vim, c) => vim.GetCapacityAsync(c), cancellationToken);

    public Task<VimImage> EnsureImageAsync(ImageSource source, CancellationToken cancellationToken) => Use((vim, c) => vim.EnsureImageAsync(source, c), cancellationToken);

    public Task<IReadOnlyList<VimImage>> ListImagesAsync(CancellationToken cancellationToken) => Use((vim, c) => vim.ListImagesAsync(c), cancellationToken);

    public Task DeleteImageIfAnyAsync(string digest, CancellationToken cancellationToken) => Use((vim, c) => Void(vim.DeleteImageIfAnyAsync(digest, c)), cancellationToken);

    public Task<Compute> EnsureComputeAsync(string computeId, long operationNumber, ComputeSpec spec, CancellationToken cancellationToken) =>
        Use((vim, c) => vim.EnsureComputeAsync(computeId, operationNumber, spec, c), cancellationToken);

    public Task<Compute?> GetComputeAsync(string computeId, CancellationToken cancellationToken) => Use((vim, c) => vim.GetComputeAsync(computeId, c), cancellationToken);

    public Task<IReadOnlyList<Compute>> ListComputesAsync(CancellationToken cancellationToken) => Use((vim, c) => vim.ListComputesAsync(c), cancellationToken);

    public Task<Compute> SetPowerStateAsync(string computeId, long operationNumber, PowerState powerState, CancellationToken cancellationToken) =>
        Use((vim, c) => vim.SetPowerStateAsync(computeId, operationNumber, powerState, c), cancellationToken);

    public Task DeleteComputeIfAnyAsync(string computeId, long operationNumber, CancellationToken cancellationToken) =>
        Use((vim, c) => Void(vim.DeleteComputeIfAnyAsync(computeId, operationNumber, c)), cancellationToken);

    /// <summary>Ends when the adapter is exchanged; who watches opens it again and has the snapshot.</summary>
    public async IAsyncEnumerable<ComputeEvent> WatchComputesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var used = await Enter(cancellationToken);
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(used.WatchesEnd, cancellationToken);
            await using var told = used.Adapter.WatchComputesAsync(both.Token).GetAsyncEnumerator(both.Token);
            while (await Next(told, used, cancellationToken))
            {
                yield return told.Current;
            }
        }
        finally
        {
            used.Leave();
        }
    }

    public Task<ComputeLog> ReadLogAsync(string computeId, int tailBytes, CancellationToken cancellationToken) =>
        Use((vim, c) => vim.ReadLogAsync(computeId, tailBytes, c), cancellationToken);

    public Task<ComputeStatistics> ReadStatisticsAsync(string computeId, CancellationToken cancellationToken) =>
        Use((vim, c) => vim.ReadStatisticsAsync(computeId, c), cancellationToken);

    public Task<IReadOnlyList<VimEvent>> ListEventsAsync(string computeId, CancellationToken cancellationToken) =>
        Use((vim, c) => vim.ListEventsAsync(computeId, c), cancellationToken);

    public Task<VimNetwork> EnsureNetworkAsync(string networkId, long operationNumber, NetworkSpec spec, CancellationToken cancellationToken) =>
        Use((vim, c) => vim.EnsureNetworkAsync(networkId, operationNumber, spec, c), cancellationToken);

    public Task<IReadOnlyList<VimNetwork>> ListNetworksAsync(CancellationToken cancellationToken) => Use((vim, c) => vim.ListNetworksAsync(c), cancellationToken);

    public Task DeleteNetworkIfAnyAsync(string networkId, long operationNumber, CancellationToken cancellationToken) =>
        Use((vim, c) => Void(vim.DeleteNetworkIfAnyAsync(networkId, operationNumber, c)), cancellationToken);

    private async Task<T> Use<T>(Func<IVimAdapter, CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var used = await Enter(cancel);
        try
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(used.CallsEnd, cancel);
            return await call(used.Adapter, both.Token);
        }
        catch (FailureException e) when (used.Secrets.Count > 0)
        {
            throw new FailureException(Redaction.Of(e.Failure, used.Secrets));
        }
        catch (Exception e) when (used.CallsEnd.IsCancellationRequested && !cancel.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            throw Failure.Unavailable("VIM_EXCHANGED", $"The connection to VIM {name} was changed while this was under way.", $"vim/{name}").ToException();
        }
        finally
        {
            used.Leave();
        }
    }

    private static async Task<bool> Next(IAsyncEnumerator<ComputeEvent> told, AdapterLease used, CancellationToken cancel)
    {
        try
        {
            return await told.MoveNextAsync();
        }
        catch (FailureException e) when (used.Secrets.Count > 0)
        {
            throw new FailureException(Redaction.Of(e.Failure, used.Secrets));
        }
        catch (Exception e) when (used.WatchesEnd.IsCancellationRequested && !cancel.IsCancellationRequested && e is OperationCanceledException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task<AdapterLease> Enter(CancellationToken cancel)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (lease is { } present && present.TryEnter())
                {
                    return present;
                }

                wait = exchanging?.Task ?? throw (fault ?? NotThere()).ToException();
            }

            await wait.WaitAsync(cancel);
        }
    }

    /// <summary>Unavailable, so that it is tried again: an operator may add it at any moment.</summary>
    private Failure NotThere() => Failure.Unavailable("VIM_UNKNOWN", $"This site has no VIM '{name}'; 'mano vim add {name}' adds it.", $"vim/{name}");

    private static async Task<bool> Void(Task work)
    {
        await work;
        return true;
    }
}
