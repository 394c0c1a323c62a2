using Grpc.Core;
using Mano.GrpcRuntime.Internal;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Mano.GrpcRuntime.Server;

/// <summary>
/// The end of one call. It has one, brought about by whichever is first: the handler, or the deadline. A deadline does not wait for the
/// handler: the caller gets its status at once, and what the handler writes later is refused.
/// </summary>
internal sealed class ServerCallEnd(HttpServerCallContext context, ILogger log)
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _cancel;
    private ITimer? _timer;
    private TaskCompletionSource? _deadlineAnswer;
    private bool _messageWritten;
    private bool _writing;
    private bool _ended;

    public DateTime Deadline { get; private set; } = DateTime.MaxValue;

    /// <summary>Cancelled when the caller goes, and when the deadline passes.</summary>
    public CancellationToken CancellationToken => _cancel?.Token ?? context.HttpContext.RequestAborted;

    /// <summary>For reads of the request: the server's own body reader notices the caller going by itself.</summary>
    public CancellationToken ReadToken => _cancel?.Token ?? CancellationToken.None;

    public bool HasEnded => Volatile.Read(ref _ended);

    public void StartDeadline(TimeSpan timeout)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        Deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
        if (timeout < CallTimeout.LongestTimer)
        {
            _cancel = CancellationTokenSource.CreateLinkedTokenSource(context.HttpContext.RequestAborted);
            _timer = TimeProvider.System.CreateTimer(
                static end => ((ServerCallEnd)end!).PassDeadline(), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Claims the response for one write.</summary>
    /// <exception cref="InvalidOperationException">The call has ended, or another write is under way.</exception>
    public void BeginWrite()
    {
        lock (_gate)
        {
            if (_ended)
            {
                throw new InvalidOperationException("The call has ended; nothing more can be written.");
            }

            if (_writing)
            {
                throw new InvalidOperationException("The previous write has not finished; await it before the next one.");
            }

            _writing = true;
        }
    }

    public void EndWrite()
    {
        lock (_gate)
        {
            _writing = false;
        }
    }

    /// <summary>From now on the status goes into trailers.</summary>
    public void MessageWritten() => _messageWritten = true;

    /// <summary>Claims the end for the handler; false: the deadline was first.</summary>
    public bool TryEnd()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _ended = true;
            return true;
        }
    }

    /// <summary>Sends a status, after <see cref="TryEnd"/>.</summary>
    public void Send(in Status status, Metadata? thrown = null) =>
        GrpcResponse.End(context.HttpContext, status, _messageWritten, context.Trailers, thrown);

    /// <summary>Ends the call because of an exception.</summary>
    public void EndBy(Exception cause)
    {
        if (!TryEnd())
        {
            return;
        }

        if (cause is BrokenFrameException)
        {
            log.ResponseBroken(context.Method, cause);
            Reset(GrpcProtocol.Http2InternalError);
            return;
        }

        var (status, trailers) = HandlerFailures.StatusOf(cause, context, log);
        Send(status, trailers);
    }

    /// <summary>Releases the deadline, and waits until its answer is out.</summary>
    public ValueTask CloseAsync()
    {
        if (_timer is null)
        {
            return default;
        }

        _timer.Dispose();
        lock (_gate)
        {
            _ended = true;
            return _deadlineAnswer is null ? default : new ValueTask(_deadlineAnswer.Task);
        }
    }

    private void PassDeadline()
    {
        bool writing;
        lock (_gate)
        {
            if (_ended)
            {
                return;
            }

            _ended = true;
            _deadlineAnswer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            writing = _writing;
        }

        log.DeadlinePassed(context.Method);
        _ = AnswerAsync(writing);
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
                await context.HttpContext.Response.CompleteAsync();
                Reset(GrpcProtocol.Http2NoError);
            }
        }
        catch (Exception ex)
        {
            log.ResponseBroken(context.Method, ex);
        }
        finally
        {
            await _cancel!.CancelAsync();
            _deadlineAnswer!.SetResult();
        }
    }

    private void Reset(int code) => context.HttpContext.Features.Get<IHttpResetFeature>()?.Reset(code);
}
