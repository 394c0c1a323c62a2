using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Common.V1;
using Mano.Inventory.V1;
using Mano.Mesh.Failures;
using Mano.Site.V1;
using Spectre.Console;
using Failure = Mano.Mesh.Failures.Failure;

namespace Mano.Cli.Instances;

/// <summary>The reading verbs of <c>mano instance</c>.</summary>
internal static class InstanceViews
{
    public static Command List(Verbs verbs)
    {
        var site = new Option<string>("--site") { Description = "only instances of this site", HelpName = "SITE" };
        var flags = new ListFlags();
        var watch = new Option<bool>("--watch") { Description = "then a line for each change, until Ctrl-C (with --filter and --fields); with --output json a document each" };
        return verbs.Verb("list", "the instances", [site, .. flags.All, watch], async run =>
        {
            if (run.Get(watch))
            {
                return await new InstanceNews(run, request => flags.Watch(run, request)).TellAsync();
            }

            var request = new Lifecycle.V1.ListAppInstancesRequest { SiteId = run.Get(site) ?? "" };
            var all = await flags.ReadAsync(run, request, (r, o) => run.Meo.Lifecycle.ListAppInstancesAsync(r, o));
            flags.Show(run, all, () => Table([.. all.AppInstances]));
            return ExitCode.Done;
        });
    }

