using System.Globalization;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>What the processes in a compute's control groups have used.</summary>
internal static class GroupUsage
{
    /// <summary>Clock ticks of /proc are hundredths of a second on every Linux.</summary>
    private const long NanosecondsATick = 10_000_000;

    /// <summary>Reads it; CPU time of processes that ended is in it where the machine counts by group (v2, or v1 with cpuacct beside cpu).</summary>
    public static ComputeStatistics Read(IReadOnlyList<string> groups, DateTimeOffset at) => new(at, Cpu(groups), Memory(groups));

    private static long? Cpu(IReadOnlyList<string> groups) =>
        NumberIn(groups, "cpu.stat", "usage_usec") is { } microseconds ? microseconds * 1000
        : Number(groups, "cpuacct.usage") is { } nanoseconds ? nanoseconds
        : Cgroups.ProcessesIn(groups).ToArray() is { Length: > 0 } processes ? processes.Sum(ProcessTable.CpuTicksOf) * NanosecondsATick
        : null;

    private static long? Memory(IReadOnlyList<string> groups) =>
        (Number(groups, "memory.current") ?? Number(groups, "memory.usage_in_bytes")) is { } usage
            ? Math.Max(0, usage - (NumberIn(groups, "memory.stat", "total_inactive_file") ?? NumberIn(groups, "memory.stat", "inactive_file") ?? 0))
            : null;

    private static long? Number(IReadOnlyList<string> groups, string file) =>
        Text(groups, file) is { } text && long.TryParse(text.Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static long? NumberIn(IReadOnlyList<string> groups, string file, string name) =>
        Text(groups, file)?.Split('\n').FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } found
        && long.TryParse(found[(name.Length + 1)..], CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Text(IReadOnlyList<string> groups, string file)
    {
        foreach (var path in groups.Select(g => Path.Combine(g, file)))
        {
            try
            {
                return File.ReadAllText(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Another group has it, or none.
            }
        }

        return null;
    }
}
