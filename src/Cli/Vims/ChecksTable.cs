using Mano.Cli.Terminal;
using Mano.Vim.V1;
using Spectre.Console;

namespace Mano.Cli.Vims;

/// <summary>The checks of a connection: a line each and, where something is missing, what to do about it below the table.</summary>
internal static class ChecksTable
{
    public static bool Passed(IEnumerable<ConnectionCheck> checks) => checks.All(c => c.Result != ConnectionCheck.Types.Result.Failed);

    public static void Show(IAnsiConsole console, IReadOnlyCollection<ConnectionCheck> checks)
    {
        var listing = new Listing("CHECK", "RESULT", "FOUND") { WhenEmpty = "nothing was checked" };
        foreach (var check in checks)
        {
            listing.Add(check.Name, Result(check.Result), check.Detail);
        }

        listing.Show(console);
        foreach (var check in checks.Where(c => c.Remedy.Length > 0))
        {
            console.Line($"{check.Name}: {check.Remedy}", check.Result == ConnectionCheck.Types.Result.Failed ? "red" : "yellow");
        }
    }

    private static Cell Result(ConnectionCheck.Types.Result result) => result switch
    {
        ConnectionCheck.Types.Result.Ok => new("ok", "green"),
        ConnectionCheck.Types.Result.Warning => new("warning", "yellow"),
        ConnectionCheck.Types.Result.Failed => new("FAILED", "red"),
        _ => new("skipped", "grey"),
    };
}
