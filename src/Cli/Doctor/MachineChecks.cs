using System.Globalization;
using System.Runtime.InteropServices;
using Mano.Cli.Terminal;

namespace Mano.Cli.Doctor;

/// <summary>The runtime, memory, disk, clock.</summary>
internal static class MachineChecks
{
    private const long MiB = 1 << 20;
    private const long LeastDisk = 200 * MiB;
    private const long ComfortableDisk = 1024 * MiB;
    private const long LeastMemory = 300 * MiB;
    private const int LeastOpenFiles = 1024;

    public static Finding Runtime()
    {
        var seen = $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}";
        return Environment.Version.Major >= 10
            ? Finding.Ok(".NET", seen)
            : Finding.Fail(".NET", seen, "mano is built for .NET 10.", "Install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0");
    }

    public static Finding Memory()
    {
        if (ReadLine("/proc/meminfo", "MemAvailable:") is not { } line
            || !long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture, out var kib))
        {
            return Finding.Warn("memory", "/proc/meminfo does not say what is available", "It cannot be told whether there is enough.", "");
        }

        var seen = $"{Words.Bytes(kib * 1024)} available";
        return kib * 1024 >= LeastMemory
            ? Finding.Ok("memory", seen)
            : Finding.Warn("memory", seen, $"A whole system with two sites takes up to {Words.Bytes(LeastMemory)}; the machine may swap.", "End something else.");
    }

    public static Finding OpenFiles()
    {
        var soft = ReadLine("/proc/self/limits", "Max open files")?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];
        var seen = $"{soft ?? "unknown"} files may be open in one process";
        return soft is null || !int.TryParse(soft, CultureInfo.InvariantCulture, out var count) || count >= LeastOpenFiles
            ? Finding.Ok("files", seen)
            : Finding.Warn("files", seen, "Many connections at once will fail.", $"Raise it: ulimit -n {LeastOpenFiles * 8}");
    }

    /// <summary>A clock that stands before this program was built is wrong: new ids would sort before old ones.</summary>
    public static Finding Time(TimeProvider clock)
    {
        var built = File.GetLastWriteTimeUtc(typeof(MachineChecks).Assembly.Location);
        var now = clock.GetUtcNow();
        var seen = now.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        return now.UtcDateTime >= built - TimeSpan.FromMinutes(1)
            ? Finding.Ok("time", seen)
            : Finding.Fail(
                "time", $"{seen}, which is before this program was built ({built.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)})",
                "Ids and heartbeats carry the time; sites would look lost.", "Set the clock, or start a time service.");
    }

    public static Finding Disk(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing))
        {
            existing = Path.GetDirectoryName(existing) ?? "/";
        }

        if (!MayWrite(existing))
        {
            return Finding.Fail("disk", $"{existing} cannot be written to", "State is kept there.", "Name another folder with --data, or change its owner.");
        }

        var free = new DriveInfo(existing).AvailableFreeSpace;
        var seen = $"{Words.Bytes(free)} free for {folder}";
        return free switch
        {
            < LeastDisk => Finding.Fail("disk", seen, $"Packages and images need at least {Words.Bytes(LeastDisk)}.", "Make room, or name another folder with --data."),
            < ComfortableDisk => Finding.Warn("disk", seen, "A few large packages will fill it.", "Make room, or name another folder with --data."),
            _ => Finding.Ok("disk", seen),
        };
    }

    private static bool MayWrite(string folder)
    {
        try
        {
            File.Create(Path.Combine(folder, $".mano-doctor-{Environment.ProcessId}"), 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    private static string? ReadLine(string file, string start)
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault(l => l.StartsWith(start, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return null;
        }
    }
}
