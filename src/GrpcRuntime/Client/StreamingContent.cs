using System.Net;

namespace Mano.GrpcRuntime.Client;

/// <summary>A request that stays open: hands its stream to the writer and ends when the writer says so.</summary>
internal sealed class StreamingContent : HttpContent
{
    private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The stream, once the request is under way; cancelled if the call ends before.</summary>
    public Task<Stream> Stream => _stream.Task;

    /// <summary>Ends the request; the server sees the end of the stream.</summary>
    public void Complete() => _complete.TrySetResult();

    /// <summary>Gives the request up.</summary>
    public void Abort()
    {
        _stream.TrySetCanceled();
        _complete.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        // The head goes out at once: the server may answer before the first message.
        await stream.FlushAsync(cancellationToken);
        _stream.TrySetResult(stream);
        await _complete.Task.WaitAsync(cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
