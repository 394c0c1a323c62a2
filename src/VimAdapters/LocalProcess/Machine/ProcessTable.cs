using System.Globalization;
using System.Text;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>A process that a later one of the same id is not taken for.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Start">When it started, in clock ticks since boot.</param>
internal readonly record struct ProcessIdentity(int Pid, long Start);

/// <summary>One living process.</summary>
/// <param name="Identity">Who it is.</param>
/// <param name="Parent">The id of its parent.</param>
/// <param name="ComputeId">The compute that its environment names, of the VIM that was asked for; null: none.</param>
/// <param name="PidNamespace">Which process namespace it is in; empty where we may not see.</param>
internal sealed record LivingProcess(ProcessIdentity Identity, int Parent, string? ComputeId, string PidNamespace);

/// <summary>What runs on this machine, as /proc tells it. A zombie does not run.</summary>
internal static class ProcessTable
{
    public static string BootId { get; } = Read("/proc/sys/kernel/random/boot_id").Trim();

    /// <summary>When the process of this id started; null where none lives.</summary>
    public static long? StartOf(int pid) => StatOf(pid) is { } stat ? stat.Start : null;

    /// <summary>Whether exactly this process lives.</summary>
    public static bool Lives(ProcessIdentity process) => StartOf(process.Pid) == process.Start;

    /// <summary>Every living process, with the compute it is marked as belonging to.</summary>
    public static List<LivingProcess> Scan(string vimId)
    {
        var vimMark = Encoding.UTF8.GetBytes($"\0{Marks.Vim}={vimId}\0");
        var living = new List<LivingProcess>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && StatOf(pid) is { } stat)
            {
                living.Add(new(new(pid, stat.Start), stat.Parent, ComputeIdOf(folder, vimMark), NamespaceOf(folder)));
            }
        }

        return living;
    }

    /// <summary>CPU time of a process and of those of its children that it has waited for, in clock ticks; 0 where none lives.</summary>
    public static long CpuTicksOf(int pid)
    {
        var stat = Read($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 14 ? fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)) : 0;
    }

    private static (int Parent, long Start)? StatOf(int pid)
    {
        var stat = Read($"/proc/{pid}/stat");

        // The name, in brackets, may itself contain blanks and brackets: fields are counted after its last one.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && fields[0] is not ("Z" or "X")
            ? (int.Parse(fields[1], CultureInfo.InvariantCulture), long.Parse(fields[19], CultureInfo.InvariantCulture))
            : null;
    }

    private static string? ComputeIdOf(string folder, byte[] vimMark)
    {
        try
        {
            var environment = (byte[])[0, .. File.ReadAllBytes(Path.Combine(folder, "environ"))];
            if (environment.AsSpan().IndexOf(vimMark) < 0)
            {
                return null;
            }

            return Encoding.UTF8.GetString(environment).Split('\0')
                .FirstOrDefault(v => v.StartsWith(Marks.Compute + "=", StringComparison.Ordinal))?[(Marks.Compute.Length + 1)..];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string NamespaceOf(string folder)
    {
        try
        {
            return new FileInfo(Path.Combine(folder, "ns", "pid")).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>The variables by which a process of ours is known.</summary>
internal static class Marks
{
    public const string Vim = "MANO_VIM_ID";
    public const string Compute = "MANO_COMPUTE_ID";
}
