using System.Globalization;
using Mano.Cli.Terminal;

namespace Mano.Cli.Demo.RealEdge;

/// <summary><c>mano demo --real</c>: an edge in network namespaces that it makes itself, and removes.</summary>
internal sealed class RealDemo(Invocation run, bool pause, bool keepLogs)
{
    private readonly Surroundings surroundings = run.Surroundings;
    private readonly DemoScreen screen = new(run.Json ? run.Err : run.Out);

    public async Task<ExitCode> RunAsync()
    {
        if (EdgeRequirements.WhatIsMissing(surroundings) is { } missing)
        {
            throw missing.ToException();
        }

        var clock = surroundings.Clock;
        screen.Title("An edge in network namespaces, real packets, and one application from start to clean end.");
        foreach (var left in await EdgeRun.RemoveLeftAsync(clock))
        {
            screen.Say($"{left} had not ended by itself: its namespaces, processes and files are removed.", "yellow");
        }

        var begun = clock.GetTimestamp();
        using var edge = EdgeRun.Begin(Directory.CreateTempSubdirectory("mano-demo-").FullName, clock);
        RequestCounts counts;
        List<Proof> proofs;
        try
        {
            (counts, proofs) = await LiveAsync(edge);
        }
        catch (Exception) when (run.Stop.IsCancellationRequested)
        {
            await EndAsync(edge, keepLogs);
            run.Remark("interrupted; the demo's namespaces, processes and files are removed");
            return ExitCode.Interrupted;
        }
        catch
        {
            await EndAsync(edge, keep: true);
            throw;
        }

        var left2 = await EndAsync(edge, keepLogs || proofs.Exists(p => !p.Holds));
        proofs.Add(new("its namespaces, processes and files are removed", left2.Count == 0 ? null : string.Join(", ", left2)));
        screen.Tick(proofs[^1].Text, proofs[^1].Holds, proofs[^1].Found);
        return Conclude(counts, proofs, clock.GetElapsedTime(begun));
    }

    private async Task<(RequestCounts Counts, List<Proof> Proofs)> LiveAsync(EdgeRun edge)
    {
        screen.Chapter("A network: a user, a gateway, a site, the internet, and the operator's own");
        edge.Network.Build();
        foreach (var (part, address, _, what) in EdgePlan.Lines)
        {
            screen.Say($"{edge.Network.NameOf(part),-21} {address,-13} {what}");
        }

        screen.Say($"{edge.Network.NameOf(EdgePlan.Gateway),-21} {"between them",-13} the gateway: MEC platform, packet filter, DNS");
        screen.Chapter("MEO, MEPM and MEC platform start, each as a process where it belongs");
        await using var site = await EdgeSite.StartAsync(edge, surroundings.Clock, run.Stop);
        screen.Say($"MEO and MEPM in the operator's network; MEO also at {site.Addresses.Meo.Grpc}");
        screen.Say($"the platform in the gateway: DNS at {site.Addresses.Sites[0].Dns}, Mp1 at {site.Addresses.Sites[0].Mp1}, traffic rules in the kernel's packet filter");
        await using var story = new RealStory(surroundings, edge.Network, site, screen) { Folder = edge.Folder, Pause = pause };
        await story.TellAsync(run.Stop);
        return (story.Counts, [.. story.Proofs]);
    }

    /// <summary>The logs are kept beside, for whoever wants to know why.</summary>
    private async Task<IReadOnlyList<string>> EndAsync(EdgeRun edge, bool keep)
    {
        if (keep && Directory.GetFiles(edge.Folder, "*.log") is { Length: > 0 } logs)
        {
            var folder = Directory.CreateTempSubdirectory("mano-logs-").FullName;
            Array.ForEach(logs, log => File.Copy(log, Path.Combine(folder, Path.GetFileName(log))));
            run.Remark($"the logs of MEO, MEPM and platform are kept: {folder}");
        }

        return await edge.RemoveAsync();
    }

    private ExitCode Conclude(RequestCounts counts, IReadOnlyList<Proof> proofs, TimeSpan took)
    {
        string[] wrong = [.. proofs.Where(p => !p.Holds).Select(p => $"{p.Text}: {p.Found}")];
        run.Answer(() => Documents.Of(new RealDemoDocument(wrong.Length == 0, took.TotalMilliseconds, wrong, counts, proofs), DemoJson.Default.RealDemoDocument), _ => { });
        screen.Console.Line();
        screen.Console.Line(counts.ToString(), counts.Lost == 0 ? "bold green" : "bold red");
        screen.Console.Line(
            wrong.Length == 0 ? string.Create(CultureInfo.InvariantCulture, $"Done in {Words.Elapsed(took)}. Nothing is left.") : $"This did not hold: {string.Join("; ", wrong)}",
            wrong.Length == 0 ? "bold green" : "bold red");
        return wrong.Length == 0 ? ExitCode.Done : ExitCode.Failed;
    }
}
