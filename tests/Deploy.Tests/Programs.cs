using System.Text.RegularExpressions;
using Mano.Testing;

namespace Mano.Deploy.Tests;

/// <summary>The programs as they were built.</summary>
internal static partial class Programs
{
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The assembly of a project under src.</summary>
    public static string Assembly(string project) =>
        project == "Cli" ? Path.Combine(Repository.Folder, "src", "Cli", "bin", Configuration, "net10.0", "mano.dll") : DaemonProcess.Assembly(project);

    /// <summary>
    /// What the program's own parser has against these arguments, value by value; nothing starts. One more argument is given
    /// that no program knows: then every fault is listed, and that one must be the only one. (With --help faults are not told.)
    /// </summary>
    public static string Refusal(string project, IEnumerable<string> arguments)
    {
        const string unknown = "--this-is-not-a-flag";
        var (code, _, errors) = Shell.Run("dotnet", [Assembly(project), .. arguments, unknown]);
        var lines = errors.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Xunit.Assert.Equal(2, code);
        Xunit.Assert.Contains(lines, l => l.Contains(unknown, StringComparison.Ordinal));
        return string.Join('\n', lines.Where(l => !l.Contains(unknown, StringComparison.Ordinal) && !l.Contains("--help' lists", StringComparison.Ordinal)));
    }

    /// <summary>The same arguments with any free loopback ports, and with a folder of this test for /data; without what other machines would have to answer for.</summary>
    public static string[] OnThisMachine(IEnumerable<string> arguments, TempFolder folder) =>
        [.. arguments.Where(a => !Elsewhere().IsMatch(a)).Select(a => Listening().Replace(a, "${1}127.0.0.1:0").Replace("/data", folder.FullPath, StringComparison.Ordinal))];

    [GeneratedRegex("^(--(?:grpc|http|dns|gateway)=)[0-9.]+:[0-9]+$")]
    private static partial Regex Listening();

    // Redis, Consul, certificates and shared volumes are tested where they are at hand; here the store is the embedded one.
    [GeneratedRegex("^--(?:store|store-password-file|consul|consul-token-file|consul-ca|tls-cert|tls-key|tls-ca|packages)=")]
    private static partial Regex Elsewhere();
}
