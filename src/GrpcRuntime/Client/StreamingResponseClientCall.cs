using Grpc.Core;
using Grpc.Net.Client;

namespace Mano.GrpcRuntime.Client;

/// <summary>A call with a stream of responses, which is read straight from the connection: what nobody reads stays with the server.</summary>
internal abstract class StreamingResponseClientCall<TRequest, TResponse>(
    GrpcChannel channel, Method<TRequest, TResponse> method, CancellationToken callerCancels)
    : ClientCall(channel, callerCancels), IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private Task<ResponseReader<TResponse>?>? _opened;
    private TResponse? _current;
    private int _busy;

    public TResponse Current => _current ?? throw new InvalidOperationException("There is no current message: MoveNext has not returned true.");

    protected sealed override Method<TRequest, TResponse> Method => method;

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Exchange(ref _busy, 1) != 0)
        {
            throw new InvalidOperationException("The previous read has not finished; await it before the next one.");
        }

        using var registration = cancellationToken.CanBeCanceled
            ? cancellationToken.UnsafeRegister(static call => ((ClientCall)call!).Cancel("A read of the call was cancelled."), this)
            : default;
        try
        {
            return await ReadAsync();
        }
        catch (Exception ex)
        {
            throw EndBy(ex);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    protected override Task AnswerAsync() => _opened ?? Task.CompletedTask;

    protected void Start(HttpContent content, string? host, in CallOptions options) => _opened = OpenAsync(content, host, options);

    private async Task<bool> ReadAsync()
    {
        var reader = await _opened!;
        _current = reader is null || HasEnded ? null : await reader.ReadAsync(Cancelled);
        if (_current is not null)
        {
            return true;
        }

        if (!HasEnded)
        {
            EndByTrailers();
        }

        reader?.Release();
        return Failure is null ? false : throw Failure;
    }

    /// <summary>Null: the call has ended, or has trailers only. Never throws, for nobody may ever read.</summary>
    private async Task<ResponseReader<TResponse>?> OpenAsync(HttpContent content, string? host, CallOptions options)
    {
        try
        {
            var head = await SendAsync(content, host, options);
            if (head.TrailersOnly)
            {
                EndByTrailers();
                return null;
            }

            var body = await Channel.BodyOfAsync(Response!, Cancelled);
            return new ResponseReader<TResponse>(body, method.ResponseMarshaller.ContextualDeserializer, head.MayBePacked, Channel.MaxReceiveMessageSize);
        }
        catch (Exception ex)
        {
            EndBy(ex);
            return null;
        }
    }
}
