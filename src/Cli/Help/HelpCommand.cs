using System.CommandLine;
using System.Globalization;
using Mano.Cli.Terminal;
using Spectre.Console;

namespace Mano.Cli.Help;

/// <summary><c>mano help TOPIC</c>: what no single verb's <c>--help</c> can say.</summary>
internal static class HelpCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun(
        "help", "exit codes, how answers look to programs, and VIMs", ExitCodesTopic(verbs), OutputTopic(verbs), VimTopic(verbs));

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

    private static Command VimTopic(Verbs verbs) => verbs.Verb("vim", "how a site gets a VIM, and a host on it", [], run =>
    {
        foreach (var line in Vim)
        {
            run.Out.Line(line);
        }

        return Task.FromResult(ExitCode.Done);
    });

    private static readonly string[] Vim =
    [
        "A VIM connection is an adapter (OpenStack, Kubernetes, …), its settings and its",
        "credentials, under a name. A MEC host is a VIM connection and a platform. Both are",
        "added to a site at its MEPM, while it runs, and are there again after a restart:",
        "",
        "  mano vim adapters OpenStack        what the adapter takes",
        "  mano vim test --adapter OpenStack --set … --secret …   is it of use? nothing is kept",
        "  mano vim add central --adapter OpenStack --set AuthUrl=… --secret Password",
        "  mano host add edge-1 --vim central --zone a --platform http://10.0.0.5:7413",
        "  mano vim update central --secret Password=@FILE        instances go on running",
        "  mano host remove edge-1 && mano vim remove central     when nothing runs there",
        "",
        "Secrets never stand on a command line: NAME alone asks for it, NAME=@FILE reads a",
        "file, NAME=- standard input. The MEPM stores them encrypted and shows them to",
        "nobody; 'mano vim rotate-key' changes the key. With several sites say --site, or",
        "--mepm and its address.",
    ];

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
