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

    // Each holds the end of a pipe open by which the services know that this process lives.
    private readonly List<Process> lifelines = [];

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

        try
        {
            await UpAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async Task DisposeAsync()
    {
        if (lifelines.Count > 0)
        {
            var start = new ProcessStartInfo(Script("down"), ["--purge"]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
            Apply(start);
            using var down = Process.Start(start)!;
            down.StandardInput.Close();
            await down.StandardOutput.ReadToEndAsync();
            await down.WaitForExitAsync().Soon("the testbed goes down");
        }

        lifelines.ForEach(l => l.Dispose());
        folder.Dispose();
    }

    /// <summary>SIGKILL to one of its services.</summary>
    public async Task KillAsync(string service)
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(Folder, "run", service + ".pid"))).Split(' ')[0];
        await using var kill = ChildProcess.Start("/bin/kill", ["-KILL", pid]);
        await kill.WaitForExit();
    }

    /// <summary>Starts what does not run.</summary>
    public async Task UpAsync()
    {
        // The services read from what is this process's to write, and end when it is gone, however it went: see lifeline.py.
        var start = new ProcessStartInfo("bash", ["-c", "exec 3<&0; TESTBED_LIFELINE=3 exec \"$0\" </dev/null", Script("up")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        Apply(start);
        var up = Process.Start(start)!;
        lifelines.Add(up);
        var errors = up.StandardError.ReadToEndAsync();
        var said = "";
        while (await up.StandardOutput.ReadLineAsync() is { } line && !line.StartsWith("OpenStack is up", StringComparison.Ordinal))
        {
            said += line + "\n";
        }

        await up.WaitForExitAsync();
        if (up.ExitCode != 0)
        {
            throw new InvalidOperationException($"The testbed did not come up:\n{said}{await errors}");
        }
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
