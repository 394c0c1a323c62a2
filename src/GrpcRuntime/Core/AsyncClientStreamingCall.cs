using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A stream of requests, one response; await it for the response.</summary>
public sealed class AsyncClientStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly IClientStreamWriter<TRequest> _requestStream;
    private readonly Task<TResponse> _response;
    private readonly IAsyncCall _call;

    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction)
    {
        _requestStream = requestStream;
        _response = responseAsync;
        _call = new AsyncCallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    public AsyncClientStreamingCall(
        IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc, Func<object, Metadata> getTrailersFunc, Action<object> disposeAction, object state)
    {
        _requestStream = requestStream;
        _response = responseAsync;
        _call = new AsyncCallFunctions(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    internal AsyncClientStreamingCall(IClientStreamWriter<TRequest> requestStream, Task<TResponse> responseAsync, IAsyncCall call)
    {
        _requestStream = requestStream;
        _response = responseAsync;
        _call = call;
    }

    /// <summary>The requests of this client.</summary>
    public IClientStreamWriter<TRequest> RequestStream => _requestStream;

    /// <summary>The response, or the failure of the call.</summary>
    public Task<TResponse> ResponseAsync => _response;

    /// <summary>The server's headers, once they are here.</summary>
    public Task<Metadata> ResponseHeadersAsync => _call.ResponseHeadersAsync;

    public TaskAwaiter<TResponse> GetAwaiter() => _response.GetAwaiter();

    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        _response.ConfigureAwait(continueOnCapturedContext);

    /// <summary>The status of the call; refused with <see cref="InvalidOperationException"/> while it runs.</summary>
    public Status GetStatus() => _call.GetStatus();

    /// <summary>The server's trailers; refused with <see cref="InvalidOperationException"/> while the call runs.</summary>
    public Metadata GetTrailers() => _call.GetTrailers();

    /// <summary>Cancels the call unless it has ended; harmless afterwards.</summary>
    public void Dispose() => _call.Dispose();
}
