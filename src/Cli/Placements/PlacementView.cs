using System.Globalization;
using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Spectre.Console;

namespace Mano.Cli.Placements;

/// <summary>Why this host, and host by host why not the others.</summary>
internal static class PlacementView
{
    public static void Show(IAnsiConsole console, PlacementDecision decision)
    {
        ShowHosts(console, decision);
        if (decision.Summary.Length > 0)
        {
            console.Line(Conclusion(decision), decision.HostId.Length > 0 ? "green" : "red");
        }
    }

    /// <summary>Where each of a group would go.</summary>
    public static void Show(IAnsiConsole console, string[] names, ExplainGroupPlacementResponse answer)
    {
        var listing = new Listing("", "APPLICATION", "HOST", "SITE", "WHY");
        foreach (var (name, decision) in names.Zip(answer.Decisions))
        {
            var placed = decision.HostId.Length > 0;
            listing.Add(new Cell(placed ? "✓" : "✗", placed ? "green" : "red"), name, decision.HostId, decision.SiteId, decision.Summary);
        }

        listing.Show(console);
        console.Line(
            answer.Placed ? $"all {names.Length} have a host" : "not placed: one has no host, so none would be",
            answer.Placed ? "green" : "red");
    }

    /// <summary>The decision in one sentence.</summary>
    public static string Conclusion(PlacementDecision decision) =>
        decision.HostId.Length > 0 ? $"chosen: {decision.Summary}" : $"no host is right: {decision.Summary}";

    /// <summary>The hosts alone, beside a sentence that sums them up already.</summary>
    public static void ShowHosts(IAnsiConsole console, PlacementDecision decision, int indent = 0)
    {
        var listing = new Listing("", "HOST", "SITE", "SCORE", "WHY")
        {
            Indent = indent, WhenEmpty = "no host is known: is a site registered? ('mano site list')",
        };
        foreach (var candidate in decision.Candidates)
        {
            var chosen = candidate.HostId == decision.HostId;
            listing.Add(
                new Cell(chosen ? "✓" : "·", chosen ? "green" : "grey"), candidate.HostId, candidate.SiteId,
                Number(candidate.Score), string.Join(", ", candidate.Parts.Select(p => $"{p.Scorer} {Number(p.Score)} × {Number(p.Weight)}")));
        }

        foreach (var rejection in decision.Rejections)
        {
            listing.Add(new Cell("✗", "red"), rejection.HostId, rejection.SiteId, "", Reason(rejection));
        }

        listing.Show(console);
    }

    private static string Reason(Rejection rejection)
    {
        var figures = (rejection.Needed, rejection.Offered) switch
        {
            ({ Length: > 0 } needed, { Length: > 0 } offered) => $": needs {needed}, offers {offered}",
            ({ Length: > 0 } needed, _) => $": needs {needed}",
            (_, { Length: > 0 } offered) => $": offers {offered}",
            _ => "",
        };
        return rejection.Reason + figures;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
