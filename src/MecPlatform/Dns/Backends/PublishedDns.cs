using System.Collections.Immutable;
using System.Net;
using System.Threading.Channels;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Dns.Backends;

/// <summary>
/// Names answered by a server of its own. A loop in rounds: read what of ours is there, compare with the table, write the
/// difference; at each change, every <paramref name="compareEvery"/>, and again and again while the server is away. It
/// remembers nothing that matters: whatever was lost or changed by others, the next round finds it.
/// </summary>
internal sealed class PublishedDns(
    DnsTable table, IDnsRegister register, DnsBackendOptions options, TimeSpan compareEvery, TimeProvider clock, ILogger<PublishedDns> log) : IDnsBackend, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource stop = new();
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile TaskCompletionSource nextRound = NewRound();
    private volatile Published published = Published.Nothing;
    private Task loop = Task.CompletedTask;
    private long mended;

    public string Kind => register.Kind;

    public IPEndPoint Address => register.Address;

    public DnsBackendStanding Standing
    {
        get
        {
            var now = published;
            var wanted = table.Entries;
            var owed = wanted.Count(w => WhyNot(w.Key, w.Value, now) is not null) + now.Names.Keys.Union(now.Refused.Keys).Count(id => !wanted.ContainsKey(id));
            return new(now.Down is null, owed, Interlocked.Read(ref mended));
        }
    }

    public async Task Begin(CancellationToken cancel)
    {
        var first = nextRound;
        loop = Task.Run(Run, CancellationToken.None);
        await Wait(first, cancel);
    }

    public async Task End(CancellationToken cancel)
    {
        await stop.CancelAsync();
        await loop.WaitAsync(cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        stop.Cancel();
        stop.Dispose();
    }

    /// <summary>While the server is away nothing is waited for: it is told when it is back.</summary>
    public async Task Settle(string appInstanceId, CancellationToken cancel)
    {
        var mine = nextRound; // begins after this moment, so it sees the change
        wake.Writer.TryWrite(true);
        if (!loop.IsCompleted && published.Down is null)
        {
            await Wait(mine, cancel);
        }
    }

    public string? WhyNot(string appInstanceId) => WhyNot(appInstanceId, table.EntriesOf(appInstanceId), published);

    private string? WhyNot(string id, ImmutableArray<DnsEntry> wanted, Published now) =>
        now.Refused.TryGetValue(id, out var refusal) ? refusal
        : RecordSets.Of(wanted, register.CarriesTtl).SetEquals(now.Names.GetValueOrDefault(id, [])) ? null
        : now.Down ?? "its names are being published";

    private async Task Wait(TaskCompletionSource round, CancellationToken cancel)
    {
        try
        {
            await round.Task.WaitAsync(options.Patience, clock, cancel);
        }
        catch (TimeoutException)
        {
            // what was not reached in time is tried on; whoever asks is told why not
        }
    }

    private async Task Run()
    {
        var pause = FirstPause;
        while (!stop.IsCancellationRequested)
        {
            var round = Interlocked.Exchange(ref nextRound, NewRound());
            try
            {
                Told(await Round());
            }
            catch (Exception failed)
            {
                Away(failed);
            }

            round.TrySetResult();
            pause = published.Down is null ? FirstPause : pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
            await (published.Down is null ? Next() : Task.Delay(pause, clock, stop.Token)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Published> Round()
    {
        var intended = RecordSets.Of(table.Entries, register.CarriesTtl);
        var there = await register.Read(stop.Token);
        SayWhatOthersChanged(there);
        var refused = await register.Write(DnsPlan.Between(intended, there), intended, stop.Token);
        return new(intended.Where(i => !refused.ContainsKey(i.Key)).ToDictionary(StringComparer.Ordinal), refused, Left: await Left(intended, refused), null);
    }

    /// <summary>What is there of ours when the round ends: with refusals that is read, for a part of an instance's names may have been taken.</summary>
    private async Task<IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>>> Left(
        Dictionary<string, ImmutableHashSet<RecordSet>> intended, IReadOnlyDictionary<string, string> refused) =>
        refused.Count == 0 ? intended : await register.Read(stop.Token);

    private void SayWhatOthersChanged(IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> there)
    {
        if (published.Left is { } left && DnsPlan.Between(left, there) is { Count: > 0 } changed)
        {
            Interlocked.Add(ref mended, changed.Count);
            DnsBackendLog.ChangedByOthers(log, Kind, changed.Count, changed[0].AppInstanceId);
        }
    }

    private void Told(Published now)
    {
        if (published.Down is not null)
        {
            DnsBackendLog.IsBack(log, Kind, now.Names.Count);
        }

        foreach (var (id, why) in now.Refused.Where(r => published.Refused.GetValueOrDefault(r.Key) != r.Value))
        {
            DnsBackendLog.Refused(log, Kind, id, why);
        }

        published = now;
    }

    private void Away(Exception failed)
    {
        if (stop.IsCancellationRequested)
        {
            return;
        }

        var why = failed is FailureException known ? known.Failure.Message : failed.Message;
        if (failed is not FailureException)
        {
            DnsBackendLog.RoundFailed(log, Kind, failed);
        }
        else if (published.Down is null)
        {
            DnsBackendLog.IsAway(log, Kind, why);
        }

        // What was acknowledged is kept: the server may well go on answering it.
        published = published with { Down = why, Left = null };
    }

    /// <summary>A change, or the time to compare.</summary>
    private async Task Next()
    {
        using var time = new CancellationTokenSource(compareEvery, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, stop.Token);
        await wake.Reader.ReadAsync(either.Token);
    }

    private static TaskCompletionSource NewRound() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What the last good round established.</summary>
    /// <param name="Names">What is answered, by instance.</param>
    /// <param name="Refused">Whose names the server did not take, and why.</param>
    /// <param name="Left">What of ours was in the server when the round ended; null: not known.</param>
    /// <param name="Down">Why the server cannot be told; null: it can.</param>
    private sealed record Published(
        IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> Names,
        IReadOnlyDictionary<string, string> Refused,
        IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>>? Left,
        string? Down)
    {
        public static readonly Published Nothing = new(
            new Dictionary<string, ImmutableHashSet<RecordSet>>(), new Dictionary<string, string>(), null, null);
    }
}
