using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Vims;

/// <summary>An adapter in use: who calls it enters and leaves, and it is disposed when the last one has left.</summary>
/// <param name="adapter">The adapter; this owns it.</param>
/// <param name="secrets">What it knows and nobody is to read.</param>
#pragma warning disable CA1001 // a source of cancellation without a timer holds nothing, and a late caller may still ask for it
internal sealed class AdapterLease(IVimAdapter adapter, IReadOnlyList<string> secrets)
#pragma warning restore CA1001
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource calls = new();
    private readonly CancellationTokenSource watches = new();
    private readonly TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int inside;
    private bool ending;

    public IVimAdapter Adapter => adapter;

    public IReadOnlyList<string> Secrets => secrets;

    /// <summary>Cancelled when its calls are not waited for any longer.</summary>
    public CancellationToken CallsEnd => calls.Token;

    /// <summary>Cancelled when it is about to go: watches end of themselves only then.</summary>
    public CancellationToken WatchesEnd => watches.Token;

    /// <summary>False: it is about to go.</summary>
    public bool TryEnter()
    {
        lock (gate)
        {
            inside += ending ? 0 : 1;
            return !ending;
        }
    }

    public void Leave()
    {
        lock (gate)
        {
            if (--inside == 0 && ending)
            {
                empty.TrySetResult();
            }
        }
    }

    /// <summary>Lets nobody in, waits for those inside, cancels them when they take too long, and disposes the adapter.</summary>
    public async Task End(TimeSpan patience, TimeProvider clock)
    {
        lock (gate)
        {
            ending = true;
            if (inside == 0)
            {
                empty.TrySetResult();
            }
        }

        await watches.CancelAsync();
        await Task.WhenAny(empty.Task, Task.Delay(patience, clock));
        await calls.CancelAsync();
        // A call that does not even hear its cancellation keeps nobody waiting; the adapter's own call fails under it.
        await Task.WhenAny(empty.Task, Task.Delay(patience, clock));
        await Dispose(adapter);
    }

    public static async ValueTask Dispose(IVimAdapter adapter)
    {
        switch (adapter)
        {
            case IAsyncDisposable vim:
                await vim.DisposeAsync();
                break;
            case IDisposable vim:
                vim.Dispose();
                break;
        }
    }
}