    public static Command Show(Verbs verbs)
    {
        var which = InstanceCommand.Which();
        return verbs.Verb("show", "one instance: where it runs, its conditions, its rules", [which], async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            run.Answer(instance, console => ShowOne(console, instance));
            return ExitCode.Done;
        });
    }

    public static Command Log(Verbs verbs)
    {
        var which = InstanceCommand.Which();
        var tail = new Option<int>("--tail") { Description = "this many last lines", HelpName = "N", DefaultValueFactory = _ => 100 };
        return verbs.Verb("log", "what the application wrote, from its site", [which, tail], async run =>
        {
            var instance = await run.Meo.InstanceAsync(run.Get(which), run.Stop);
            var (at, mepm) = await SiteOf(run, instance);
            var request = new ReadLogRequest { AppInstanceId = instance.AppInstanceId, TailLines = Math.Clamp(run.Get(tail), 1, 10_000) };
            var answer = await run.Meo.AskAt(at.MepmAddress, $"MEPM of {at.SiteId}", o => mepm.ReadLogAsync(request, o), run.Stop);
            run.Answer(answer, _ => answer.Lines.ToList().ForEach(run.Surroundings.RawOut.WriteLine));
            return ExitCode.Done;
        });
    }

    /// <summary>The site of an instance, and its MEPM: what only a site knows is asked there.</summary>
    internal static async Task<(SiteInfo Site, SiteService.SiteServiceClient Mepm)> SiteOf(Invocation run, AppInstanceInfo instance)
    {
        if (instance.Location is not { SiteId.Length: > 0 } location)
        {
            throw Failure.IllegalState(
                "ILLEGAL_STATE", $"{instance.AppInstanceName} runs nowhere, so there is nothing to read: it is NOT_INSTANTIATED.",
                $"app-instance/{instance.AppInstanceId}", "NOT_INSTANTIATED", "INSTANTIATED").ToException();
        }

        var site = (await run.Meo.Ask(o => run.Meo.Inventory.GetSiteAsync(new Mano.Inventory.V1.GetSiteRequest { SiteId = location.SiteId }, o), run.Stop)).Site;
        return (site, run.Meo.SiteAt(site.MepmAddress));
    }

    private static Listing Table(List<AppInstanceInfo> all)
    {
        var shortId = Words.ShortIds(all.Select(i => i.AppInstanceId));
        var listing = new Listing("NAME", "ID", "STATE", "HOST", "ADDRESS", "NOTE") { WhenEmpty = "no instances ('mano instance create PACKAGE' makes one)" };
        foreach (var instance in all)
        {
            var bad = instance.Conditions.FirstOrDefault(c => c.Status != ConditionInfo.Types.Status.True);
            var note = instance.RunningOperationId.Length > 0 ? "operation runs" : bad is null ? "" : $"{bad.Type}: {bad.Reason}";
            listing.Add(
                instance.AppInstanceName, shortId(instance.AppInstanceId), State(instance), instance.Location?.HostId ?? "", Words.Reach(instance.Endpoint), note);
        }

        return listing;
    }

    /// <summary>STARTED or STOPPED says that it is instantiated.</summary>
    internal static Cell State(AppInstanceInfo instance) => instance.InstantiationState != AppInstanceInfo.Types.InstantiationState.Instantiated
        ? new Cell("NOT_INSTANTIATED", "grey")
        : instance.OperationalState == AppInstanceInfo.Types.OperationalState.Stopped ? new Cell("STOPPED", "yellow") : new Cell("STARTED", "green");

    private static void ShowOne(IAnsiConsole console, AppInstanceInfo instance)
    {
        var facts = new Listing("", "")
            .Add("name", instance.AppInstanceName)
            .Add("id", instance.AppInstanceId)
            .Add("application", $"{instance.AppName} {instance.AppSoftVersion} of {instance.AppProvider}")
            .Add("package", instance.AppPackageId)
            .Add("state", State(instance));
        if (instance.Location is { HostId.Length: > 0 } location)
        {
            facts.Add("host", $"{location.HostId} (site {location.SiteId}, zone {location.Zone})").Add("address", Words.Reach(instance.Endpoint));
        }

        if (instance.NotSyncedSince is { } since)
        {
            facts.Add("in sync", new Cell($"not since {since.ToDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z: what is shown of the site may be old", "yellow"));
        }

        if (instance.RunningOperationId.Length > 0)
        {
            facts.Add("operation", instance.RunningOperationId);
        }

        facts.Show(console);
        ShowConditions(console, instance);
        ShowRules(console, instance);
    }

    private static void ShowConditions(IAnsiConsole console, AppInstanceInfo instance)
    {
        var listing = new Listing("CONDITION", "HOLDS", "REASON", "MESSAGE");
        foreach (var condition in instance.Conditions)
        {
            var holds = condition.Status == ConditionInfo.Types.Status.True;
            listing.Add(condition.Type, new Cell(Words.Of(condition.Status), holds ? "green" : "yellow"), condition.Reason, condition.Message);
        }

        if (instance.Conditions.Count > 0)
        {
            console.Line();
            listing.Show(console);
        }
    }

    private static void ShowRules(IAnsiConsole console, AppInstanceInfo instance)
    {
        var listing = new Listing("RULE", "STATE", "WHAT");
        foreach (var dns in instance.DnsRules)
        {
            var answer = dns.Rule.IpAddress is "" or "0.0.0.0" or "::" ? "the instance's address" : dns.Rule.IpAddress;
            listing.Add(dns.Rule.DnsRuleId, RuleState(dns.State), $"DNS: {dns.Rule.DomainName} is {answer}");
        }

        foreach (var traffic in instance.TrafficRules)
        {
            var what = string.Join("; ", traffic.Rule.TrafficFilters.Select(Filter));
            listing.Add(traffic.Rule.TrafficRuleId, RuleState(traffic.State), $"traffic {what}: {Words.Of(traffic.Rule.Action)} (priority {traffic.Rule.Priority})");
        }

        if (instance.DnsRules.Count + instance.TrafficRules.Count > 0)
        {
            console.Line();
            listing.Show(console);
        }
    }

    private static string Filter(TrafficFilter filter)
    {
        var from = filter.SrcAddresses.Count > 0 ? $"from {string.Join(",", filter.SrcAddresses)} " : "";
        var to = filter.DstAddresses.Count + filter.DstPorts.Count > 0
            ? $"to {string.Join(",", filter.DstAddresses.DefaultIfEmpty("any"))} port {string.Join(",", filter.DstPorts.DefaultIfEmpty("any"))}" : "";
        return (from + to).TrimEnd() is { Length: > 0 } text ? text : "of any kind";
    }

    private static Cell RuleState(RuleState state) => new(Words.Of(state), state == Mano.Common.V1.RuleState.Active ? "green" : "yellow");
}
