using Mano.Testing;

namespace Mano.Deploy.Tests.Operations;

/// <summary>docs/operations/backup-and-restore.md, carried out on running systems.</summary>
public sealed class RestoreTests : IDisposable
{
    private const string Descriptor =
        """
        { "appDId": "plain-d", "appName": "plain", "appProvider": "tests", "appSoftVersion": "1.0.0", "appDVersion": "1.0.0", "mecVersion": ["2.2.1"],
          "appDescription": "an application without names or rules",
          "virtualComputeDescriptor": { "virtualComputeDescId": "compute", "virtualCpu": { "numVirtualCpu": 1 }, "virtualMemory": { "virtualMemSize": 64 } },
          "swImageDescriptor": [ { "id": "image", "name": "plain", "version": "1.0.0", "containerFormat": "BARE", "diskFormat": "QCOW2", "swImage": "plain:1.0.0" } ],
          "appExtCpd": [ { "cpdId": "front", "layerProtocol": ["IPV4"] } ] }
        """;

    private readonly TempFolder folder = new();
    private readonly int port = DaemonProcess.FreePort();

    [Fact]
    [Trait("Speed", "Slow")]
    public async Task An_older_state_brings_nothing_back_that_was_removed_and_touches_nothing_that_was_started_since()
    {
        await using var platform = await DaemonProcess.StartAsync("MecPlatform", "--data", folder.File("platform"));
        await using var first = await StartMeo();
        await using var mepm = await DaemonProcess.StartAsync(
            "Mepm", "--data", folder.File("mepm"), "--site", "edge-a", "--meo", $"http://127.0.0.1:{port}", "--host",
            $"id=edge-a-1,zone=a,vim=Simulated,vim.Folder={folder.File("vim")},vim.BootTime=00:00:00,platform={platform.Ready["grpc"]}");
        await Eventually.Is(() => Mano("site", "list").Output.Contains("ALIVE", StringComparison.Ordinal), "the site is alive");
        await File.WriteAllTextAsync(folder.File("plain.json"), Descriptor);
        Done("package", "onboard", folder.File("plain.json"));
        Run("stays");
        Run("goes");
        Done("store", "backup", folder.File("meo"), "--to", folder.File("kept.tar"));
        Done("instance", "terminate", "goes");
        Done("instance", "delete", "goes");
        Run("new");
        var since = AddressOf("new");
        first.Kill();

        Done("store", "restore", folder.File("kept.tar"), "--data", folder.File("meo"), "--replace");
        await using var meo = await StartMeo("--orphans", "report", "--missing", "report", "--resync", "1s");
        await Eventually.Is(
            () => Mano("site", "check").Output is var said && said.Contains("LOST_AT_SITE", StringComparison.Ordinal) && said.Contains("ORPHAN", StringComparison.Ordinal),
            "both differences are reported");
        Assert.Equal(1, Mano("site", "check").Code);
        // Looked at several times more, the site still has what it had: two instances, the newer one among them.
        var computes = await SiteInstances(mepm);
        Assert.Equal(2, computes);
        Assert.Contains("127.", since, StringComparison.Ordinal);
        Done("instance", "terminate", "goes");
        Done("instance", "delete", "goes");
        await Eventually.Is(() => !Mano("site", "check").Output.Contains("LOST_AT_SITE  REPORTED  differs", StringComparison.Ordinal), "what was terminated is right");
        Assert.Equal(2, await SiteInstances(mepm));
        Assert.Contains("STARTED", Mano("instance", "show", "stays").Output, StringComparison.Ordinal);
    }

    [RedisFact]
    [Trait("Speed", "Slow")]
    public async Task A_snapshot_of_Redis_is_restored_as_the_page_says_and_without_that_it_would_be_empty()
    {
        string Cli(params string[] words) => Shell.Run("redis-cli", ["-p", $"{port}", .. words]).Output.Trim();
        async Task<ChildProcess> Redis(string data, string appendOnly)
        {
            Directory.CreateDirectory(folder.File(data));
            var server = ChildProcess.Start("redis-server", ["--port", $"{port}", "--dir", folder.File(data), "--appendonly", appendOnly, "--appendfsync", "always", "--save", ""]);
            await Eventually.Is(() => Cli("ping") == "PONG" || server.HasExited, "redis answers");
            return server;
        }

        await using (var live = await Redis("live", "yes"))
        {
            Assert.Equal("OK", Cli("SET", "kept", "1"));
            Assert.Equal(0, Shell.Run("redis-cli", "-p", $"{port}", "--rdb", folder.File("kept.rdb")).Code);
            Assert.Equal("OK", Cli("SET", "later", "1"));
            await live.Kill();
        }

        Directory.CreateDirectory(folder.File("wrong"));
        File.Copy(folder.File("kept.rdb"), folder.File("wrong", "dump.rdb"));
        await using (var wrong = await Redis("wrong", "yes"))
        {
            Assert.Equal("", Cli("GET", "kept"));
            await wrong.Kill();
        }

        Directory.CreateDirectory(folder.File("right"));
        File.Copy(folder.File("kept.rdb"), folder.File("right", "dump.rdb"));
        await using (var loading = await Redis("right", "no"))
        {
            Assert.Equal("OK", Cli("config", "set", "appendonly", "yes"));
            await Eventually.Is(() => Cli("info", "persistence").Contains("aof_rewrite_in_progress:0", StringComparison.Ordinal)
                && Cli("info", "persistence").Contains("aof_rewrite_scheduled:0", StringComparison.Ordinal), "the append-only file is written");
            Cli("shutdown");
            await loading.WaitForExit();
        }

        await using var restored = await Redis("right", "yes");
        Assert.Equal("1", Cli("GET", "kept"));
        Assert.Equal("", Cli("GET", "later"));
    }

    public void Dispose() => folder.Dispose();

    private Task<DaemonProcess> StartMeo(params string[] more) =>
        DaemonProcess.StartAsync("Meo", ["--data", folder.File("meo"), "--grpc", $"127.0.0.1:{port}", .. more]);

    private void Run(string name)
    {
        Done("instance", "create", "plain", "--name", name);
        Done("instance", "instantiate", name);
    }

    private string AddressOf(string name) => Mano("instance", "show", name).Output.Split('\n').First(l => l.StartsWith("address", StringComparison.Ordinal));

    private static async Task<int> SiteInstances(DaemonProcess mepm)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri($"{mepm.Ready["http"]}/metrics"));
        return metrics.Split('\n').Where(l => l.StartsWith("mano_mepm_instances{", StringComparison.Ordinal)).Sum(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    private (int Code, string Output, string Errors) Mano(params string[] arguments) =>
        Shell.Run("dotnet", [Programs.Assembly("Cli"), .. arguments, "--meo", $"http://127.0.0.1:{port}"]);

    private void Done(params string[] arguments)
    {
        var (code, output, errors) = Mano(arguments);
        Assert.True(code == 0, $"mano {string.Join(' ', arguments)}: {output}{errors}");
    }
}
