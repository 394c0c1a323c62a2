using System.CommandLine;
using Mano.Mesh.Failures;

namespace Mano.Mesh.Hosting;

/// <summary>Runs a deployable from its command line.</summary>
public static class Daemon
{
    /// <summary>Exit code of a wrong command line or configuration.</summary>
    public const int UsageError = 2;

    /// <summary>
    /// Parses <paramref name="args"/> and calls <paramref name="run"/>. Faults of the command line, and those that
    /// <paramref name="run"/> throws as <see cref="FailureException"/> of kind InvalidInput, are printed one a line on
    /// standard error and end with <see cref="UsageError"/>.
    /// </summary>
    public static async Task<int> RunAsync(string[] args, RootCommand command, Func<ParseResult, Task<int>> run)
    {
        command.SetAction((parsed, _) => run(parsed));
        var parsed = command.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"{command.Name}: {error.Message}");
            }

            await Console.Error.WriteLineAsync($"'{command.Name} --help' lists the flags.");
            return UsageError;
        }

        try
        {
            // Signals are the host's: it stops cleanly, and the command line would end the process two seconds into that.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (FailureException e)
        {
            await Console.Error.WriteLineAsync($"{command.Name}: {e.Failure.Message}");
            foreach (var fault in e.Failure.Faults)
            {
                await Console.Error.WriteLineAsync($"  {fault.Path}: {fault.Message}");
            }

            return e.Failure.Kind == FailureKind.InvalidInput ? UsageError : 1;
        }
    }
}
