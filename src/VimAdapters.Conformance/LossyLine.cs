using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Conformance;

/// <summary>The adapter behind a line that can be told to lose a reply: the adapter gets the call and answers, and nobody hears it.</summary>
/// <param name="vim">The adapter, through the line.</param>
/// <param name="proxy">The line.</param>
public sealed class LossyLine(IVimAdapter vim, LossyProxy proxy) : IAsyncDisposable
{
    public IVimAdapter Vim => vim;

    /// <summary>Makes the call and loses its reply; fails where the line could not do it.</summary>
    public async Task LoseReplyAsync(Func<IVimAdapter, Task> call)
    {
        proxy.LoseNextReply();
        try
        {
            await call(vim);
        }
        catch (Mano.Mesh.Failures.FailureException e) when (e.Failure.Kind is Mesh.Failures.FailureKind.Unavailable or Mesh.Failures.FailureKind.Internal or Mesh.Failures.FailureKind.Cancelled)
        {
            // As whoever lost a reply sees it.
        }

        if (!proxy.HasLost)
        {
            throw new NotShownException("the line saw no reply to lose: the adapter does not speak HTTP/2 without TLS");
        }
    }

    public ValueTask DisposeAsync() => proxy.DisposeAsync();
}
