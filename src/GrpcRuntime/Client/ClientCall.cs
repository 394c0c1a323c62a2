using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Net.Client;
using Mano.GrpcRuntime.Internal;

namespace Mano.GrpcRuntime.Client;

/// <summary>What all calls of a client share: the end of the call (once, whoever brings it about), deadline, cancellation, headers and trailers.</summary>
/// <param name="callerCancels">The caller's own token.</param>
internal abstract class ClientCall(GrpcChannel channel, CancellationToken callerCancels) : IAsyncCall
{
    private static readonly object EndedWell = new();

    private readonly CancellationTokenSource _cancel = CancellationPool.Rent();
    private CancellationTokenRegistration _callerToken;
    private ITimer? _deadlineTimer;
    private TaskCompletionSource<Metadata>? _headers;
    private HttpResponseMessage? _response;

    // EndedWell, the RpcException that ended the call, or that which our own side ended it with; whoever sets it has ended the call. With that a call needs no lock: what others
    // set (response, headers, timer) they set before they look here, and who ends the call looks for it afterwards.
    private object? _end;

    protected GrpcChannel Channel => channel;

    protected abstract IMethod Method { get; }

    /// <summary>Cancelled when the call ends before its time.</summary>
    protected CancellationToken Cancelled => _cancel.Token;

    protected HttpResponseMessage? Response => _response;

    /// <summary>Whether the call has its status.</summary>
    protected bool HasEnded => Volatile.Read(ref _end) is not null;

    /// <summary>Why the call ended, unless with OK.</summary>
    protected RpcException? Failure => _end is OwnEnd own ? own.Failure : _end as RpcException;

    public Task<Metadata> ResponseHeadersAsync
    {
        get
        {
            if (_headers is null)
            {
                Interlocked.CompareExchange(ref _headers, new TaskCompletionSource<Metadata>(TaskCreationOptions.RunContinuationsAsynchronously), null);
                SettleHeaders();
            }

            return _headers.Task;
        }
    }

    public Status GetStatus() => HasEnded
        ? Failure?.Status ?? Status.DefaultSuccess
        : throw new InvalidOperationException("The call has not ended, so there is no status yet: await its response first.");

    public Metadata GetTrailers() => HasEnded
        ? Failure?.Trailers ?? (_response is null ? Metadata.Empty : ResponseMetadata.TrailersOf(_response))
        : throw new InvalidOperationException("The call has not ended, so there are no trailers yet: await its response first.");

    public void Dispose() => Cancel("The call was disposed.");

    /// <summary>Ends the call as CANCELLED unless it has ended.</summary>
    public void Cancel(string why)
    {
        if (!HasEnded)
        {
            End(new OwnEnd(Failures.Of(StatusCode.Cancelled, why)));
        }
    }

