using System.Text.Json;
using Mano.Testing;
using Mano.Testing.Containers;

namespace Mano.Cli.Tests.Containers;

/// <summary>
/// A MEO, a MEPM and a platform as real processes beside a real engine, all in the engine's network, so that containers and
/// platform reach one another as on an edge site's machine; worked with by the command, as a person does.
/// </summary>
internal sealed class ContainerSite : IAsyncDisposable
{
    private const string Mp1Address = "10.191.7.1";

    private readonly RunningEngine engine;

    private ContainerSite(RunningEngine engine) => this.engine = engine;

    public TempFolder Folder { get; } = new();

    public DaemonProcess Meo { get; private set; } = null!;

    public DaemonProcess Mepm { get; private set; } = null!;

    public DaemonProcess Platform { get; private set; } = null!;

    public string Logs => $"--- MEO\n{Meo.Log}\n--- MEPM\n{Mepm.Log}\n--- platform\n{Platform.Log}";

    public static async Task<ContainerSite> StartAsync(RunningEngine engine)
    {
        var site = new ContainerSite(engine);
        var (meo, platform) = (DaemonProcess.FreePort(), DaemonProcess.FreePort());
        site.Meo = await site.StartAsync("Meo", "meo", "--grpc", $"127.0.0.1:{meo}");

        // Mp1 is where the containers' network will end, which is made when the MEPM has found the engine.
        site.Platform = await site.StartAsync("MecPlatform", "platform", "--platform-id", "edge-a-1", "--grpc", $"127.0.0.1:{platform}", "--http", $"{Mp1Address}:7414",
            "--dns", $"127.0.0.1:{DaemonProcess.FreePort()}", "--gateway", $"127.0.0.1:{DaemonProcess.FreePort()}", "--dns-zone", "edge.example");
        site.Mepm = await site.StartAsync("Mepm", "mepm", "--site", "edge-a", "--grpc", $"127.0.0.1:{DaemonProcess.FreePort()}", "--meo", $"http://127.0.0.1:{meo}", "--resync", "1s",
            "--host", $"id=edge-a-1,zone=a,vim=LocalContainers,platform=http://127.0.0.1:{platform},latency=2ms,vim.Socket={engine.Socket},vim.AddressRange=10.191.7.0/24,"
            + "vim.Owner=fullpath,vim.PollInterval=00:00:00.500,vim.StopGrace=00:00:02");
        await Eventually.Is(async () => (await site.RunAsync("site", "list")).Out.Contains("ALIVE", StringComparison.Ordinal), "the site is registered");
        return site;
    }

    /// <summary>Runs the command, which must succeed.</summary>
    public async Task<string> DoneAsync(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.Code == 0, $"mano {string.Join(' ', arguments)}: {run}\n{Logs}");
        return run.Out;
    }

    /// <summary>The instance as the command tells it to a program.</summary>
    public async Task<JsonElement> ShowAsync(string instance)
    {
        using var document = JsonDocument.Parse(await DoneAsync("instance", "show", instance, "--output", "json"));
        return document.RootElement.Clone();
    }

    /// <summary>What a user of the site gets for the application's name, through the gateway and its rules; empty: nothing.</summary>
    public Task<string> FetchAsync() => engine.InNetworkAsync("curl", "-s", "--max-time", "5", "--socks5-hostname", Platform.Ready["gateway"], "http://counter.edge.example/");

    /// <summary>Until users get this.</summary>
    public async Task ServesAsync(string text)
    {
        var got = "";
        try
        {
            await Eventually.Is(async () => (got = await FetchAsync()) == text, $"users get '{text.Trim()}'");
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}; they get '{got}'\n{Logs}", e);
        }
    }

    /// <summary>What one of the MEPM's metrics says of the only instance; null: nothing.</summary>
    public async Task<double?> MetricAsync(string name)
    {
        var text = await engine.InNetworkAsync("curl", "-s", "--max-time", "5", Mepm.Ready["http"] + "/metrics");
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + "{", StringComparison.Ordinal));
        return line is null ? null : double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { Mepm, Platform, Meo })
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        await engine.AskAsync("networks/mano-fullpath", "DELETE");
        Folder.Dispose();
    }

    private Task<CommandRun> RunAsync(params string[] arguments) =>
        ManoProcess.RunIn([.. engine.InNetwork, "dotnet"], Folder, [.. arguments, "--meo", Meo.Ready["grpc"]]);

    private Task<DaemonProcess> StartAsync(string project, string folder, params string[] arguments) =>
        DaemonProcess.StartInAsync(engine.InNetwork, project, ["--data", Folder.File(folder), .. arguments]);
}
