using Grpc.Core;

namespace Mano.Mesh.Channels;

/// <summary>One call of a <see cref="FailoverCallInvoker"/>: the peers it has tried, and what of the newest try the caller may see.</summary>
internal sealed class Attempts : IDisposable
{
    private readonly FailoverCallInvoker invoker;
    private readonly CallOptions options;
    private readonly CancellationTokenSource stop;
    private volatile Current? current;

    public Attempts(FailoverCallInvoker invoker, CallOptions options)
    {
        this.invoker = invoker;
        stop = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken);
        this.options = options.WithCancellationToken(stop.Token);
    }

    public CancellationToken Stopped => stop.Token;

    /// <summary>Tries peer after peer until one answers, or fails in a way that another would repeat.</summary>
    public async Task<T> Run<T>(Func<CallInvoker, CallOptions, Task<T>> call)
    {
        var order = invoker.Order();
        for (var at = 0; ; at++)
        {
            var peer = order[at];
            try
            {
                var result = await call(invoker.Invoker(peer), options).ConfigureAwait(false);
                invoker.Answered(peer);
                return result;
            }
            catch (Exception e) when (FailoverCallInvoker.IsAway(e, stop.Token) && at + 1 < order.Count)
            {
                invoker.Failed(peer);
                current?.Call.Dispose();
            }
            catch (Exception e) when (Blames(e, peer))
            {
                throw;
            }
        }
    }

    /// <summary>Remembers a peer that is away, or that nobody wanted to wait for longer; never handles the exception.</summary>
    public bool Blames(Exception e, string peer)
    {
        if (FailoverCallInvoker.IsAway(e, default) || FailoverCallInvoker.IsLate(e))
        {
            invoker.Failed(peer);
        }

        return false;
    }

    /// <summary>The newest try.</summary>
    public void Now(Task<Metadata> headers, Func<Status> status, Func<Metadata> trailers, IDisposable call)
    {
        current = new(headers, status, trailers, call);
        if (stop.IsCancellationRequested)
        {
            call.Dispose();
        }
    }

    /// <summary>The headers of the try that succeeded.</summary>
    public async Task<Metadata> HeadersAsync(Task succeeded)
    {
        await succeeded.ConfigureAwait(false);
        return await current!.Headers.ConfigureAwait(false);
    }

    public Status GetStatus() => Newest().Status();

    public Metadata GetTrailers() => Newest().Trailers();

    public void Dispose()
    {
        stop.Cancel();
        current?.Call.Dispose();
    }

    private Current Newest() => current ?? throw new InvalidOperationException("The call has not begun.");

    private sealed record Current(Task<Metadata> Headers, Func<Status> Status, Func<Metadata> Trailers, IDisposable Call);
}
