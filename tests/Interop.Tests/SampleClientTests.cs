using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Interop.Tests;

/// <summary>The sample clients, run by the commands of their READMEs against a real system.</summary>
public sealed partial class SampleClientTests(RunningMano system) : IClassFixture<RunningMano>
{
    [Fact]
    public Task CSharp() => Tells("csharp", script => script.Replace(
        "dotnet run -c Release --project samples/clients/csharp --", $"dotnet {RunningMano.Built("samples", "clients", "csharp", "Mano.csharp-client.dll")}", StringComparison.Ordinal));

    [PythonStubsFact]
    public Task Python() => Tells("python", script => script);

    [NodeFact]
    public Task JavaScript() => Tells("grpc-js", script => script);

    /// <summary>In a copy, so that what the commands write is nobody's.</summary>
    private async Task Tells(string sample, Func<string, string> adapted)
    {
        using var folder = new TempFolder();
        Copy("protos", folder);
        Copy(Path.Combine("samples", "clients"), folder);
        var modules = Path.Combine(Repository.Folder, "tests", "node_modules");
        if (Directory.Exists(modules))
        {
            Directory.CreateSymbolicLink(folder.File("node_modules"), modules);
        }

        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Folder, "samples", "clients", sample, "README.md"));
        var commands = string.Concat(Block().Matches(readme).Select(m => m.Groups[1].Value));
        var script = adapted(commands);
        Assert.NotEqual("", script);
        await File.WriteAllTextAsync(folder.File("readme.sh"), $"set -eu\ncd '{folder.FullPath}'\n{script}");
        await using var shell = ChildProcess.Start(
            "bash", [folder.File("readme.sh")],
            new Dictionary<string, string> { ["MEO"] = system.Authority, ["PYTHONDONTWRITEBYTECODE"] = "1", ["no_proxy"] = "127.0.0.1" });
        var code = await shell.WaitForExit();
        var said = string.Join('\n', shell.Output);
        Assert.True(code == 0, $"{said}\n{string.Join('\n', shell.Errors)}");
        AssertStory(said, sample);
    }

    private static void AssertStory(string said, string sample)
    {
        var lines = said.Split('\n').ToList();
        Assert.Matches("^refused: (InvalidArgument|INVALID_ARGUMENT)$", lines[0]);
        var faults = lines.Where(l => l.StartsWith("fault at ", StringComparison.Ordinal)).ToList();
        Assert.True(faults.Count >= 3, said);
        Assert.Contains(faults, f => f.Contains("has no appName", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.StartsWith("fault at virtualComputeDescriptor: ", StringComparison.Ordinal));
        Assert.Contains(faults, f => f.StartsWith("fault at appTrafficRule[0].priority: ", StringComparison.Ordinal));
        Assert.Contains("onboarded hello-client", lines);

        // Lost after the first change and resumed: every revision once, in order.
        var end = lines.FindIndex(l => l.StartsWith("instantiated: ", StringComparison.Ordinal));
        Assert.Matches("^instantiated: (Completed|STATE_COMPLETED)$", lines[end]);
        var changes = lines[..end].Where(l => l.StartsWith("change ", StringComparison.Ordinal)).Select(l => int.Parse(l.Split(' ', ':')[1], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(Enumerable.Range(changes[0], changes.Count), changes);
        Assert.InRange(lines.Count(l => l == "resumed"), changes.Count > 1 ? 1 : 0, 1); // who came when all was over had nothing to lose

        Assert.Contains(lines, l => Regex.IsMatch(l, $"^listed from-{sample} at edge-[ab]$"));
        Assert.Contains(lines, l => Regex.IsMatch(l, "^terminated: (Completed|STATE_COMPLETED)$"));
        Assert.Equal("deleted", lines[^1]);
    }

    private static void Copy(string what, TempFolder folder)
    {
        var from = Path.Combine(Repository.Folder, what);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(f => !Built().IsMatch(f)))
        {
            var to = folder.File(what, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    [GeneratedRegex(@"^```sh\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("/(bin|obj|node_modules|generated)/")]
    private static partial Regex Built();
}
