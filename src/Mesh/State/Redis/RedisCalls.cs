using Mano.Mesh.Failures;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// Asks until there is an answer, or time is up. Every script can be asked again: reads by nature, shards because the
/// epoch only grows, commits because they carry an id that Redis remembers.
/// </summary>
internal sealed class RedisCalls(RedisStoreOptions options, TimeProvider clock, RedisLink link, SeenRevision seen, StoreIdentity identity)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly RedisFailures failures = new(options);
    private int running;

    /// <summary>Runs a script; the store's id and the newest revision seen go before its own arguments.</summary>
    /// <param name="arguments">Makes the arguments for a session, told how many times the script was sent before.</param>
    /// <returns>The reply, whose first element is not one of those that every script may give.</returns>
    public async Task<RedisResult[]> Run(RedisScript script, Func<RedisSession, int, RedisValue[]> arguments, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        if (Interlocked.Increment(ref running) > options.MaxCalls)
        {
            Interlocked.Decrement(ref running);
            throw failures.TooManyCalls().ToException();
        }

        try
        {
            return await RunUntilAnswered(script, arguments, cancel);
        }
        finally
        {
            Interlocked.Decrement(ref running);
        }
    }

    private async Task<RedisResult[]> RunUntilAnswered(RedisScript script, Func<RedisSession, int, RedisValue[]> arguments, CancellationToken cancel)
    {
        var deadline = new Deadline(options.Timeout, clock);
        for (var sent = 0; ; sent++)
        {
            var session = await Session(script, sent, deadline, cancel);
            var (reply, failure, passes) = await Once(session, script, arguments(session, sent), deadline, cancel);
            if (reply is not null)
            {
                return reply;
            }

            if (!passes || deadline.IsOver)
            {
                throw (script == RedisScript.Commit && passes ? RedisFailures.Unknown(failure!) : failure!).ToException();
            }

            await Task.Delay(Pause, clock, cancel);
        }
    }

    private async Task<RedisSession> Session(RedisScript script, int sent, Deadline deadline, CancellationToken cancel)
    {
        try
        {
            return await link.Session(deadline, cancel);
        }
        catch (FailureException none) when (script == RedisScript.Commit && sent > 0)
        {
            throw new FailureException(RedisFailures.Unknown(none.Failure), none);
        }
    }

    /// <summary>One try: the reply, or why there is none and whether another try may help.</summary>
    private async Task<(RedisResult[]? Reply, Failure? Failure, bool Passes)> Once(
        RedisSession session, RedisScript script, RedisValue[] arguments, Deadline deadline, CancellationToken cancel)
    {
        try
        {
            using var either = cancel.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancel, session.Ended) : null;
            // Continues on the pool: the connection's reader thread has other replies to read.
            var running = session.Run(script, arguments).WaitAsync(deadline.Left, clock, either?.Token ?? session.Ended);
            await ((Task)running).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            return Common(session, await running);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, failures.Away(session.WhyEnded ?? "the connection was closed."), true);
        }
        catch (RedisServerException error)
        {
            var (failure, passes) = failures.Answered(error.Message);
            if (failure.Reason == StateFailures.StoreUnavailable && error.Message.StartsWith("READONLY", StringComparison.Ordinal))
            {
                session.End(failure.Message);
            }

            return (null, failure, passes);
        }
        catch (TimeoutException)
        {
            return (null, failures.Away("it does not answer."), true);
        }
        catch (Exception e) when (e is RedisException or ObjectDisposedException or IOException)
        {
            session.End(RedisFailures.WhyNoConnection(e));
            return (null, failures.Away(session.WhyEnded!), true);
        }
    }

    private (RedisResult[]? Reply, Failure? Failure, bool Passes) Common(RedisSession session, RedisResult[] reply)
    {
        var failure = (string?)reply[0] switch
        {
            "SESSION" => failures.Away("our session there has ended."),
            "REPLACED" => failures.Replaced(identity.Known!, (string)reply[1]!),
            "ROLLED_BACK" => failures.RolledBack(seen.Revision, (string)reply[1]!),
            _ => null,
        };
        if (failure is null)
        {
            return (reply, null, false);
        }

        session.End(failure.Message);
        return (null, failure, failure.Reason == StateFailures.StoreUnavailable);
    }
}
