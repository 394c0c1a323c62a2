using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Mano.Cli.Demo;

/// <summary>What an application instance leaves on a machine while it runs, looked for without asking mano.</summary>
internal static class MachineTraces
{
    private const string CgroupRoot = "/sys/fs/cgroup";

    /// <summary>Processes that carry the instance's id in their environment, as every process of it does.</summary>
    public static IReadOnlyList<int> ProcessesOf(string instanceId)
    {
        var mark = Encoding.ASCII.GetBytes($"MANO_APP_INSTANCE_ID={instanceId}\0");
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) && Holds(Path.Combine(folder, "environ"), mark))
            {
                found.Add(pid);
            }
        }

        return found;
    }

    /// <summary>Control groups named after the instance, in any hierarchy.</summary>
    public static IReadOnlyList<string> CgroupsOf(string instanceId) => Named(CgroupRoot, instanceId);

    /// <summary>
    /// Files and folders named after the instance. A VIM's tombstones are meant to stay: a number of some bytes, by which
    /// a create that arrives late is refused.
    /// </summary>
    public static IReadOnlyList<string> FilesOf(string folder, string instanceId) =>
        [.. Named(folder, instanceId).Where(file => Path.GetFileName(Path.GetDirectoryName(file)) != "tombstones")];

    /// <summary>Whether something still listens there.</summary>
    public static async Task<bool> AnswersAsync(IPEndPoint address, CancellationToken stop)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(address, stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static List<string> Named(string folder, string part)
    {
        if (!Directory.Exists(folder))
        {
            return [];
        }

        var everywhere = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        return [.. Directory.EnumerateFileSystemEntries(folder, "*", everywhere).Where(p => Path.GetFileName(p).Contains(part, StringComparison.Ordinal))];
    }

    private static bool Holds(string file, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(file).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Ended meanwhile, or another user's, which an application of ours is not.
            return false;
        }
    }
}
