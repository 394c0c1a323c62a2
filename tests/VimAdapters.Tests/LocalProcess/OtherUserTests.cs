using Mano.Testing;
using Mano.VimAdapters.LocalProcess.Machine;
using Mano.VimAdapters.Tests.Processes;
using Xunit.Abstractions;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>The whole suite as a user who is nobody: what root does with rights is done without, or said to be missing.</summary>
public sealed class OtherUserTests(ITestOutputHelper output)
{
    [RootFact]
    public async Task The_suite_passes_as_a_user_without_any_rights()
    {
        using var folder = new TempFolder();
        var assembly = typeof(Conform).Assembly.Location;
        for (var place = Path.GetDirectoryName(assembly); place is not null; place = Path.GetDirectoryName(place))
        {
            if ((File.GetUnixFileMode(place) & UnixFileMode.OtherExecute) == 0)
            {
                output.WriteLine($"skipped: {place} cannot be read by another user");
                return;
            }
        }

        Native.Give(folder.FullPath, 65534);
        var setPriv = Tools.Find([]).SetPriv!;
        var dotnet = Environment.ProcessPath is { } self && Path.GetFileName(self) == "dotnet" ? self : "/usr/bin/dotnet";
        await using var child = ChildProcess.Start(setPriv,
            ["--reuid=65534", "--regid=65534", "--clear-groups", dotnet, assembly, "conform", folder.FullPath, "127.98.0.0/24"],
            new Dictionary<string, string> { ["HOME"] = folder.FullPath, ["DOTNET_CLI_HOME"] = folder.FullPath });

        // The whole suite, on a busy machine: more than the patience for one state.
        var started = TimeProvider.System.GetTimestamp();
        while (!child.HasExited && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(8))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }

        var code = await child.WaitForExit();
        output.WriteLine(string.Join('\n', child.Output));
        Assert.True(code == 0, string.Join('\n', child.Output.Where(l => l.Contains("FAILED", StringComparison.Ordinal)).Concat(child.Errors)));
        Assert.Contains(child.Output, l => l.Contains("the adapter is not root", StringComparison.Ordinal));
    }
}
