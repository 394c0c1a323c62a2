using Mano.Testing;

namespace Mano.Deploy.Tests.Kubernetes;

/// <summary>Certificates as deploy/k8s/certificates makes them, between the real processes, and for the mano command.</summary>
public sealed class CertificateTests
{
    [OpenSslFact]
    public async Task With_them_a_site_registers_and_the_command_is_answered_and_without_them_nobody_is()
    {
        using var folder = new TempFolder();
        var script = Path.Combine(Repository.Folder, "deploy", "k8s", "certificates");
        var (code, _, errors) = Shell.Run("sh", "-c", "cd \"$1\" && exec \"$2\" --no-secrets meo site operator", "sh", folder.FullPath, script);
        Assert.True(code == 0, errors);

        string[] Tls(string part) => [.. new[] { ("cert", "tls.crt"), ("key", "tls.key"), ("ca", "ca.crt") }.Select(f => $"--tls-{f.Item1}={folder.File("certificates", part, f.Item2)}")];
        static string Named(string url) => url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using var meo = await DaemonProcess.StartAsync("Meo", ["--data", folder.File("meo"), .. Tls("meo")]);
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", ["--data", folder.File("platform"), .. Tls("site")]);
        await using var mepm = await DaemonProcess.StartAsync(
            "Mepm",
            ["--data", folder.File("mepm"), "--site", "edge-a", "--meo", Named(meo.Ready["grpc"]),
             "--host", $"id=edge-a-1,zone=a,vim=Simulated,vim.Folder={folder.File("vim")},platform={Named(platform.Ready["grpc"])}", .. Tls("site")]);
        Assert.StartsWith("https://", meo.Ready["grpc"], StringComparison.Ordinal);

        (int Code, string Output, string Errors) SiteList(params string[] more) =>
            Shell.Run("dotnet", [Programs.Assembly("Cli"), "site", "list", "--meo", Named(meo.Ready["grpc"]), .. more]);
        await Eventually.Is(() => SiteList("--tls", folder.File("certificates", "operator")).Output.Contains("ALIVE", StringComparison.Ordinal), "edge-a is alive");
        Assert.NotEqual(0, SiteList().Code);
        var (refused, _, why) = SiteList("--tls", folder.File("nowhere"));
        Assert.Equal(4, refused);
        Assert.Contains("tls.crt", why, StringComparison.Ordinal);
        // The host is whole: the platform was reached too.
        await Eventually.Is(
            () => !SiteList("--tls", folder.File("certificates", "operator")).Output.Contains("of 1 healthy", StringComparison.Ordinal), "its host is healthy");
    }
}

/// <summary>A test that needs openssl; without it it is reported as skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OpenSslFactAttribute : FactAttribute
{
    public OpenSslFactAttribute()
    {
        try
        {
            Shell.Run("openssl", "version");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Skip = "needs openssl: tests/install installs it";
        }
    }
}
