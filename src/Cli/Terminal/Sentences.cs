using Mano.Cli.Demo.RealEdge;
using Mano.Mesh.Failures;
using Spectre.Console;

namespace Mano.Cli.Terminal;

/// <summary>Failures as sentences on standard error, and as exit codes.</summary>
internal static class Sentences
{
    /// <summary>The reason of a failure that the command line itself is to blame for.</summary>
    public const string UsageReason = "USAGE";

    /// <summary>A wrong command line, or a file or port on it that cannot be used.</summary>
    public static FailureException Usage(string message, string subject = "") =>
        Failure.InvalidInput(UsageReason, message, subject).ToException();

    public static ExitCode ToExitCode(Failure failure) => failure.Kind switch
    {
        FailureKind.InvalidInput when failure.Reason == UsageReason => ExitCode.Usage,
        FailureKind.Unimplemented when failure.Reason == EdgeRequirements.Reason => ExitCode.Incapable,
        FailureKind.NotFound => ExitCode.NotFound,
        FailureKind.Unavailable => ExitCode.Unreachable,
        FailureKind.DeadlineExceeded => ExitCode.TimedOut,
        FailureKind.Internal or FailureKind.Corrupt => ExitCode.Bug,
        _ => ExitCode.Refused,
    };

    /// <summary>Prints the sentence, every fault at its path, and what would have been allowed.</summary>
    public static void Show(this IAnsiConsole console, Failure failure)
    {
        console.Line($"mano: {failure.Message}", "red");
        // One fault that the sentence says already is not said twice.
        ShowFaults(console, failure.Faults is [var only] && only.Message == failure.Message ? [] : failure.Faults);
        if (failure.FaultsLeftOut > 0)
        {
            console.Line($"  and {failure.FaultsLeftOut} more, which the answer had no room for");
        }

        if (failure.CurrentState is { } state && !failure.Message.Contains(state, StringComparison.Ordinal))
        {
            console.Line($"  it is {state}; this is possible in: {string.Join(", ", failure.AllowedStates)}");
        }
    }

    public static void ShowFaults(this IAnsiConsole console, IReadOnlyList<Fault> faults)
    {
        foreach (var fault in faults)
        {
            var grave = fault.Severity == FaultSeverity.Error;
            console.Line($"  {(grave ? "error  " : "warning")} {fault.Path}", grave ? "red" : "yellow");
            console.Line($"          {fault.Message}");
        }
    }
}
