using System.CommandLine;
using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Inventory.V1;

namespace Mano.Cli.Sites;

/// <summary>Whether sites have what is intended: what they owe, and what was found to differ.</summary>
internal static class SiteAccounts
{
    private const int PageSize = 1000;

    public static Command Debts(Verbs verbs)
    {
        var which = new Option<string>("--site") { Description = "only what this site owes", HelpName = "SITE" };
        return verbs.Verb("debts", "instances that were given up and that a site must still remove", [which], async run =>
        {
            var document = new ListDebtsResponse();
            document.Debts.AddRange(await Catalogue.AllAsync<Debt>(async token =>
            {
                var request = new ListDebtsRequest { SiteId = run.Get(which) ?? "", PageToken = token, PageSize = PageSize };
                var page = await run.Meo.Ask(o => run.Meo.Inventory.ListDebtsAsync(request, o), run.Stop);
                return (page.Debts, page.NextPageToken);
            }));
            run.Answer(document, console => Table(document.Debts, run.Surroundings.Clock.GetUtcNow()).Show(console));
            return ExitCode.Done;
        });
    }

    public static Command Check(Verbs verbs)
    {
        var which = new Argument<string>("SITE") { Description = "id or name of a site; absent: all sites", Arity = ArgumentArity.ZeroOrOne, DefaultValueFactory = _ => "" };
        return verbs.Verb("check", "where sites differed from what is intended, and what was done; exits 1 while something differs", [which], async run =>
        {
            var site = run.Get(which) is { Length: > 0 } asked ? Naming.Pick("site", asked, await run.Meo.SitesAsync(run.Stop), s => s.SiteId, s => s.Name).SiteId : "";
            var document = new ListFindingsResponse();
            document.Findings.AddRange(await Catalogue.AllAsync<Finding>(async token =>
            {
                var request = new ListFindingsRequest { SiteId = site, PageToken = token, PageSize = PageSize };
                var page = await run.Meo.Ask(o => run.Meo.Inventory.ListFindingsAsync(request, o), run.Stop);
                return (page.Findings, page.NextPageToken);
            }));
            run.Answer(document, console => Table(document.Findings, run.Surroundings.Clock.GetUtcNow()).Show(console));
            return document.Findings.Any(f => f.ResolvedTime is null) ? ExitCode.Failed : ExitCode.Done;
        });
    }

    private static Listing Table(IEnumerable<Debt> debts, DateTimeOffset now)
    {
        var listing = new Listing("SITE", "INSTANCE", "HOST", "SINCE", "WHY", "MAY OCCUPY") { WhenEmpty = "no site owes anything" };
        foreach (var debt in debts)
        {
            listing.Add(debt.SiteId, debt.AppInstanceId, debt.HostId, Words.Ago(debt.Since, now), debt.Message, Words.Amount(debt.Amount));
        }

        return listing;
    }

    private static Listing Table(IEnumerable<Finding> findings, DateTimeOffset now)
    {
        var listing = new Listing("SITE", "INSTANCE", "WHAT", "DONE", "FOUND", "NOW", "WHY") { WhenEmpty = "sites have what is intended" };
        foreach (var finding in findings.OrderBy(f => f.ResolvedTime is not null).ThenByDescending(f => f.FoundTime))
        {
            var open = finding.ResolvedTime is null;
            listing.Add(
                finding.SiteId, finding.AppInstanceId, Words.Of(finding.Kind), finding.Action, Words.Ago(finding.FoundTime, now),
                open ? new Cell("differs", "red") : new Cell("right", "green"), finding.Message);
        }

        return listing;
    }
}
