namespace Grpc.Core;

/// <summary>The functions behind the members that all four call objects share; with a state, so that no closure is needed.</summary>
internal readonly struct AsyncCallState
{
    private readonly object? _headers;
    private readonly Delegate _getStatus;
    private readonly Delegate _getTrailers;
    private readonly Delegate _dispose;
    private readonly object? _state;

    public AsyncCallState(Task<Metadata> headers, Func<Status> getStatus, Func<Metadata> getTrailers, Action dispose)
    {
        _headers = headers;
        _getStatus = getStatus;
        _getTrailers = getTrailers;
        _dispose = dispose;
        _state = null;
    }

    public AsyncCallState(
        Func<object, Task<Metadata>> headers, Func<object, Status> getStatus, Func<object, Metadata> getTrailers, Action<object> dispose, object state)
    {
        _headers = headers;
        _getStatus = getStatus;
        _getTrailers = getTrailers;
        _dispose = dispose;
        _state = state;
    }

    public Task<Metadata> ResponseHeadersAsync() =>
        _headers as Task<Metadata> ?? ((Func<object, Task<Metadata>>)_headers!)(_state!);

    public Status GetStatus() => _getStatus is Func<Status> plain ? plain() : ((Func<object, Status>)_getStatus)(_state!);

    public Metadata GetTrailers() => _getTrailers is Func<Metadata> plain ? plain() : ((Func<object, Metadata>)_getTrailers)(_state!);

    public void Dispose()
    {
        if (_dispose is Action plain)
        {
            plain();
        }
        else
        {
            ((Action<object>)_dispose)(_state!);
        }
    }
}
