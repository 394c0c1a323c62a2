using System.CommandLine;
using System.Globalization;
using Mano.Cli.Terminal;
using Spectre.Console;

namespace Mano.Cli.Help;

/// <summary><c>mano help TOPIC</c>: what no single verb's <c>--help</c> can say.</summary>
internal static class HelpCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "help", "exit codes, and how answers look to programs", ExitCodesTopic(verbs), OutputTopic(verbs));

    private static Command ExitCodesTopic(Verbs verbs) => verbs.Verb("exit-codes", "what the exit code of a verb says", [], run =>
    {
        var listing = new Listing("CODE", "MEANS");
        foreach (var (code, meaning) in ExitCodes.All)
        {
            listing.Add(((int)code).ToString(CultureInfo.InvariantCulture), meaning);
        }

        listing.Show(run.Out);
        return Task.FromResult(ExitCode.Done);
    });

    private static Command OutputTopic(Verbs verbs) => verbs.Verb("output", "what --output json prints", [], run =>
    {
        foreach (var line in Output)
        {
            run.Out.Line(line);
        }

        return Task.FromResult(ExitCode.Done);
    });

    private static readonly string[] Output =
    [
        "With --output json every verb prints one JSON document on standard output and",
        "everything else (progress, errors) on standard error.",
        "",
        "What comes from the MEO or a site is the message of protos/mano in protobuf's",
        "canonical JSON: lowerCamelCase names, enum values in full, 64-bit integers as",
        "strings. Lists are an object with one array: appPackages, appInstances,",
        "operations, sites. A verb that waits for an operation prints that operation as",
        "it ended.",
        "",
        "A verb that fails prints {\"failure\": {reason, message, subject, retryable,",
        "faults, currentState, allowedStates}}; the exit code says what kind it was",
        "('mano help exit-codes').",
    ];
}
