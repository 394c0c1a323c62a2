using Mano.Mepm.Findings;
using Mano.Mepm.Granting;
using Mano.Mepm.Hosts;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Loop;
using Mano.Mepm.Platforms;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Orphans;

/// <summary>What every comparison has around it.</summary>
internal sealed record OrphanContext(OrphanOptions Options, LoopOptions Loop, string SiteId, TimeProvider Clock, ILogger Logger)
{
    public DateTimeOffset Now => Clock.GetUtcNow();
}

/// <summary>What this site knows of itself.</summary>
internal sealed record SiteView(InstanceBook Instances, MecHosts Hosts);

/// <summary>What VIM and platform of a host have of an instance that nobody at this site wants there.</summary>
internal sealed record Orphan(string Id, Compute? Compute, PlatformApplication? Application)
{
    /// <summary>The newest generation that anybody acted under.</summary>
    public long Generation => Math.Max(
        Compute is null ? 0 : OperationNumbers.GenerationOf(Compute.OperationNumber), Application?.Generation ?? 0);
}

/// <summary>
/// Compares what one host's VIM and platform have with what this site's instances want. What an intent of this site has
/// removed goes at once, under the fence of that removal. What this site knows nothing of goes only when it was seen
/// twice and the MEO has said that it is not meant to be here: our own records may be what was lost, and then the MEO
/// sends the instance again and the next look finds it adopted. One comparison of a host at a time.
/// </summary>
internal sealed class OrphanSweep(SiteView site, IMeoIntent meo, OrphanRemoval removal, FindingBook findings, OrphanContext context)
{
    private readonly InstanceBook book = site.Instances;
    private readonly MecHosts hosts = site.Hosts;
    private readonly Dictionary<(string HostId, string Id), DateTimeOffset> suspects = [];
    private readonly Lock gate = new();

    /// <summary>Compares; says when to look again before the usual time, because something waits for a second look.</summary>
    public async Task<TimeSpan?> Sweep(MecHost host, DateTimeOffset began, CancellationToken cancel)
    {
        var (computes, vimAway) = await Look(host.Vim.ListComputesAsync, cancel);
        var (applications, platformAway) = await Look(host.Platform.List, cancel);
        var found = Unwanted(host, computes ?? [], applications ?? []);
        ForgetWhatIsRight(host, found, complete: computes is not null && applications is not null);

        var unsure = new List<Orphan>();
        foreach (var orphan in found)
        {
            if (await DisownedHere(host, orphan, cancel) is { } generation)
            {
                await Remove(host, orphan, generation, applications is not null, cancel);
            }
            else
            {
                unsure.Add(orphan);
            }
        }

        var ripe = unsure.Where(o => SeenLongEnough(host, o)).ToList();
        var message = ripe.Count == 0 ? "" : await Decide(host, ripe, applications is not null, cancel);
        findings.Compared(host.HostId, began, string.Join(" ", new[] { vimAway, platformAway, message }.Where(m => m.Length > 0)));
        return ripe.Count < unsure.Count ? context.Options.Grace : null;
    }

    private List<Orphan> Unwanted(MecHost host, IReadOnlyList<Compute> computes, IReadOnlyList<PlatformApplication> applications)
    {
        var held = applications.ToDictionary(a => a.AppInstanceId, StringComparer.Ordinal);
        var ours = computes.Where(c => IsOurs(c) && !IsOfAnotherHost(host, c)).ToDictionary(c => c.ComputeId, StringComparer.Ordinal);
        return
        [
            .. ours.Keys.Union(held.Keys, StringComparer.Ordinal)
                .Where(id => book.Find(id)?.Record.Desired.HostId != host.HostId)
                .Order(StringComparer.Ordinal)
                .Select(id => new Orphan(id, ours.GetValueOrDefault(id), held.GetValueOrDefault(id))),
        ];
    }

    /// <summary>A VIM may be shared: what another site's MEPM made, or nobody's MEPM, is not ours to judge.</summary>
    private bool IsOurs(Compute compute) =>
        compute.Spec.Labels.AppInstanceId == compute.ComputeId
        && compute.Spec.Environment.TryGetValue("MANO_SITE_ID", out var site) && site == context.SiteId;

    /// <summary>Two hosts may share a VIM and then see the same computes; each answers for its own.</summary>
    private bool IsOfAnotherHost(MecHost host, Compute compute)
    {
        var owner = book.Find(compute.ComputeId)?.Record.Desired.HostId ?? compute.Spec.Environment.GetValueOrDefault("MANO_HOST_ID");
        return owner is not null && owner != host.HostId && hosts.Find(owner) is { } other && other.SharesVimWith(host);
    }