    /// <summary>Sends the request and checks the response's head; throws what ends the call otherwise.</summary>
    protected ValueTask<ResponseHead> SendAsync(HttpContent content, string? host, in CallOptions options)
    {
        Arm(options.Deadline);
        var request = RequestHead.Of(channel, Method, host, options, content);
        return options.Credentials is null && channel.Credentials.Interceptors.Count == 0 ? SendAsync(request) : SendWithCredentialsAsync(request, options);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ResponseHead> SendAsync(HttpRequestMessage request)
    {
        if (HasEnded)
        {
            throw Failure!;
        }

        var response = await channel.SendAsync(request, _cancel.Token);
        Interlocked.Exchange(ref _response, response);
        SettleHeaders();
        if (HasEnded)
        {
            response.Dispose();
            throw Failure!;
        }

        return ResponseHead.Of(response);
    }

    private async ValueTask<ResponseHead> SendWithCredentialsAsync(HttpRequestMessage request, CallOptions options)
    {
        if (channel.SendsCredentials)
        {
            await RequestHead.AddCredentialsAsync(request, channel, Method, options, _cancel.Token);
        }
        else
        {
            channel.Log.CredentialsNotSent(Method.FullName);
        }

        return await SendAsync(request);
    }

    /// <summary>Ends the call with what the server's trailers say; throws unless that is OK.</summary>
    /// <param name="otherwise">Why the call has failed although the trailers say OK.</param>
    protected void EndByTrailers(RpcException? otherwise = null)
    {
        End(ResponseMetadata.FailureIn(_response!) ?? otherwise ?? EndedWell);
        if (Failure is not null)
        {
            throw Thrown();
        }
    }

    /// <summary>Gives back what can serve the next call; for a call that has ended well and sends and reads nothing any more.</summary>
    protected void Recycle() => CancellationPool.Return(_cancel);

    /// <summary>Ends the call because of an exception, unless it has ended; gives what the caller is to see.</summary>
    protected Exception EndBy(Exception cause)
    {
        // Who cancels has ended the call before: a cancellation that comes otherwise is how the handler ends a request whose connection is gone.
        End(cause as RpcException ?? (cause is OperationCanceledException ? TransportFailures.Lost(cause) : TransportFailures.ToRpcException(cause)));
        return Thrown();
    }

    /// <summary>What a failed write throws. A server that has said its status takes no more requests; then the status is what the writer is told.</summary>
    public async Task<Exception> WriteFailureAsync(Exception cause)
    {
        if (!HasEnded && cause is IOException or OperationCanceledException or HttpRequestException or ObjectDisposedException)
        {
            await AnswerAsync();
        }

        return HasEnded ? Thrown() : cause switch
        {
            RpcException refused => refused,
            OperationCanceledException => Failures.Of(StatusCode.Cancelled, "The server takes no more requests; its status comes after its responses."),
            _ => TransportFailures.ToRpcException(cause),
        };
    }

    /// <summary>Waits for as much of the answer as comes without anybody reading responses; asked of calls that stream their requests.</summary>
    protected virtual Task AnswerAsync() => Task.CompletedTask;

    /// <summary>The exception a caller sees for <see cref="Failure"/>. A cancellation that the server tells is a status like others: nobody here gave up.</summary>
    protected Exception Thrown()
    {
        var failure = Failure ?? new RpcException(Status.DefaultSuccess);
        return channel.ThrowsOperationCanceled && (_end is OwnEnd || failure.StatusCode == StatusCode.DeadlineExceeded)
            ? new OperationCanceledException(failure.Message, failure, callerCancels)
            : failure;
    }

    /// <summary>What a kind of call does when the call ends: release whoever waits.</summary>
    protected virtual void OnEnded()
    {
    }

    /// <summary>Ends the call, once. Tells the server if it does not know yet.</summary>
    /// <param name="end">What <see cref="_end"/> may be.</param>
    private void End(object end)
    {
        if (Interlocked.CompareExchange(ref _end, end, null) is not null)
        {
            return;
        }

        SettleHeaders();
        _deadlineTimer?.Dispose();
        _callerToken.Dispose();
        if (end != EndedWell)
        {
            // Both end the stream with RST_STREAM where it is still open: the token while sending, the response while receiving.
            _cancel.Cancel();
        }

        OnEnded();
        _response?.Dispose();
        channel.Ended(this);
    }

    private void Arm(DateTime? until)
    {
        if (callerCancels.CanBeCanceled)
        {
            _callerToken = callerCancels.UnsafeRegister(static call => ((ClientCall)call!).Cancel("The call was cancelled by its caller."), this);
        }

        if (until is { } deadline && deadline != DateTime.MaxValue)
        {
            var left = deadline.ToUniversalTime() - TimeProvider.System.GetUtcNow().UtcDateTime;
            if (left <= TimeSpan.Zero)
            {
                PassDeadline();
            }
            else if (left < CallTimeout.LongestTimer)
            {
                _deadlineTimer = TimeProvider.System.CreateTimer(
                    static call => ((ClientCall)call!).PassDeadline(), this, left, Timeout.InfiniteTimeSpan);
            }
        }

        Interlocked.MemoryBarrier();
        if (HasEnded)
        {
            // The end came between the two registrations; what was registered after it is taken back here.
            _deadlineTimer?.Dispose();
            _callerToken.Dispose();
        }
    }

    private void PassDeadline() => End(new OwnEnd(Failures.Of(StatusCode.DeadlineExceeded, "The deadline of the call has passed.")));

    /// <summary>Answers whoever has asked for the headers. Who asks, and what answers, may come in any order: the first answer counts.</summary>
    private void SettleHeaders()
    {
        if (_headers is null)
        {
            return;
        }

        if (_response is not null)
        {
            _headers.TrySetResult(ResponseMetadata.HeadersOf(_response));
        }
        else if (HasEnded)
        {
            _headers.TrySetException(Thrown());
            _ = _headers.Task.Exception;
        }
    }

    /// <summary>Our side has ended the call: its caller, or its deadline.</summary>
    private sealed record OwnEnd(RpcException Failure);
}
