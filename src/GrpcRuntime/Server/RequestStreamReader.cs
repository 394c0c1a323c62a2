using Grpc.Core;

namespace Mano.GrpcRuntime.Server;

/// <summary>The requests of a streaming call; what the handler does not read stays with the caller, by flow control.</summary>
internal sealed class RequestStreamReader<T>(HttpServerCallContext context, Func<DeserializationContext, T> deserializer) : IAsyncStreamReader<T>
    where T : class
{
    private T? _current;
    private int _busy;
    private bool _atEnd;

    public T Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_atEnd)
        {
            return false;
        }

        if (context.HasEnded)
        {
            throw new InvalidOperationException("The call has ended; nothing more can be read.");
        }

        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("The previous read has not finished; await it before the next one.");
        }

        try
        {
            _current = await ReadAsync(cancellationToken);
            _atEnd = _current is null;
            return !_atEnd;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private async ValueTask<T?> ReadAsync(CancellationToken cancellationToken)
    {
        var own = context.ReadToken;
        var body = context.HttpContext.Request.BodyReader;
        if (!cancellationToken.CanBeCanceled || cancellationToken == own)
        {
            return await RequestReader.ReadAsync(context, body, deserializer, own);
        }

        if (!own.CanBeCanceled)
        {
            return await RequestReader.ReadAsync(context, body, deserializer, cancellationToken);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, own);
        return await RequestReader.ReadAsync(context, body, deserializer, either.Token);
    }
}
