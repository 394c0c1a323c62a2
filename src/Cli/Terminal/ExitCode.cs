namespace Mano.Cli.Terminal;

/// <summary>What a shell sees of a run; <c>mano help exit-codes</c> prints this list.</summary>
internal enum ExitCode
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    Refused = 4,
    Unreachable = 5,
    TimedOut = 6,
    Incapable = 7,
    Bug = 70,
    Interrupted = 130,
}

/// <summary>Each exit code in one sentence.</summary>
internal static class ExitCodes
{
    public static readonly IReadOnlyList<(ExitCode Code, string Meaning)> All =
    [
        (ExitCode.Done, "done, as asked"),
        (ExitCode.Failed, "it was tried and did not succeed: the operation failed and was undone, a package is faulty, a check or a proof failed"),
        (ExitCode.Usage, "the command line is wrong, or a file or port it names cannot be used; nothing was tried"),
        (ExitCode.NotFound, "the package, instance, operation, site or host that was named does not exist"),
        (ExitCode.Refused, "the MEO refused: not in the present state, no host is right, the input is not accepted, not allowed"),
        (ExitCode.Unreachable, "the MEO, or the site, could not be reached"),
        (ExitCode.TimedOut, "time ran out before the end was seen; what was begun goes on"),
        (ExitCode.Incapable, "this machine cannot do it: a right or a program is missing, and the sentence says which; nothing was left"),
        (ExitCode.Bug, "a bug of mano itself; please report what was printed"),
        (ExitCode.Interrupted, "interrupted (Ctrl-C); what the MEO accepted goes on"),
    ];
}
