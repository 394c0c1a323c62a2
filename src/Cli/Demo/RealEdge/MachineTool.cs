using System.ComponentModel;
using System.Diagnostics;
using Mano.Mesh.Failures;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>Runs a small program of the machine to its end.</summary>
internal static class MachineTool
{
    /// <summary>What it printed.</summary>
    /// <exception cref="FailureException">Incapable: it is not there, or refused; with its own words.</exception>
    public static string Run(string input, string program, params string[] arguments) =>
        TryRun(input, program, arguments) is var (output, error) && error is null ? output : throw EdgeRequirements.Incapable($"{program} {string.Join(' ', arguments)}: {error}").ToException();

    /// <summary>What it printed, and what was wrong: its first line on standard error; null when it ended well.</summary>
    public static (string Output, string? Error) TryRun(string input, string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            process.WaitForExit();
            var first = errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
            return (output.Result, process.ExitCode == 0 ? null : first ?? $"exit code {process.ExitCode}");
        }
        catch (Exception e) when (e is Win32Exception or IOException)
        {
            return ("", e.Message);
        }
    }
}
