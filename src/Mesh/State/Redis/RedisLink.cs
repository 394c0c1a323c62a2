using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Mano.Mesh.State.Redis;

/// <summary>
/// Keeps a session with Redis for as long as the store is open: makes one, asks it every second whether it is still
/// right, and makes another as soon as it is not. StackExchange.Redis would reconnect by itself, but to whatever is there
/// then; here nothing is sent to a server that has not been looked at.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private const int FactsEveryProbes = 10;

    private readonly RedisStoreOptions options;
    private readonly TimeProvider clock;
    private readonly RedisDialer dialer;
    private readonly SeenRevision seen;
    private readonly StoreIdentity identity;
    private readonly RedisFailures failures;
    private readonly RedisMetrics metrics;
    private readonly ILogger logger;
    private readonly CancellationTokenSource closing = new();
    private readonly Lock gate = new();
    private TaskCompletionSource<RedisSession> next = NewWait();
    private RedisSession? present;
    private Failure why;
    private ServerFacts? facts;
    private Task life = Task.CompletedTask;

    public RedisLink(RedisStoreOptions options, TimeProvider clock, RedisDialer dialer, SeenRevision seen, StoreIdentity identity, RedisMetrics metrics, ILogger logger)
    {
        this.options = options;
        this.clock = clock;
        this.dialer = dialer;
        this.seen = seen;
        this.identity = identity;
        this.metrics = metrics;
        this.logger = logger;
        failures = new(options);
        why = failures.Away("no connection yet.");
    }

    public StoreHealth Health
    {
        get
        {
            lock (gate)
            {
                return present is null
                    ? new(why.Message, facts?.NotDurable, IsPatient: facts is not null && !NeedsPerson(why) && metrics.AwaySince < options.Timeout)
                    : new(null, facts?.NotDurable, IsPatient: true);
            }
        }
    }

    /// <param name="wake">Called whenever somebody commits, and after every new session.</param>
    public void Start(Action wake) => life = Task.Run(() => Live(wake));

    /// <summary>
    /// The session, or the next one. Throws Unavailable when there is none in time, and at once while only a person can help.
    /// </summary>
    public async ValueTask<RedisSession> Session(Deadline deadline, CancellationToken cancel)
    {
        Task<RedisSession> wait;
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, typeof(IStateStore));
            if (present is { WhyEnded: null })
            {
                return present;
            }

            if (NeedsPerson(why))
            {
                throw why.ToException();
            }

            wait = next.Task;
        }

        try
        {
            return await wait.WaitAsync(deadline.Left, clock, cancel);
        }
        catch (TimeoutException)
        {
            throw Why.ToException();
        }
    }

    /// <summary>Why there is no session.</summary>
    public Failure Why
    {
        get
        {
            lock (gate)
            {
                return why;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await life;
        lock (gate)
        {
            next.TrySetException(new ObjectDisposedException(nameof(IStateStore)));
            _ = next.Task.Exception;
        }
    }

    private static TaskCompletionSource<RedisSession> NewWait() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static bool NeedsPerson(Failure failure) =>
        failure.Reason is StateFailures.StoreReplaced or StateFailures.StoreRolledBack or StateFailures.StoreUnsafe or StateFailures.StoreSchema;

    private async Task Live(Action wake)
    {
        for (var failed = 0; !closing.IsCancellationRequested;)
        {
            try
            {
                var (session, found) = await dialer.Dial(closing.Token);
                using (session)
                {
                    await session.Subscribe(wake).WaitAsync(options.Timeout, clock, closing.Token);
                    Up(session, found);
                    wake();
                    failed = 0;
                    Down(await Keep(session));
                }
            }
            catch (Exception) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (FailureException refused)
            {
                Down(refused.Failure);
            }
            catch (Exception e)
            {
                // Whatever a library may throw here, the store must go on trying.
                Down(failures.Away(RedisFailures.WhyNoConnection(e)));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1000, 50 << Math.Min(failed++, 5))), clock, closing.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Watches over a session until it is of no more use; says why.</summary>
    private async Task<Failure> Keep(RedisSession session)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(session.Ended, closing.Token);
        try
        {
            for (var probes = 1; ; probes++)
            {
                await Task.Delay(ProbeEvery, clock, either.Token);
                if (await Probe(session).WaitAsync(options.Timeout, clock, either.Token) is { } wrong)
                {
                    session.End(wrong.Message);
                    return wrong;
                }

                if (probes % FactsEveryProbes == 0)
                {
                    var now = await ServerFacts.Ask(session.Server).WaitAsync(options.Timeout, clock, either.Token);
                    if (now.Refusal(failures) is { } refusal)
                    {
                        session.End(refusal.Message);
                        return refusal;
                    }

                    Know(now);
                }
            }
        }
        catch (OperationCanceledException) when (session.Ended.IsCancellationRequested)
        {
            return failures.Away(session.WhyEnded!);
        }
        catch (RedisServerException error)
        {
            session.End(error.Message);
            return failures.Answered(error.Message).Failure;
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            session.End(RedisFailures.WhyNoConnection(e));
            return failures.Away(session.WhyEnded!);
        }
    }

    private async Task<Failure?> Probe(RedisSession session)
    {
        var reply = await session.Run(RedisScript.Probe, [identity.Known, seen.Revision, session.Number, (long)RedisDialer.SessionLife.TotalMilliseconds]);
        return (string?)reply[0] switch
        {
            "OK" => null,
            "SESSION" => failures.Away("our session there has ended."),
            "REPLACED" => failures.Replaced(identity.Known!, (string)reply[1]!),
            _ => failures.RolledBack(seen.Revision, (string)reply[1]!),
        };
    }

    private void Up(RedisSession session, ServerFacts found)
    {
        TaskCompletionSource<RedisSession> waiting;
        lock (gate)
        {
            present = session;
            (waiting, next) = (next, NewWait());
        }

        dialer.MustProve = false;
        var away = metrics.Up();
        logger.Connected(options.Prefix, options.Where, identity.Known!, seen.Revision, away.TotalSeconds);
        Know(found);
        waiting.TrySetResult(session);
    }

    private void Down(Failure failure)
    {
        bool news;
        lock (gate)
        {
            news = present is not null || why.Message != failure.Message;
            (present, why) = (null, failure);
            if (NeedsPerson(failure))
            {
                next.TrySetException(failure.ToException());
                _ = next.Task.Exception;
                next = NewWait();
            }
        }

        metrics.Down();
        if (failure.Reason is StateFailures.StoreReplaced or StateFailures.StoreRolledBack)
        {
            dialer.MustProve = true;
        }

        if (news && !closing.IsCancellationRequested)
        {
            if (NeedsPerson(failure))
            {
                logger.NeedsPerson(failure.Reason, failure.Message);
            }
            else
            {
                logger.Away(failure.Message);
            }
        }
    }

    private void Know(ServerFacts found)
    {
        if (facts?.NotDurable != found.NotDurable || facts is null)
        {
            if (found.NotDurable is { } loss)
            {
                logger.NotDurable(options.Where, loss);
            }
            else
            {
                logger.Durable(options.Where);
            }
        }

        facts = found;
        metrics.Durable = found.NotDurable is null;
    }
}
