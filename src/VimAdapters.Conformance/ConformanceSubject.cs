using Mano.Vim.V1;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>An adapter under test, and what the checks need to know about it. Every default is written here.</summary>
public sealed record ConformanceSubject
{
    /// <summary>What the table calls it.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Opens the adapter on its VIM; called again by the checks on restarts, after the first one was closed: both must meet the
    /// same VIM. What the VIM holds of others, and of ours from before, is left as it is; nobody else changes it meanwhile.
    /// </summary>
    public required Func<Task<IVimAdapter>> Open { get; init; }

    /// <summary>Closes what <see cref="Open"/> opened; the default disposes it, where it can be disposed.</summary>
    public Func<IVimAdapter, ValueTask> Close { get; init; } = DisposeAsync;

    /// <summary>An image that runs until it is stopped and writes a line when it starts.</summary>
    public required ImageSource Image { get; init; }

    /// <summary>An image that ends with 3 at once; null skips the checks on restart policies.</summary>
    public ImageSource? EndingImage { get; init; }

    /// <summary>A chart whose computes run; null skips what only a chart can show.</summary>
    public ImageSource? Chart { get; init; }

    /// <summary>Puts a compute into the VIM that is not ours; null skips that check. The result takes it away.</summary>
    public Func<Task<IAsyncDisposable>>? AddForeignCompute { get; init; }

    /// <summary>Why closing and opening is no restart of the adapter; empty: it is one.</summary>
    public string WhyNoRestart { get; init; } = "";

    /// <summary>The adapter behind a line that loses replies; null skips those checks.</summary>
    public Func<Task<LossyLine>>? OpenLossy { get; init; }

    /// <summary>The gRPC service itself; null skips the checks on what only the wire shows.</summary>
    public VimAdapterService.VimAdapterServiceClient? Service { get; init; }

    /// <summary>What one compute of a check takes. The VIM must have room for ten of them.</summary>
    public VimResources Small { get; init; } = new(50, 32, 0);

    /// <summary>How long a check waits for a state or an answer. 30 s: only a broken adapter of this machine reaches it.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a repetition is repeated.</summary>
    public int Repetitions { get; init; } = 10;

    private static async ValueTask DisposeAsync(IVimAdapter vim)
    {
        if (vim is IAsyncDisposable later)
        {
            await later.DisposeAsync();
        }
        else
        {
            (vim as IDisposable)?.Dispose();
        }
    }
}
