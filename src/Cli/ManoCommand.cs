using System.CommandLine;
using System.CommandLine.Help;
using Mano.Cli.Demo;
using Mano.Cli.Doctor;
using Mano.Cli.Help;
using Mano.Cli.Instances;
using Mano.Cli.Operations;
using Mano.Cli.Packages;
using Mano.Cli.Placements;
using Mano.Cli.Replicas;
using Mano.Cli.Simulate;
using Mano.Cli.Sites;
using Mano.Cli.Stores;
using Mano.Cli.Terminal;
using Mano.Cli.Up;
using Mano.Cli.Vims;
using Mano.Mesh.Failures;

namespace Mano.Cli;

/// <summary>The command tree, and how a command line is run.</summary>
internal static class ManoCommand
{
    /// <summary>After Ctrl-C, how long a verb may take to clean up: longer than every host of the all-in-one needs to stop.</summary>
    private static readonly TimeSpan CleanUp = TimeSpan.FromSeconds(30);

    public static RootCommand Build(Surroundings surroundings)
    {
        var flags = new GlobalFlags();
        var verbs = new Verbs(surroundings, flags);
        var root = new RootCommand("Orchestrator for multi-access edge computing (ETSI MEC). First: mano demo")
        {
            PackageCommand.Build(verbs),
            InstanceCommand.Build(verbs),
            OperationCommand.Build(verbs),
            PlacementCommand.Build(verbs),
            SiteCommand.Build(verbs),
            HostCommand.Build(verbs),
            VimCommand.Build(verbs),
            StoreCommand.Build(verbs),
            ReplicaCommand.Build(verbs),
            UpCommand.Build(verbs),
            DemoCommand.Build(verbs),
            SimulateCommand.Build(verbs),
            DoctorCommand.Build(verbs),
            VersionCommand.Build(verbs),
            HelpCommand.Build(verbs),
        };
        flags.AddTo(root);
        return root;
    }

    public static async Task<int> RunAsync(string[] args, Surroundings surroundings)
    {
        var root = Build(surroundings);
        var parsed = root.Parse(args);
        var configuration = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = CleanUp,
            Output = surroundings.RawOut,
            Error = surroundings.RawOut,
        };
        if (parsed.CommandResult.Command is { Subcommands.Count: > 0 } noun && parsed.Action is not HelpAction)
        {
            return Incomplete(noun, parsed, surroundings, configuration);
        }

        return parsed.Errors.Count > 0 ? Wrong(parsed, args, surroundings) : await parsed.InvokeAsync(configuration);
    }

    /// <summary>A noun without a verb: its verbs are shown, which is what was probably wanted.</summary>
    private static int Incomplete(Command noun, ParseResult parsed, Surroundings surroundings, InvocationConfiguration configuration)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var known = noun.Subcommands.Select(c => c.Name).ToArray();
            var meant = known.MinBy(k => Distance(k, parsed.UnmatchedTokens[0]));
            var hint = meant is not null && Distance(meant, parsed.UnmatchedTokens[0]) <= 2 ? $" Did you mean '{meant}'?" : "";
            surroundings.Err.Line($"mano: '{parsed.UnmatchedTokens[0]}' is not a verb of '{Path(noun)}'.{hint} There are: {string.Join(", ", known)}.", "red");
            return (int)ExitCode.Usage;
        }

        noun.Parse(["--help"]).Invoke(configuration);
        return (int)(noun is RootCommand ? ExitCode.Done : ExitCode.Usage);
    }

    private static int Wrong(ParseResult parsed, string[] args, Surroundings surroundings)
    {
        var sentences = parsed.Errors.Select(e => e.Message).Distinct().ToArray();
        foreach (var sentence in sentences)
        {
            surroundings.Err.Line($"mano: {sentence}", "red");
        }

        surroundings.Err.Line($"  '{Path(parsed.CommandResult.Command)} --help' lists what it takes");
        if (GlobalFlags.WantsJson(args))
        {
            surroundings.RawOut.WriteLine(Documents.Of(Failure.InvalidInput(Sentences.UsageReason, string.Join(" ", sentences))));
        }

        return (int)ExitCode.Usage;
    }

    /// <summary>"mano instance show".</summary>
    internal static string Path(Symbol command)
    {
        var parent = command.Parents.FirstOrDefault();
        return parent is null ? "mano" : $"{Path(parent)} {command.Name}";
    }

    /// <summary>Letters to change, add or drop to make one word of the other (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
            }
        }

        return row[b.Length];
    }
}
