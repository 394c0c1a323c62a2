using Grpc.Core;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>The requests of a streaming call. A write completes when the connection has taken the bytes, so a slow server holds the writer back.</summary>
internal sealed class RequestWriter<T>(IRequestCall call, StreamingContent content, Action<T, SerializationContext> serializer, int? maxSize, bool compress)
    : IClientStreamWriter<T>
{
    private int _busy;
    private bool _complete;

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        Enter();
        using var registration = cancellationToken.CanBeCanceled
            ? cancellationToken.UnsafeRegister(static c => ((IRequestCall)c!).Cancel("A write of the call was cancelled."), call)
            : default;
        try
        {
            await SendAsync(message);
        }
        catch (Exception ex)
        {
            throw await call.WriteFailureAsync(ex);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public Task CompleteAsync()
    {
        Enter();
        _complete = true;
        content.Complete();
        Volatile.Write(ref _busy, 0);
        return Task.CompletedTask;
    }

    private async Task SendAsync(T message)
    {
        var flags = WriteOptions?.Flags ?? default;
        var stream = await content.Stream;
        var frame = new PooledBuffer();
        FrameWriter.Write(frame, message, serializer, maxSize, compress && !flags.HasFlag(WriteFlags.NoCompress));
        await stream.WriteAsync(frame.Written, call.Cancelled);
        frame.Dispose();
        if (!flags.HasFlag(WriteFlags.BufferHint))
        {
            await stream.FlushAsync(call.Cancelled);
        }
    }

    private void Enter()
    {
        if (_complete)
        {
            throw new InvalidOperationException("The request stream is complete; nothing can be written to it.");
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("The previous write has not finished; await it before the next one.");
        }
    }
}

/// <summary>What a writer needs of its call.</summary>
internal interface IRequestCall
{
    /// <summary>Cancelled when the call ends before its time.</summary>
    CancellationToken Cancelled { get; }

    void Cancel(string why);

    /// <summary>What a failed write throws: the status of the call where it has ended or is about to.</summary>
    Task<Exception> WriteFailureAsync(Exception cause);
}
