using System.ComponentModel;
using System.Diagnostics;

namespace Mano.Cli.Doctor;

/// <summary>Whether the local-process VIM may put applications into namespaces and control groups of their own.</summary>
internal static class IsolationChecks
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>Tried for real: what a kernel offers and what a container lets through differ.</summary>
    public static async Task<Finding> NamespacesAsync(CancellationToken stop)
    {
        var root = Environment.IsPrivilegedProcess;
        string[] kinds = ["--mount", "--pid", "--ipc", "--uts", "--fork"];
        var (ran, error) = await TryAsync("unshare", root ? [.. kinds, "true"] : ["--user", "--map-root-user", .. kinds, "true"], stop);
        return ran switch
        {
            true => Finding.Ok("namespaces", root ? "as root" : "as an ordinary user (user namespaces)"),
            false => Finding.Warn(
                "namespaces", $"refused: {error}", "Applications still run, but they see this machine's processes and files.",
                root ? "In a container: give it CAP_SYS_ADMIN." : "Run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1"),
            null => Finding.Warn("namespaces", "'unshare' was not found, so it was not tried", "Applications may see this machine's processes and files.", "Install util-linux."),
        };
    }

    public static Finding Cgroups()
    {
        var layout = Layout();
        if (layout is null)
        {
            return Finding.Warn(
                "cgroups", $"none at {Root}", "Applications run without limits on CPU and memory.", "Mount cgroup2, or run where it is mounted.");
        }

        var (where, name) = layout.Value;
        return MayMakeGroup(where) is { } refusal
            ? Finding.Warn(
                "cgroups", $"{name}, not writable here: {refusal}", "Applications run without limits on CPU and memory.",
                "Run as root, or as a user to whom a group is delegated (systemd-run --user --scope -p Delegate=yes).")
            : Finding.Ok("cgroups", $"{name}, writable");
    }

    /// <summary>Version 2, version 1, or both (hybrid: version 1 limits, version 2 beside it).</summary>
    private static (string Folder, string Name)? Layout()
    {
        if (File.Exists(Path.Combine(Root, "cgroup.controllers")))
        {
            return (OwnGroup(), "version 2");
        }

        var memory = Path.Combine(Root, "memory");
        if (!Directory.Exists(memory))
        {
            return null;
        }

        return (memory, Directory.Exists(Path.Combine(Root, "unified")) ? "hybrid (version 1 limits)" : "version 1");
    }

    /// <summary>In version 2 only below one's own group may an ordinary user make others.</summary>
    private static string OwnGroup()
    {
        var line = File.ReadLines("/proc/self/cgroup").FirstOrDefault(l => l.StartsWith("0::", StringComparison.Ordinal));
        var own = Root + (line?[3..] ?? "");
        return Environment.IsPrivilegedProcess || !Directory.Exists(own) ? Root : own;
    }

    private static string? MayMakeGroup(string folder)
    {
        var group = Path.Combine(folder, $"mano-doctor-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(group);
            Directory.Delete(group);
            return null;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return e.Message;
        }
    }

    /// <summary>Null: the program is not there.</summary>
    private static async Task<(bool? Ran, string Error)> TryAsync(string program, string[] arguments, CancellationToken stop)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var error = await process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return (process.ExitCode == 0, error.Trim());
        }
        catch (Win32Exception)
        {
            return (null, "");
        }
    }
}
