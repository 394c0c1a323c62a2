using System.Diagnostics;
using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>
/// A real OpenStack control plane, shared by all tests of this project: own ports, own folder, gone with this process however it ends.
/// Every test class works in a project of its own.
/// </summary>
public sealed class Testbed : IAsyncLifetime
{
    public const string Name = "OpenStack testbed";

    /// <summary>Short enough that tokens end while the tests run, so that all of them live with renewal.</summary>
    private const int TokenSeconds = 120;

    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> settings = [];
    private Process? keeper;

    public static string? WhyMissing { get; } = new[] { "keystone", "placement", "glance", "neutron", "nova" }
        .FirstOrDefault(p => !Directory.Exists(Path.Combine("/usr/lib/python3/dist-packages", p))) is { } missing
        ? $"needs a real OpenStack control plane, and there is no python3-{missing}: tests/install installs it" : null;

    public string Keystone => $"http://127.0.0.1:{settings["TESTBED_KEYSTONE_PORT"]}/v3";

    public string Nova => $"http://127.0.0.1:{settings["TESTBED_NOVA_PORT"]}";

    public string Glance => $"http://127.0.0.1:{settings["TESTBED_GLANCE_PORT"]}";

    public string Neutron => $"http://127.0.0.1:{settings["TESTBED_NEUTRON_PORT"]}";

    public string CloudsFile => Path.Combine(Folder, "clouds.yaml");

    private string Folder => folder.File("testbed");

    private static string Script(string name) => Path.Combine(Repository.Folder, "tests", "testbed", "openstack", name);

    public async Task InitializeAsync()
    {
        if (WhyMissing is not null)
        {
            return;
        }

        settings["TESTBED_DIR"] = Folder;
        settings["TESTBED_TOKEN_TTL"] = $"{TokenSeconds}";
        foreach (var service in new[] { "KEYSTONE", "PLACEMENT", "GLANCE", "NEUTRON", "NOVA", "HEAT" })
        {
            settings[$"TESTBED_{service}_PORT"] = $"{DaemonProcess.FreePort()}";
        }

        // The shell takes everything down when this process is gone, however it went: its standard input is closed then.
        var start = new ProcessStartInfo("bash", ["-c", "exec 3<&0; \"$0\" </dev/null && echo READY || echo FAILED; read -r _ <&3; \"$1\" --purge </dev/null", Script("up"), Script("down")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        Apply(start);
        keeper = Process.Start(start)!;
        var errors = keeper.StandardError.ReadToEndAsync();
        var said = "";
        while (await keeper.StandardOutput.ReadLineAsync() is { } line)
        {
            said += line + "\n";
            if (line is "READY" or "FAILED")
            {
                break;
            }
        }

        if (!said.EndsWith("READY\n", StringComparison.Ordinal))
        {
            await DisposeAsync();
            throw new InvalidOperationException($"The testbed did not come up:\n{said}{await errors}");
        }

        _ = keeper.StandardOutput.ReadToEndAsync();
    }

    public async Task DisposeAsync()
    {
        if (keeper is { } running)
        {
            running.StandardInput.Close();
            await running.WaitForExitAsync().Soon("the testbed goes down");
            running.Dispose();
        }

        folder.Dispose();
    }

    /// <summary>SIGKILL to one of its services.</summary>
    public async Task KillAsync(string service)
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(Folder, "run", service + ".pid"))).Split(' ')[0];
        await using var kill = ChildProcess.Start("/bin/kill", ["-KILL", pid]);
        await kill.WaitForExit();
    }

    /// <summary>Starts again what does not run.</summary>
    public async Task UpAsync()
    {
        var start = new ProcessStartInfo(Script("up")) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Apply(start);
        using var up = Process.Start(start)!;
        up.StandardInput.Close();
        var errors = up.StandardError.ReadToEndAsync();
        var said = "";
        while (await up.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("OpenStack is up", StringComparison.Ordinal))
        {
            said += line + "\n";
        }

        await up.WaitForExitAsync();
        Assert.True(up.ExitCode == 0, $"{said}{await errors}");
    }

    private void Apply(ProcessStartInfo start)
    {
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }
    }
}

[CollectionDefinition(Testbed.Name)]
public sealed class TestbedCollection : ICollectionFixture<Testbed>;

/// <summary>A test on a real control plane; skipped, with the reason, where its packages are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CloudFactAttribute : FactAttribute
{
    public CloudFactAttribute() => Skip = Testbed.WhyMissing!;
}

/// <summary>The same for a theory.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CloudTheoryAttribute : TheoryAttribute
{
    public CloudTheoryAttribute() => Skip = Testbed.WhyMissing!;
}
