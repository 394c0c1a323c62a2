using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Mano.GrpcRuntime.Server;

/// <content>
/// The end of a call. It has one, brought about by whichever is first: the handler, or the deadline. A deadline does not wait for the
/// handler: the caller gets its status at once, and what the handler writes later is refused.
/// </content>
internal sealed partial class HttpServerCallContext
{
    // One word says who may touch the response; a call costs no lock.
    private const int Writing = 1;
    private const int Ended = 2;
    private const int EndedByDeadline = 4;

    private int _state;
    private bool _messageWritten;
    private ServerDeadline? _deadline;

    /// <summary>For reads of the request: the server's own body reader notices the caller going by itself.</summary>
    public CancellationToken ReadToken => _deadline?.CancellationToken ?? CancellationToken.None;

    public bool HasEnded => (Volatile.Read(ref _state) & Ended) != 0;

    protected override DateTime DeadlineCore => _deadline?.At ?? DateTime.MaxValue;

    /// <summary>Cancelled when the caller goes, and when the deadline passes.</summary>
    protected override CancellationToken CancellationTokenCore => _deadline?.CancellationToken ?? HttpContext.RequestAborted;

    /// <summary>Claims the response for one write.</summary>
    /// <exception cref="InvalidOperationException">The call has ended, or another write is under way.</exception>
    public void BeginWrite()
    {
        var before = Interlocked.CompareExchange(ref _state, Writing, 0);
        if (before != 0)
        {
            throw new InvalidOperationException((before & Ended) != 0
                ? "The call has ended; nothing more can be written."
                : "The previous write has not finished; await it before the next one.");
        }
    }

    public void EndWrite() => Interlocked.And(ref _state, ~Writing);

    /// <summary>From now on the status goes into trailers.</summary>
    public void MessageWritten() => _messageWritten = true;

    /// <summary>Claims the end for the handler; false: the deadline was first.</summary>
    public bool TryEnd() => (Interlocked.Or(ref _state, Ended) & Ended) == 0;

    /// <summary>Sends a status, after <see cref="TryEnd"/>.</summary>
    public void Send(in Status status, Metadata? thrown = null) =>
        GrpcResponse.End(HttpContext, status, _messageWritten, _trailers, thrown);

    /// <summary>Ends the call because of an exception.</summary>
    public void EndBy(Exception cause)
    {
        if (!TryEnd())
        {
            return;
        }

        if (cause is BrokenFrameException)
        {
            _served.Log.ResponseBroken(Method, cause);
            Reset(GrpcProtocol.Http2InternalError);
            return;
        }

        var (status, trailers) = HandlerFailures.StatusOf(cause, this, _served.Log);
        Send(status, trailers);
    }

    /// <summary>Releases the deadline, and waits until its answer is out.</summary>
    public ValueTask CloseAsync()
    {
        if (_deadline is not { IsTimed: true })
        {
            return default;
        }

        _deadline.Stop();
        var before = Interlocked.Or(ref _state, Ended);
        return (before & EndedByDeadline) == 0 ? default : new ValueTask(_deadline.Answered);
    }

    private void StartDeadline(TimeSpan timeout)
    {
        _deadline = new ServerDeadline(timeout);
        _deadline.Start(timeout, this);
    }

    /// <summary>What the timer of <see cref="ServerDeadline"/> does.</summary>
    internal void PassDeadline()
    {
        _deadline!.Pass();
        int before;
        do
        {
            before = Volatile.Read(ref _state);
            if ((before & Ended) != 0)
            {
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _state, before | Ended | EndedByDeadline, before) != before);

        _served.Log.DeadlinePassed(Method);
        _ = AnswerAsync(writing: (before & Writing) != 0);
    }

    private async Task AnswerAsync(bool writing)
    {
        try
        {
            if (writing)
            {
                // A write is held back by the caller: there is no way to put a status behind it.
                Reset(GrpcProtocol.Http2Cancel);
            }
            else
            {
                Send(new Status(StatusCode.DeadlineExceeded, "The deadline of the call has passed."));
                await HttpContext.Response.CompleteAsync();
                Reset(GrpcProtocol.Http2NoError);
            }
        }
        catch (Exception ex)
        {
            _served.Log.ResponseBroken(Method, ex);
        }
        finally
        {
            await _deadline!.AnswerAsync();
        }
    }

    private void Reset(int code) => HttpContext.Features.Get<IHttpResetFeature>()?.Reset(code);
}
