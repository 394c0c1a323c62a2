namespace Grpc.Core;

/// <summary>A stream each way.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly IClientStreamWriter<TRequest> _requestStream;
    private readonly IAsyncStreamReader<TResponse> _responseStream;
    private readonly IAsyncCall _call;

    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        _requestStream = requestStream;
        _responseStream = responseStream;
        _call = new AsyncCallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        _requestStream = requestStream;
        _responseStream = responseStream;
        _call = new AsyncCallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    internal AsyncDuplexStreamingCall(IClientStreamWriter<TRequest> requestStream, IAsyncStreamReader<TResponse> responseStream, IAsyncCall call)
    {
        _requestStream = requestStream;
        _responseStream = responseStream;
        _call = call;
    }

    /// <summary>The requests of this client.</summary>
    public IClientStreamWriter<TRequest> RequestStream => _requestStream;

    /// <summary>The responses of the server.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream => _responseStream;

    /// <summary>The server's headers, once they are here.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.ResponseHeadersAsync;

    /// <summary>The status of the call; refused with <see cref="InvalidOperationException"/> while it runs.</summary>
    public Status GetStatus() => _call.GetStatus();

    /// <summary>The server's trailers; refused with <see cref="InvalidOperationException"/> while the call runs.</summary>
    public Metadata GetTrailers() => _call.GetTrailers();

    /// <summary>Cancels the call unless it has ended; harmless afterwards.</summary>
    public void Dispose() => _call.Dispose();
}
