using Grpc.Core;

namespace Mano.Mesh.Channels;

/// <summary>The responses of the first peer that sends one.</summary>
internal sealed class FailoverStreamReader<T>(Attempts attempts, Func<CallInvoker, CallOptions, IAsyncStreamReader<T>> open) : IAsyncStreamReader<T>
{
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IAsyncStreamReader<T>? stream;

    /// <summary>Ends when a peer has sent its first message, or ended the stream without one.</summary>
    public Task Opened => opened.Task;

    public T Current => (stream ?? throw new InvalidOperationException("MoveNext has not been called.")).Current;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (stream is not null)
        {
            return await stream.MoveNext(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var more = await attempts.Run(async (invoker, options) =>
            {
                var tried = open(invoker, options);
                var first = await tried.MoveNext(cancellationToken).ConfigureAwait(false);
                stream = tried;
                return first;
            }).ConfigureAwait(false);
            opened.TrySetResult();
            return more;
        }
        catch (Exception e)
        {
            opened.TrySetException(e);
            _ = opened.Task.Exception;
            throw;
        }
    }
}
