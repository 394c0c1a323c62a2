using System.Diagnostics;

namespace Mano.Chaos.Processes;

/// <summary>
/// A small shell that outlives this program for a moment: when our end of its standard input closes, by whatever death,
/// it kills every process that carries this run's mark in its environment. So nothing is ever left running.
/// </summary>
internal sealed class Keeper : IDisposable
{
    public const string Mark = "MANO_CHAOS_RUN";

    private const string Script =
        """
        trap '' INT TERM HUP
        cat >/dev/null
        for round in 1 2 3; do
          for p in /proc/[0-9]*; do
            if { tr '\0' '\n' <"$p/environ"; } 2>/dev/null | grep -qx "MANO_CHAOS_RUN=$0"; then kill -9 "${p#/proc/}" 2>/dev/null; fi
          done
        done
        """;

    private readonly Process process;

    private Keeper(Process process) => this.process = process;

    /// <summary>Starts it. <paramref name="run"/> is the value of <see cref="Mark"/> in everything that is to die with us.</summary>
    public static Keeper Start(string run) => new(Process.Start(
        new ProcessStartInfo("sh", ["-c", Script, run]) { RedirectStandardInput = true, UseShellExecute = false })!);

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