    /// <summary>The generation under which this very site gave it up; null where it knows nothing of that.</summary>
    private async Task<long?> DisownedHere(MecHost host, Orphan orphan, CancellationToken cancel)
    {
        if (book.Find(orphan.Id) is { } elsewhere)
        {
            return elsewhere.Record.Desired.HostId != host.HostId && elsewhere.Record.Generation > orphan.Generation ? elsewhere.Record.Generation : null;
        }

        var goneAt = await book.GoneAt(orphan.Id, orphan.Compute?.Spec.Labels.Tenant ?? InstanceBook.DefaultTenant, cancel);
        return goneAt > 0 && orphan.Generation <= goneAt ? goneAt : null;
    }

    private bool SeenLongEnough(MecHost host, Orphan orphan)
    {
        lock (gate)
        {
            return !suspects.TryAdd((host.HostId, orphan.Id), context.Now) && context.Now - suspects[(host.HostId, orphan.Id)] >= context.Options.Grace;
        }
    }

    /// <summary>Says why nothing can be done; empty when it was.</summary>
    private async Task<string> Decide(MecHost host, List<Orphan> orphans, bool platformSeen, CancellationToken cancel)
    {
        var (answers, why) = await meo.Ask([.. orphans.Select(o => o.Id)], cancel);
        foreach (var orphan in orphans)
        {
            if (answers is null)
            {
                Note(host, orphan, FindingAction.Reported, $"No instance of this site wants it, made in generation {orphan.Generation}. {why} It is left alone.");
            }
            else if (answers.TryGetValue(orphan.Id, out var meaning) && meaning.MeantHere)
            {
                Note(host, orphan, FindingAction.AwaitsMeo, $"This site has lost its record; the MEO wants it here in generation {meaning.Generation} and will send it again. It runs on meanwhile.");
            }
            else if (context.Options.Policy == OrphanPolicy.Report)
            {
                Note(host, orphan, FindingAction.Reported, "Neither this site nor the MEO wants it, and the policy of this site (--orphans report) leaves it alone.");
            }
            else if (await book.Disown(orphan.Id, Math.Max(meaning.Generation, orphan.Generation)))
            {
                await Remove(host, orphan, Math.Max(meaning.Generation, orphan.Generation), platformSeen, cancel);
            }
        }

        return answers is null ? why : "";
    }

    private async Task Remove(MecHost host, Orphan orphan, long generation, bool platformSeen, CancellationToken cancel)
    {
        try
        {
            await removal.Remove(host, orphan, generation, platformSeen, cancel);
            Note(host, orphan, FindingAction.Removed, $"Nobody wants it since generation {generation}; it was removed, rules first.", resolved: true);
        }
        catch (FailureException e)
        {
            Note(host, orphan, FindingAction.Reported, $"Nobody wants it since generation {generation}, and it could not be removed yet: {e.Failure.Message}");
        }
    }

    private void ForgetWhatIsRight(MecHost host, List<Orphan> found, bool complete)
    {
        if (!complete)
        {
            return; // what was not seen because somebody did not answer may still be there
        }

        var ids = found.Select(o => o.Id).ToHashSet(StringComparer.Ordinal);
        lock (gate)
        {
            foreach (var (hostId, id) in suspects.Keys.Where(s => s.HostId == host.HostId && !ids.Contains(s.Id)).ToArray())
            {
                suspects.Remove((hostId, id));
                findings.Resolve(new(hostId, FindingSubject.Compute, id, FindingKind.Orphan));
                findings.Resolve(new(hostId, FindingSubject.Application, id, FindingKind.Orphan));
            }
        }
    }

    private void Note(MecHost host, Orphan orphan, FindingAction action, string message, bool resolved = false)
    {
        if (orphan.Compute is not null)
        {
            findings.Note(new(host.HostId, FindingSubject.Compute, orphan.Id, FindingKind.Orphan), action, message, resolved);
        }

        if (orphan.Application is not null)
        {
            findings.Note(new(host.HostId, FindingSubject.Application, orphan.Id, FindingKind.Orphan), action, message, resolved);
        }
    }

    private async Task<(IReadOnlyList<T>? Listed, string Why)> Look<T>(Func<CancellationToken, Task<IReadOnlyList<T>>> list, CancellationToken cancel)
    {
        try
        {
            return (await CallLimit.Bounded(context.Loop.CallTimeout, context.Clock, list, cancel), "");
        }
        catch (FailureException e)
        {
            return (null, e.Failure.Message);
        }
    }
}
