using Grpc.Core;

namespace Mano.Mesh.Channels;

/// <summary>
/// Calls one of several peers that are as good as one another: the one that answered last, and when that is away the
/// next, each once. For calls that may be repeated, and for those alone: a call whose answer was lost is made again at
/// another peer. A peer that let a deadline pass is not asked again first.
/// </summary>
/// <param name="channels">Where channels come from.</param>
/// <param name="peers">The addresses, asked anew for each call; the order is that of preference.</param>
/// <param name="what">What they are, for the sentence when there is none: <c>MEO</c>.</param>
public sealed class FailoverCallInvoker(GrpcChannels channels, Func<IReadOnlyList<string>> peers, string what) : CallInvoker
{
    private volatile string preferred = "";

    /// <summary>The peer that is asked first; empty until one answered.</summary>
    public string Preferred => preferred;

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        using var call = AsyncUnaryCall(method, host, options, request);
        return call.ResponseAsync.GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var attempt = new Attempts(this, options);
        var answer = attempt.Run(async (invoker, limited) =>
        {
            var call = invoker.AsyncUnaryCall(method, host, limited, request);
            attempt.Now(call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call);
            return await call.ResponseAsync.ConfigureAwait(false);
        });
        return new AsyncUnaryCall<TResponse>(
            answer, _ => attempt.HeadersAsync(answer), _ => attempt.GetStatus(), _ => attempt.GetTrailers(), _ => attempt.Dispose(), attempt);
    }

    /// <summary>Goes to the next peer until the first message has come; a stream that breaks later is the caller's to resume.</summary>
    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        var attempt = new Attempts(this, options);
        var reader = new FailoverStreamReader<TResponse>(attempt, (invoker, limited) =>
        {
            var call = invoker.AsyncServerStreamingCall(method, host, limited, request);
            attempt.Now(call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call);
            return call.ResponseStream;
        });
        return new AsyncServerStreamingCall<TResponse>(
            reader, _ => attempt.HeadersAsync(reader.Opened), _ => attempt.GetStatus(), _ => attempt.GetTrailers(), _ => attempt.Dispose(), attempt);
    }

    /// <summary>To one peer, for requests that have been sent cannot be sent again.</summary>
    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Invoker(Order()[0]).AsyncClientStreamingCall(method, host, options);

    /// <summary>To one peer, for requests that have been sent cannot be sent again.</summary>
    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        Invoker(Order()[0]).AsyncDuplexStreamingCall(method, host, options);

    /// <summary>Whether this end of a call says that another peer may do better.</summary>
    internal static bool IsAway(Exception e, CancellationToken caller) => !caller.IsCancellationRequested && e switch
    {
        // A peer that was killed resets its streams, which arrives as CANCELLED.
        RpcException rpc => rpc.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled,
        OperationCanceledException => !IsLate(e),
        _ => false,
    };

    internal static bool IsLate(Exception e) =>
        (e as RpcException ?? e.InnerException as RpcException)?.StatusCode == StatusCode.DeadlineExceeded;

    internal CallInvoker Invoker(string peer) => channels.For(peer).CreateCallInvoker();

    internal void Answered(string peer) => preferred = peer;

    /// <summary>Another is asked first from now on.</summary>
    internal void Failed(string peer)
    {
        var all = peers().ToList();
        if (all.Count > 0 && (preferred == peer || !all.Contains(preferred)))
        {
            preferred = all[(all.IndexOf(peer) + 1) % all.Count];
        }
    }

    internal IReadOnlyList<string> Order()
    {
        var all = peers();
        if (all.Count == 0)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, $"No {what} is known at the moment."));
        }

        var first = preferred;
        var at = Math.Max(0, all.ToList().IndexOf(first));
        return [.. all.Skip(at), .. all.Take(at)];
    }
}
