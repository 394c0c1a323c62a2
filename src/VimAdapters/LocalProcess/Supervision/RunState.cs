using System.Globalization;

namespace Mano.VimAdapters.LocalProcess.Supervision;

/// <summary>What a supervisor does.</summary>
internal enum RunPhase
{
    /// <summary>The application runs.</summary>
    Running,

    /// <summary>It ended, and starts again.</summary>
    Waiting,

    /// <summary>It ended for good; the supervisor is leaving or gone.</summary>
    Ended,
}

/// <summary>What a supervisor said last, in its state file.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="BootId">The boot of the machine in which it was said; process ids mean nothing in another.</param>
/// <param name="Supervisor">Its process id.</param>
/// <param name="SupervisorStart">When that process started, in clock ticks since boot: tells it from a later one of the same id.</param>
/// <param name="Phase">What it does.</param>
/// <param name="StartedAt">When the application was last started.</param>
/// <param name="Restarts">How often it was started again.</param>
/// <param name="ExitCode">How it ended last.</param>
/// <param name="NextStart">When it starts again.</param>
internal sealed record RunState(
    long Run, string BootId, int Supervisor, long SupervisorStart, RunPhase Phase, DateTimeOffset? StartedAt, int Restarts, int? ExitCode, DateTimeOffset? NextStart)
{
    /// <summary>Reads the file; null where there is none, or none of ours.</summary>
    public static RunState? ReadIfAny(string path)
    {
        try
        {
            return Parse(File.ReadAllLines(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Reads lines of <c>name=value</c>; null where they are not a whole state.</summary>
    public static RunState? Parse(IEnumerable<string> lines)
    {
        var values = lines.Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1]);
        return Number(values, "run") is { } run
            && Number(values, "supervisor") is { } supervisor
            && Number(values, "supervisor_start") is { } start
            && Enum.TryParse<RunPhase>(values.GetValueOrDefault("phase"), ignoreCase: true, out var phase)
                ? new(run, values.GetValueOrDefault("boot", ""), (int)supervisor, start, phase,
                    Time(values, "started"), (int)(Number(values, "restarts") ?? 0), (int?)Number(values, "exit"), Time(values, "next"))
                : null;
    }

    private static long? Number(Dictionary<string, string> values, string name) =>
        long.TryParse(values.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Time(Dictionary<string, string> values, string name) =>
        Number(values, name) is { } seconds and > 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
}
