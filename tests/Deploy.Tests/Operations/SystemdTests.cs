using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Deploy.Tests.Operations;

/// <summary>The units of deploy/systemd, with the arguments that docs/operations/high-availability.md gives them.</summary>
public sealed class SystemdTests
{
    private static readonly string Folder = Path.Combine(Repository.Folder, "deploy", "systemd");

    public static TheoryData<string> Units => ["meo", "mepm", "platform"];

    [Theory]
    [MemberData(nameof(Units))]
    public void Its_arguments_with_the_documented_ones_are_accepted_by_the_program(string name)
    {
        var start = File.ReadLines(Path.Combine(Folder, $"mano-{name}.service")).Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal)).Split(' ');
        var project = Path.GetFileNameWithoutExtension(start[1])["Mano.".Length..];
        Assert.Equal("$ARGS", start[^1]);
        var page = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "operations", "high-availability.md"));
        var documented = Regex.Match(page, $"# /etc/mano/{name}\\.env.*\\nARGS=\"([^\"]+)\"").Groups[1].Value.Split(' ');
        Assert.True(documented.Length > 1, $"the page has no ARGS for {name}");
        Assert.Equal("", Programs.Refusal(project, [.. start[2..^1], .. documented]));
        Assert.Contains($"-o {Path.GetDirectoryName(start[1])}", page, StringComparison.Ordinal);
        Assert.Contains($"--data=/var/lib/mano-{name}", start);
    }

    [SystemdTheory]
    [MemberData(nameof(Units))]
    public void systemd_has_nothing_against_it(string name)
    {
        var (_, output, errors) = Shell.Run("systemd-analyze", "verify", "--man=no", Path.Combine(Folder, $"mano-{name}.service"));
        // Where dotnet is, is the machine's affair.
        Assert.Equal([], (output + errors).Split('\n').Where(l => l.Contains($"mano-{name}", StringComparison.Ordinal) && !l.Contains("is not executable", StringComparison.Ordinal)));
    }
}

/// <summary>A test that needs systemd-analyze; without it it is reported as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SystemdTheoryAttribute : TheoryAttribute
{
    public SystemdTheoryAttribute()
    {
        try
        {
            Shell.Run("systemd-analyze", "--version");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip = "needs systemd-analyze";
        }
    }
}
