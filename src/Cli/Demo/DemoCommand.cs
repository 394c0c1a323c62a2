using System.CommandLine;
using Mano.Cli.Demo.RealEdge;
using Mano.Cli.Terminal;
using Mano.Cli.Up;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;

namespace Mano.Cli.Demo;

/// <summary><c>mano demo</c>: the main job, from nothing to a clean end, in a system of its own.</summary>
internal static class DemoCommand
{
    public static Command Build(Verbs verbs)
    {
        var once = new Option<bool>("--once") { Description = "run through without a pause; exits 0 only if nothing was left" };
        var keep = new Option<bool>("--keep") { Description = "keep the demo's folder (state, logs, the built package) and say where it is" };
        var vim = VimFlag.Create(VimKind.LocalProcess, VimKind.Simulated);
        var real = new Option<bool>("--real") { Description = "with real packets, in network namespaces that it makes and removes; needs root, nft and conntrack" };
        return verbs.Verb("demo", "watch a real application start at an edge site, be reached, and leave without a trace", [real, once, keep, vim], async run =>
        {
            var pause = !run.Get(once) && run.Surroundings.IsInteractive;
            if (run.Get(real))
            {
                return run.Given(vim)
                    ? throw Sentences.Usage("--real always runs the application as a process: leave --vim out.", "--vim")
                    : await new RealDemo(run, pause, run.Get(keep)).RunAsync();
            }

            var folder = Directory.CreateTempSubdirectory("mano-demo-").FullName;
            var logFile = Path.Combine(folder, "mano.log");
            var ended = ExitCode.Failed;
            try
            {
                using var log = LogInto(logFile);
                return ended = await RunAsync(run, folder, pause, run.Get(vim));
            }
            catch (OperationCanceledException) when (run.Stop.IsCancellationRequested)
            {
                run.Remark("interrupted; the demo's system is stopped and gone");
                return ended = ExitCode.Interrupted;
            }
            finally
            {
                Finish(run, folder, keep: run.Get(keep) || ended == ExitCode.Failed);
            }
        });
    }

    private static async Task<ExitCode> RunAsync(Invocation run, string folder, bool pause, VimKind vim)
    {
        var options = new AllInOneOptions
        {
            Data = Path.Combine(folder, "state"), Ports = PortPlan.From(0), Vim = vim, LogLevel = LogLevel.Information,
        };
        var screen = new DemoScreen(run.Json ? run.Err : run.Out);
        screen.Title("An edge system on this machine, and one application from start to clean end.");
        var clock = run.Surroundings.Clock;
        var begun = clock.GetTimestamp();
        await using var system = await AllInOne.StartAsync(options, clock, run.Stop);
        screen.Chapter($"A MEO and two edge sites are up ({Words.Elapsed(clock.GetElapsedTime(begun))})");
        using var story = new DemoStory(run.Surroundings, system.Addresses, screen, vim) { Folder = folder, Pause = pause };
        var left = await story.TellAsync(run.Stop);
        var took = clock.GetElapsedTime(begun) - story.Paused;
        run.Answer(() => Documents.Of(new DemoDocument(left.Count == 0, took.TotalMilliseconds, left), DemoJson.Default.DemoDocument), _ => { });
        screen.Console.Line();
        screen.Console.Line(
            left.Count == 0 ? $"Done in {Words.Elapsed(took)}. Nothing is left." : $"Something was left behind: {string.Join("; ", left)}",
            left.Count == 0 ? "bold green" : "bold red");
        return left.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>The hosts log on standard error, where they would draw over the picture.</summary>
    private static StreamWriter LogInto(string file)
    {
        var writer = new StreamWriter(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        Console.SetError(TextWriter.Synchronized(writer));
        return writer;
    }

    private static void Finish(Invocation run, string folder, bool keep)
    {
        if (keep)
        {
            // Beside JSON too, whose progress is on standard error anyway: whoever reports a failed demo needs it.
            run.Err.Line($"kept: {folder} (mano.log is the log of every part)", "grey");
            return;
        }

        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException e)
        {
            run.Remark($"{folder} could not be removed: {e.Message}");
        }
    }
}
