namespace Grpc.Core;

/// <summary>A call that somebody made of functions, with a state or without.</summary>
internal sealed class AsyncCallFunctions(
    Func<object, Task<Metadata>> headers, Func<object, Status> getStatus, Func<object, Metadata> getTrailers, Action<object> dispose, object state) : IAsyncCall
{
    public AsyncCallFunctions(Task<Metadata> headers, Func<Status> getStatus, Func<Metadata> getTrailers, Action dispose)
        : this(_ => headers, _ => getStatus(), _ => getTrailers(), _ => dispose(), headers)
    {
    }

    public Task<Metadata> ResponseHeadersAsync => headers(state);

    public Status GetStatus() => getStatus(state);

    public Metadata GetTrailers() => getTrailers(state);

    public void Dispose() => dispose(state);
}
