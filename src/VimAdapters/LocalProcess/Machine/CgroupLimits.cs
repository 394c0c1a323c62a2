using System.Globalization;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>One limit of a compute, and the files that set it in both layouts.</summary>
/// <param name="Name">What the status calls it.</param>
/// <param name="Controller">Who enforces it.</param>
/// <param name="Shown">The limit in words; null: none was asked for.</param>
/// <param name="V1">File and content, v1. The first must work; the others are refinements.</param>
/// <param name="V2">File and content, v2.</param>
internal sealed record CgroupLimits(
    string Name, string Controller, string? Shown, IReadOnlyList<(string File, string Content)> V1, IReadOnlyList<(string File, string Content)> V2)
{
    /// <summary>The limits that these resources mean.</summary>
    public static IEnumerable<CgroupLimits> For(VimResources resources, int maxProcesses)
    {
        var bytes = Text(resources.MemoryMib * 1024 * 1024);
        yield return new("memory", "memory", resources.MemoryMib == 0 ? null : $"{resources.MemoryMib} MiB",
            [("memory.limit_in_bytes", bytes), ("memory.memsw.limit_in_bytes", bytes)],
            [("memory.max", bytes), ("memory.swap.max", "0"), ("memory.oom.group", "1")]);

        // A period of 100 ms is the kernel's default; it takes no quota under 1 ms.
        var quota = Text(Math.Max(resources.MilliCpu * 100, 1000));
        yield return new("cpu", "cpu", resources.MilliCpu == 0 ? null : $"{resources.MilliCpu} mCPU",
            [("cpu.cfs_quota_us", quota)], [("cpu.max", quota + " 100000")]);
        yield return new("processes", "pids", $"{maxProcesses} processes and threads", [("pids.max", Text(maxProcesses))], [("pids.max", Text(maxProcesses))]);
    }

    /// <summary>Sets the limit in a group.</summary>
    public Enforcement Apply(string folder, bool isV2)
    {
        if (Shown is null)
        {
            return new(Name, false, "no limit was asked for");
        }

        var files = isV2 ? V2 : V1;
        try
        {
            File.WriteAllText(Path.Combine(folder, files[0].File), files[0].Content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(Name, false, $"{folder}/{files[0].File}: {e.Message}");
        }

        foreach (var (file, content) in files.Skip(1).Where(f => File.Exists(Path.Combine(folder, f.File))))
        {
            try
            {
                File.WriteAllText(Path.Combine(folder, file), content);
            }
            catch (IOException)
            {
                // A refinement (no swap, kill the whole group): the limit itself is in force without it.
            }
        }

        return new(Name, true, $"{Shown} by cgroup {(isV2 ? "v2" : "v1")}");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
