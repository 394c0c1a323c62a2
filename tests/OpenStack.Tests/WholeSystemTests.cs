using Mano.Testing;

namespace Mano.OpenStack.Tests;

/// <summary>The main job: from an author's package to a server with its rules active, and to an empty project; over every process of ours and a real control plane.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class WholeSystemTests(Testbed testbed) : IAsyncLifetime
{
    private readonly TempFolder folder = new();
    private readonly List<DaemonProcess> processes = [];
    private CloudProject project = null!;

    public async Task InitializeAsync()
    {
        if (Testbed.WhyMissing is null)
        {
            project = await CloudProject.MakeAsync(testbed);
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var process in processes.AsEnumerable().Reverse())
        {
            await process.DisposeAsync();
        }

        project?.Dispose();
        folder.Dispose();
    }

    [CloudFact]
    public async Task A_package_with_a_disk_becomes_a_server_with_its_rules_active_and_terminates_to_an_empty_project()
    {
        var mepm = await StartAsync();
        await DoneAsync("package", "build", DiskPackage.Write(folder), "-o", folder.File("cache.csar"));
        await DoneAsync("package", "onboard", folder.File("cache.csar"));
        await DoneAsync("instance", "create", DiskPackage.Name, "--name", "one");

        // COMPLETED means ready: Nova says ACTIVE, and the platform has the name and the rule.
        await DoneAsync("instance", "instantiate", "one");
        var server = Assert.Single(await project.ServersAsync())!;
        Assert.Equal("ACTIVE", (string)server["status"]!);
        var shown = await DoneAsync("instance", "show", "one");
        Assert.Contains("STARTED", shown, StringComparison.Ordinal);
        Assert.Contains("10.9.0.", shown, StringComparison.Ordinal);
        Assert.Contains("ACTIVE", shown, StringComparison.Ordinal);
        Assert.Equal("active", (string)Assert.Single(await project.ImagesAsync())!["status"]!);
        Assert.Contains("FAKE CONSOLE", await DoneAsync("instance", "log", "one"), StringComparison.Ordinal);

        await DoneAsync("instance", "stop", "one", "--graceful", "1s");
        await Patiently.Is(async () => (string)(await project.ServersAsync()).Single()!["status"]! == "SHUTOFF", "the server stands still");
        await DoneAsync("instance", "start", "one");
        await Patiently.Is(async () => (string)(await project.ServersAsync()).Single()!["status"]! == "ACTIVE", "it runs again");

        // The MEPM dies and comes back: the server is the same.
        mepm.Kill();
        await mepm.StartAsync();
        await Patiently.Is(async () => (await DoneAsync("site", "list")).Contains("ALIVE", StringComparison.Ordinal), "the site is back");
        Assert.Equal((string)server["id"]!, (string)Assert.Single(await project.ServersAsync())!["id"]!);

        await DoneAsync("instance", "terminate", "one");
        await DoneAsync("instance", "delete", "one");
        await DoneAsync("package", "disable", DiskPackage.Name);
        await DoneAsync("package", "delete", DiskPackage.Name);
        await Patiently.Is(async () => await project.LeftAsync() == "", "the project is empty, without the image too");
        Assert.DoesNotContain(CloudProject.Password, string.Concat(processes.Select(p => p.Log)), StringComparison.Ordinal);
    }

    private async Task<DaemonProcess> StartAsync()
    {
        var (meo, platform) = (DaemonProcess.FreePort(), DaemonProcess.FreePort());
        await RunAsync("Meo", "meo", "--grpc", $"127.0.0.1:{meo}");
        await RunAsync("MecPlatform", "platform", "--platform-id", "edge-a-1", "--grpc", $"127.0.0.1:{platform}", "--http", "127.0.0.1:0",
            "--dns", $"127.0.0.1:{DaemonProcess.FreePort()}", "--gateway", $"127.0.0.1:{DaemonProcess.FreePort()}", "--dns-zone", "edge.example");
        var mepm = await RunAsync("Mepm", "mepm", "--site", "edge-a", "--grpc", $"127.0.0.1:{DaemonProcess.FreePort()}", "--meo", $"http://127.0.0.1:{meo}", "--resync", "1s", "--image-kept", "2s",
            "--host", $"id=edge-a-1,zone=a,vim=OpenStack,platform=http://127.0.0.1:{platform},latency=2ms,vim.AuthUrl={testbed.Keystone},vim.Username={project.User},"
            + $"vim.Password={CloudProject.Password},vim.ProjectName={project.Name},vim.SiteName={project.Name},vim.Network={project.NetworkId},vim.DiskGib=100,vim.FastPoll=00:00:00.500");
        await Patiently.Is(async () => (await ManoAsync("site", "list")).Out.Contains("ALIVE", StringComparison.Ordinal), "the site is registered");
        return mepm;
    }

    private async Task<DaemonProcess> RunAsync(string program, string data, params string[] arguments)
    {
        var process = await DaemonProcess.StartAsync(program, ["--data", folder.File(data), .. arguments]);
        processes.Add(process);
        return process;
    }

    private async Task<string> DoneAsync(params string[] arguments)
    {
        var (code, @out, err) = await ManoAsync(arguments);
        Assert.True(code == 0, $"mano {string.Join(' ', arguments)}: exit {code}\n{@out}\n{err}\n{string.Join("\n---\n", processes.Select(p => p.Log))}");
        return @out;
    }

    private async Task<(int Code, string Out, string Err)> ManoAsync(params string[] arguments)
    {
        var mano = Path.Combine(Repository.Folder, "src", "Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "mano.dll");
        return await Patiently.RunAsync("dotnet", [mano, .. arguments, "--meo", processes[0].Ready["grpc"]],
            new Dictionary<string, string> { ["MANO_HOME"] = Repository.Folder, ["XDG_RUNTIME_DIR"] = folder.FullPath, ["MANO_MEO"] = "", ["TERM"] = "dumb" });
    }
}
