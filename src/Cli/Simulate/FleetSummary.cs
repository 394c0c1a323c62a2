using System.Globalization;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;
using Spectre.Console;

namespace Mano.Cli.Simulate;

/// <summary>What a simulation came to.</summary>
/// <param name="Seconds">Under load.</param>
/// <param name="Sites">Connected at the end, and what happened to them.</param>
/// <param name="Instantiated">The operations that brought instances up.</param>
/// <param name="Terminated">Those that took them away again while it ran.</param>
/// <param name="Agreement">Records and sites, compared when everything had settled.</param>
/// <param name="Left">The same after every instance was taken away; null: that was not done.</param>
/// <param name="Meo">What its process took; null: it is not ours.</param>
internal sealed record FleetSummary(
    int Seed, double Seconds, SiteSummary Sites, OperationSummary Instantiated, OperationSummary Terminated, AgreementSummary Agreement, AgreementSummary? Left, MeoSummary? Meo)
{
    public bool IsRight => Agreement.Differences.Count == 0 && Left is null or { Differences.Count: 0 } && Instantiated.Unfinished + Terminated.Unfinished == 0;

    public void Show(IAnsiConsole console)
    {
        console.Line();
        var facts = new Listing("", "");
        facts.Add("sites", $"{Sites.Connected} of {Sites.All} connected, {Sites.Hosts} hosts; all connected after {Text(Sites.ConnectedAfterSeconds)} s");
        facts.Add("outages", $"{Sites.WentAway} times a site went away, {Sites.CameBack} times it was connected again");
        facts.Add("load", $"{Text(Seconds)} s, seed {Seed}");
        Add(facts, "instantiate", Instantiated);
        Add(facts, "terminate", Terminated);
        Add(facts, "agreement", Agreement);
        if (Left is { } left)
        {
            Add(facts, "at the end", left);
        }

        if (Meo is { } meo)
        {
            facts.Add("MEO", $"{Text(meo.BeforeMib)} MiB alone, {Text(meo.ConnectedMib)} MiB with the sites ({Text(meo.KibASite)} KiB a site), {Text(meo.PeakMib)} MiB at most");
        }

        facts.Show(console);
    }

    private static void Add(Listing facts, string what, OperationSummary counts)
    {
        facts.Add(what, $"{counts.Completed} completed, {counts.Failed} failed and undone, {counts.Refused} refused, {counts.Unfinished} not ended; {Text(counts.PerSecond)} a second");
        if (counts.P50 is { } p50)
        {
            facts.Add("", $"p50 {Text(p50)} ms, p90 {Text(counts.P90)} ms, p99 {Text(counts.P99)} ms, most {Text(counts.Most)} ms");
        }

        foreach (var (reason, count) in counts.Reasons)
        {
            facts.Add("", $"{count} × {reason}");
        }
    }

    private static void Add(Listing facts, string what, AgreementSummary agreement)
    {
        const int shown = 10;
        facts.Add(what, agreement.Differences.Count == 0
            ? new Cell($"{agreement.Instances} instances on record, and the sites have exactly those", "green")
            : new Cell($"{agreement.Differences.Count} differences between {agreement.Instances} records and the sites", "red"));
        foreach (var difference in agreement.Differences.Take(shown))
        {
            facts.Add("", difference);
        }
    }

    private static string Text(double? value) => value?.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) ?? "?";
}

/// <param name="WentAway">Outages that were carried out.</param>
/// <param name="CameBack">After which the MEO was connected to the site again.</param>
internal sealed record SiteSummary(int All, int Hosts, int Connected, double ConnectedAfterSeconds, int WentAway, int CameBack);

/// <param name="Reasons">Of those that did not complete.</param>
/// <param name="P50">Milliseconds, of those that completed, from the call to the end on the watch stream.</param>
internal sealed record OperationSummary(
    int Completed, int Failed, int Refused, int Unfinished, double PerSecond, IReadOnlyDictionary<string, int> Reasons, double? P50, double? P90, double? P99, double? Most);

internal sealed record AgreementSummary(int Instances, IReadOnlyList<string> Differences);

internal sealed record MeoSummary(double? BeforeMib, double? ConnectedMib, double? KibASite, double? PeakMib);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(FleetSummary))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SimulateJson : JsonSerializerContext;
