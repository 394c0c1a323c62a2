using System.Diagnostics;
using System.Runtime.InteropServices;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic;

/// <summary>The network namespace of the gateway: its tools are run, and its sockets made, inside it.</summary>
internal sealed class GatewayNamespace
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string? path;
    private readonly string[] prefix;

    /// <param name="name">A name below /run/netns or a path; empty: this process already runs in the gateway's namespace.</param>
    /// <exception cref="FailureException">There is no such namespace, or it is the machine's own.</exception>
    public GatewayNamespace(string name)
    {
        var at = name.Length == 0 ? "/proc/self/ns/net" : name.Contains('/', StringComparison.Ordinal) ? name : "/run/netns/" + name;
        if (!File.Exists(at))
        {
            throw Failure.InvalidInput(
                "NO_GATEWAY_NAMESPACE", $"There is no network namespace {name} ({at}): make it with 'ip netns add {name}', or name another with --gateway-netns.").ToException();
        }

        if (IsMachines(at, isNamed: name.Length > 0))
        {
            throw Failure.InvalidInput(
                "MACHINE_NAMESPACE",
                "The nft data plane would run in the machine's own network namespace, where it would steer the machine's own traffic: give the gateway a namespace with --gateway-netns.").ToException();
        }

        // Entering the namespace that one is in already would need a right that the rest does not.
        path = Inode(at) == Inode("/proc/self/ns/net") ? null : at;
        prefix = path is null ? [] : ["nsenter", $"--net={at}"];
    }

    /// <summary>Runs a tool to its end and gives what it printed.</summary>
    /// <exception cref="FailureException">Unavailable: it is not there, did not end, or ended with an error.</exception>
    public string Run(string? input, params string[] command)
    {
        string[] whole = [.. prefix, .. command];
        var start = new ProcessStartInfo(whole[0], whole[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            using var process = Process.Start(start) ?? throw new IOException($"{whole[0]} could not be started");
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            if (!process.WaitForExit(Patience))
            {
                process.Kill();
                throw Unavailable($"{command[0]}: did not end within {Patience.TotalSeconds} s");
            }

            return process.ExitCode == 0 ? output.Result : throw Unavailable($"{command[0]}: {FirstLines(errors.Result)}");
        }
        catch (Exception wrong) when (wrong is System.ComponentModel.Win32Exception or IOException)
        {
            throw Unavailable($"{command[0]}: {wrong.Message}");
        }
    }

    /// <summary>Does something on a thread of its own that has entered the namespace; what is opened there stays there.</summary>
    /// <exception cref="FailureException">Unavailable: the namespace cannot be entered, or the work failed.</exception>
    public T Inside<T>(Func<T> work)
    {
        if (path is null)
        {
            return Tried(work);
        }

        T? result = default;
        FailureException? wrong = null;
        var thread = new Thread(() =>
        {
            try
            {
                result = Tried(() =>
                {
                    using var file = File.OpenHandle(path);
                    return SetNs((int)file.DangerousGetHandle(), NewNetwork) == 0 ? work() : throw new IOException($"{path} cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}");
                });
            }
            catch (FailureException failure)
            {
                wrong = failure;
            }
        });
        thread.Start();
        thread.Join();
        return wrong is null ? result! : throw wrong;
    }

    private static T Tried<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            throw Unavailable(wrong.Message);
        }
    }

    private static FailureException Unavailable(string why) => Failure.Unavailable("DATA_PLANE", $"The gateway cannot be written: {why}").ToException();

    private static string FirstLines(string errors) => string.Join(" | ", errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3));

    /// <summary>Whether it is the namespace of the machine's first process. Where that may not be looked at, our own counts as the machine's, unless it was named.</summary>
    private static bool IsMachines(string path, bool isNamed)
    {
        try
        {
            return Inode(path) == Inode("/proc/1/ns/net");
        }
        catch (IOException)
        {
            return !isNamed && Inode(path) == Inode("/proc/self/ns/net");
        }
    }

    private static string Inode(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-L", "-c", "%d:%i", path]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new IOException("stat could not be started");
        var text = stat.StandardOutput.ReadToEnd().Trim();
        stat.WaitForExit();
        return stat.ExitCode == 0 ? text : throw new IOException($"{path} cannot be looked at");
    }

    private const int NewNetwork = 0x40000000;

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNs(int descriptor, int type);
}
