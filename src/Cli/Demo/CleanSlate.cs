using System.Net;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Granting.V1;
using Mano.Platform.V1;
using Mano.Site.V1;

namespace Mano.Cli.Demo;

/// <summary>One question about what may be left of an instance.</summary>
/// <param name="Text">"no process of it runs".</param>
/// <param name="FindAsync">What was found all the same; null when the answer is as it should be.</param>
internal sealed record CleanSlateQuestion(string Text, Func<CancellationToken, Task<string?>> FindAsync);

/// <summary>What an instance was, as far as it must be gone.</summary>
/// <param name="DomainName">The name it was reached by.</param>
/// <param name="Page">What users fetched.</param>
/// <param name="Address">Where it listened; null where that was not real (a simulated VIM).</param>
internal sealed record Departed(string InstanceId, string DomainName, Uri Page, IPEndPoint? Address);

/// <summary>
/// Asks every place where something of a terminated instance could be left: the machine itself, the site's user-visible
/// side, the platform, the MEPM, the MEO. The machine and the users' side are looked at directly, not through mano.
/// </summary>
internal sealed class CleanSlate(MeoConnection meo, RunningSystem system, TimeProvider clock)
{
    public IEnumerable<CleanSlateQuestion> QuestionsAbout(Departed instance) =>
        OnTheMachine(instance).Concat(ForUsers(instance)).Concat(AtTheSites(instance)).Concat(AtTheMeo(instance));

    /// <summary>The same where users have a network of their own, on which somebody else looks.</summary>
    public IEnumerable<CleanSlateQuestion> QuestionsBesidesUsersAbout(Departed instance) =>
        OnTheMachine(instance).Concat(AtTheSites(instance)).Concat(AtTheMeo(instance));

    private IEnumerable<CleanSlateQuestion> OnTheMachine(Departed instance)
    {
        yield return new("no process of it runs", _ => Found(MachineTraces.ProcessesOf(instance.InstanceId), p => $"process {p}"));
        yield return new("no control group of it exists", _ => Found(MachineTraces.CgroupsOf(instance.InstanceId), c => c));
        yield return new("no file of its compute is left", _ => Found(MachineTraces.FilesOf(system.Data, instance.InstanceId), f => f));
        if (instance.Address is { } address)
        {
            yield return new($"nothing listens at {address}", async stop => await MachineTraces.AnswersAsync(address, stop) ? "something does" : null);
        }
    }

    private IEnumerable<CleanSlateQuestion> ForUsers(Departed instance)
    {
        yield return new($"no site's DNS answers {instance.DomainName}", stop => EachSite(async site =>
        {
            var reply = await new EdgeUser(site, clock).ResolveAsync(instance.DomainName, stop);
            return reply.Addresses.Count == 0 ? null : $"{site.SiteId}: {reply}";
        }));
        yield return new("no gateway lets its traffic through", stop => EachSite(async site =>
            (await new EdgeUser(site, clock).FetchAsync(instance.Page, stop)).Page is null ? null : $"{site.SiteId}: a page came back"));
    }

    private IEnumerable<CleanSlateQuestion> AtTheSites(Departed instance)
    {
        yield return new("no platform holds a rule or a record of it", stop => EachSite(async site =>
        {
            var platform = meo.PlatformAt(site.Platform);
            var all = await meo.AskAt(site.Platform, $"platform of {site.SiteId}", o => platform.ListApplicationsAsync(new ListApplicationsRequest(), o), stop);
            return all.Applications.Any(a => a.AppInstanceId == instance.InstanceId) ? $"{site.SiteId} does" : null;
        }));
        yield return new("no site has it on record", stop => EachSite(async site =>
        {
            var mepm = meo.SiteAt(site.Mepm);
            var all = await meo.AskAt(site.Mepm, $"MEPM of {site.SiteId}", o => mepm.ListAppInstancesAsync(new ListAppInstancesRequest { PageSize = 1000 }, o), stop);
            return all.AppInstances.Any(i => i.AppInstanceId == instance.InstanceId) ? $"{site.SiteId} has" : null;
        }));
    }

    private IEnumerable<CleanSlateQuestion> AtTheMeo(Departed instance)
    {
        yield return new("no grant is open for it", async stop =>
        {
            var grants = await meo.Ask(o => meo.Granting.ListGrantsAsync(new ListGrantsRequest { AppInstanceId = instance.InstanceId }, o), stop);
            return grants.Grants.Count == 0 ? null : $"grant {grants.Grants[0].GrantId}";
        });
        yield return new("no capacity is held", async stop =>
        {
            var holding = (await meo.SitesAsync(stop)).SelectMany(s => s.Hosts)
                .Where(h => h.Held is { } held && (held.MilliCpu | held.MemoryMib | held.DiskGib) != 0).ToArray();
            return holding.Length == 0 ? null : string.Join(", ", holding.Select(h => $"{h.HostId}: {Words.Amount(h.Held)}"));
        });
        yield return new("no record of the instance and its package at the MEO", async stop =>
            (await meo.InstancesAsync("", stop)).Count + (await meo.PackagesAsync(stop)).Count is var count and > 0 ? $"{count} records" : null);
    }

    private async Task<string?> EachSite(Func<RunningSite, Task<string?>> find)
    {
        var found = await Task.WhenAll(system.Sites.Select(find));
        return found.Any(f => f is not null) ? string.Join(", ", found.Where(f => f is not null)) : null;
    }

    private static Task<string?> Found<T>(IReadOnlyList<T> things, Func<T, string> spell) =>
        Task.FromResult(things.Count == 0 ? null : string.Join(", ", things.Select(spell)));
}
