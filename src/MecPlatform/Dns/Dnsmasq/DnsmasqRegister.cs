using System.Collections.Immutable;
using System.Net;
using Mano.MecPlatform.Dns.Backends;

namespace Mano.MecPlatform.Dns.Dnsmasq;

/// <summary>
/// Names in a dnsmasq. Nothing tells whether it has read a file, so it is asked: what was changed must be answered as it
/// shall; of the rest, a part in each round. Where that does not come about it is told to read again, if we know its process.
/// Hosts files carry no TTL: dnsmasq answers every name with its own <c>--local-ttl</c>.
/// </summary>
internal sealed class DnsmasqRegister(DnsBackendOptions options, IPEndPoint address, string platformId, TimeProvider clock) : IDnsRegister
{
    /// <summary>Names that are asked for in a round beside the changed ones.</summary>
    private const int Sample = 64;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly HostsFolder folder = new(options.DnsmasqHostsFolder, platformId);
    private IReadOnlyList<Expectation> stuck = [];
    private int sampled;

    public string Kind => "dnsmasq";

    public IPEndPoint Address => address;

    public bool CarriesTtl => false;

    public Task<IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>>> Read(CancellationToken cancel) => Task.FromResult(folder.Read());

    public async Task<IReadOnlyDictionary<string, string>> Write(
        IReadOnlyList<DnsChange> changes, IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> intended, CancellationToken cancel)
    {
        foreach (var change in changes)
        {
            folder.Write(change.AppInstanceId, change.After);
        }

        using var asker = new DnsmasqAsker(address, clock);
        await asker.RequireAlive(cancel);
        var wrong = await Watch(asker, Expected(changes, intended), cancel);
        string? notTold = null;
        if (wrong.Count > 0 && options.DnsmasqPidFile.Length > 0)
        {
            notTold = DnsmasqSignal.ReadAgain(options.DnsmasqPidFile);
            wrong = await Watch(asker, [.. wrong.Select(w => w.Expectation)], cancel);
        }

        stuck = [.. wrong.Select(w => w.Expectation).Where(e => e.IsGone)];
        return wrong.DistinctBy(w => w.Expectation.Owner).ToDictionary(w => w.Expectation.Owner, w => Sentence(w.Expectation, w.Answered, notTold), StringComparer.Ordinal);
    }

    /// <summary>For what changed, for what did not go before, and for the next part of the rest.</summary>
    private IReadOnlyList<Expectation> Expected(IReadOnlyList<DnsChange> changes, IReadOnlyDictionary<string, ImmutableHashSet<RecordSet>> intended)
    {
        var all = intended.SelectMany(i => i.Value.Select(s => new Expectation(i.Key, s, IsGone: false))).OrderBy(e => e.Set.Name).ToArray();
        sampled = sampled + Sample < all.Length ? sampled + Sample : 0;
        var wanted = changes.SelectMany(c => c.After.Select(s => new Expectation(c.AppInstanceId, s, IsGone: false))).Concat(all.Skip(sampled).Take(Sample));
        var gone = changes.SelectMany(c => c.Before.Select(s => new Expectation(c.AppInstanceId, s, IsGone: true))).Concat(stuck);
        var kept = all.Select(e => e.Set.Key).ToHashSet();
        return [.. wanted.DistinctBy(e => e.Set.Key), .. gone.Where(e => !kept.Contains(e.Set.Key)).DistinctBy(e => e.Set.Key)];
    }

    /// <summary>Asks until all is as expected, or for as long as reading its files may take.</summary>
    private async Task<List<(Expectation Expectation, string Answered)>> Watch(DnsmasqAsker asker, IReadOnlyList<Expectation> expected, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            var wrong = new List<(Expectation Expectation, string Answered)>();
            foreach (var each in expected)
            {
                var answered = await asker.Ask(each.Set.Name, each.Set.Type, cancel);
                if (!each.IsMet(answered))
                {
                    wrong.Add((each, answered ?? string.Empty));
                }
            }

            if (wrong.Count == 0 || clock.GetElapsedTime(began) > options.Patience / 4)
            {
                return wrong;
            }

            expected = [.. wrong.Select(w => w.Expectation)];
            await Task.Delay(Step, clock, cancel);
        }
    }

    private string Sentence(Expectation expectation, string answered, string? notTold)
    {
        var set = expectation.Set;
        var shall = expectation.IsGone ? "not any more" : $"and shall with {set.Addresses}";
        var advice = notTold
            ?? (answered.Length > 0
                ? "another file or option of dnsmasq may name it; one older than 2.88 needs --dnsmasq-pid-file to forget names"
                : $"was it given --hostsdir={options.DnsmasqHostsFolder}, and may it read there?");
        return $"dnsmasq at {address} answers {set.Name} {(set.Type == DnsType.A ? "A" : "AAAA")} with {(answered.Length == 0 ? "nothing" : answered)} {shall}: {advice}";
    }
}
