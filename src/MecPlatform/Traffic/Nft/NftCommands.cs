using System.Diagnostics;
using System.Globalization;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Traffic.Nft;

/// <summary>Runs nft and conntrack inside the gateway's network namespace.</summary>
internal sealed class NftCommands : INftKernel
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string[] prefix;

    /// <param name="networkNamespace">A name below /run/netns or a path; empty: this process already runs in the gateway's namespace.</param>
    /// <exception cref="FailureException">There is no such namespace, or it is the machine's own.</exception>
    public NftCommands(string networkNamespace)
    {
        var path = networkNamespace.Length == 0 ? "/proc/self/ns/net" : networkNamespace.Contains('/', StringComparison.Ordinal) ? networkNamespace : "/run/netns/" + networkNamespace;
        if (!File.Exists(path))
        {
            throw Failure.InvalidInput(
                "NO_GATEWAY_NAMESPACE", $"There is no network namespace {networkNamespace} ({path}): make it with 'ip netns add {networkNamespace}', or name another with --gateway-netns.").ToException();
        }

        if (IsMachines(path, isNamed: networkNamespace.Length > 0))
        {
            throw Failure.InvalidInput(
                "MACHINE_NAMESPACE",
                "The nft data plane would run in the machine's own network namespace, where it would steer the machine's own traffic: give the gateway a namespace with --gateway-netns.").ToException();
        }

        // Entering the namespace that one is in already would need a right that the rest does not.
        prefix = Inode(path) == Inode("/proc/self/ns/net") ? [] : ["nsenter", $"--net={path}"];
    }

    public void Apply(string transaction) => Run(transaction, "nft", "-f", "-");

    public string? List(NftFamily family)
    {
        try
        {
            return Run(null, "nft", "-n", "-j", "list", "table", family.Name, NftFamily.Table);
        }
        catch (FailureException none) when (none.Failure.Message.Contains("No such file or directory", StringComparison.Ordinal))
        {
            return null;
        }
    }

    public void ForgetFlows(IReadOnlyCollection<int> numbers)
    {
        foreach (var number in numbers)
        {
            try
            {
                Run(null, "conntrack", "-D", "--mark", $"{number.ToString(CultureInfo.InvariantCulture)}/{Marks.NumberMask}");
            }
            catch (FailureException none) when (none.Failure.Message.Contains("0 flow entries", StringComparison.Ordinal))
            {
                // It exits with 1 when there was nothing to forget.
            }
        }
    }

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

    private string Run(string? input, params string[] command)
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
                throw Unavailable(command[0], $"did not end within {Patience.TotalSeconds} s");
            }

            return process.ExitCode == 0 ? output.Result : throw Unavailable(command[0], FirstLines(errors.Result));
        }
        catch (Exception wrong) when (wrong is System.ComponentModel.Win32Exception or IOException)
        {
            throw Unavailable(command[0], wrong.Message);
        }
    }

    private static FailureException Unavailable(string tool, string why) =>
        Failure.Unavailable("DATA_PLANE", $"The gateway's packet filter cannot be written: {tool}: {why}").ToException();

    private static string FirstLines(string errors) => string.Join(" | ", errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(3));
}
