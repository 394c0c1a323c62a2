using System.Formats.Tar;
using System.Net.Sockets;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.Tests.Conformance;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>What an application gets, sees and may do.</summary>
public sealed class ApartTests : IAsyncLifetime
{
    private readonly LocalProcessBench bench = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_gets_its_declared_environment_and_nothing_of_ours(bool isolated)
    {
        Environment.SetEnvironmentVariable("MANO_TEST_SECRET", "do-not-leak");
        bench.Options = bench.Options with { Namespaces = isolated };
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "env", "env; echo; cat \"$MANO_BOOT_DATA\"; touch \"$HOME/mine\" && touch \"$TMPDIR/mine\" && echo writable; echo over; sleep 61", s => s with
        {
            Environment = new Dictionary<string, string> { ["COLOUR"] = "blue 'and' \"green\"", ["MANO_ADDRESS"] = "6.6.6.6", ["MANO_MP1_URL"] = "http://127.0.0.1:1" },
            Ports = [new("web-ui", Transport.Tcp, 18080)],
            BootData = "#cloud-config\n",
        });
        var log = await LocalProcessBench.LogShowsAsync(vim, "env", "over\n");
        var names = log.Split('\n').TakeWhile(l => l.Length > 0).Select(l => l.Split('=')[0]).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(
            ["COLOUR", "DOTNET_ROOT", "HOME", "LANG", "MANO_ADDRESS", "MANO_APP_INSTANCE_ID", "MANO_BOOT_DATA", "MANO_COMPUTE_ID", "MANO_MP1_URL", "MANO_PORT_WEB_UI", "MANO_VIM_ID", "PATH", "PWD", "TMPDIR"],
            names);
        Assert.DoesNotContain("do-not-leak", log, StringComparison.Ordinal);
        Assert.Contains("COLOUR=blue 'and' \"green\"\n", log, StringComparison.Ordinal);
        Assert.Contains($"MANO_ADDRESS={(await vim.GetComputeAsync("env", default))!.Addresses[0]}\n", log, StringComparison.Ordinal);
        Assert.Contains("MANO_PORT_WEB_UI=18080\n", log, StringComparison.Ordinal);
        Assert.Contains("#cloud-config\nwritable\n", log, StringComparison.Ordinal);
        await vim.DeleteComputeIfAnyAsync("env", 2, default);
    }

    [RootFact]
    public async Task An_application_runs_as_a_user_of_its_own_and_cannot_gain_privileges()
    {
        await using var vim = bench.Open();
        foreach (var id in new[] { "a", "b" })
        {
            await bench.RunAsync(vim, id, "id -u; grep -E '^(CapEff|NoNewPrivs)' /proc/self/status; echo over; sleep 61");
        }

        var a = (await LocalProcessBench.LogShowsAsync(vim, "a", "over\n")).Split('\n');
        var b = (await LocalProcessBench.LogShowsAsync(vim, "b", "over\n")).Split('\n');
        Assert.NotEqual("0", a[0]);
        Assert.NotEqual(a[0], b[0]);
        Assert.Equal("CapEff:\t0000000000000000", a[1]);
        Assert.Equal("NoNewPrivs:\t1", a[2]);
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
        await vim.DeleteComputeIfAnyAsync("b", 2, default);
    }

    [RootFact]
    public async Task Without_namespaces_it_runs_as_its_own_user_where_its_folder_can_be_reached_and_sees_no_record_or_log()
    {
        File.SetUnixFileMode(bench.Folder.FullPath, (UnixFileMode)0b111_001_001);
        bench.Options = bench.Options with { Namespaces = false };
        await using var vim = bench.Open();
        var compute = bench.VimFolder.Compute("a");
        var plain = await bench.RunAsync(vim, "a", $"id -u; touch \"$HOME/x\" && cd {compute} && cat compute.json log/output launch.sh; ls {bench.VimFolder.Computes}; touch {compute}/box/x; echo over; sleep 61");
        Assert.Contains(plain.Enforcements, e => e is { Name: "user", Applied: true });
        var log = await LocalProcessBench.LogShowsAsync(vim, "a", "over\n");
        Assert.InRange(int.Parse(log.Split('\n')[0], null), 61184, 65519);
        Assert.Equal(5, log.Split("Permission denied").Length - 1);
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [NamespaceFact]
    public async Task An_application_sees_its_own_processes_and_its_own_temporary_folder_only()
    {
        await using var vim = bench.Open();
        await bench.RunAsync(vim, "a", "ls /proc | grep -c '^[0-9]'; ls /tmp; echo over; sleep 61");
        var seen = (await LocalProcessBench.LogShowsAsync(vim, "a", "over\n")).Split('\n');
        Assert.InRange(int.Parse(seen[0], null), 3, 8);
        Assert.Equal(["bin", "dotnet", "home", "over"], seen[1..5]);
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [RootFsFact]
    public async Task A_root_file_system_serves_on_its_declared_low_port_and_sees_nothing_else()
    {
        await using var vim = bench.Open();
        var image = BusyBoxImage("entrypoint", "#!/bin/sh\nls /; ls /home/app; id -u; ls -d /root /usr /boot 2>&1; echo hello > /tmp/index.html\nexec httpd -f -p $MANO_ADDRESS:$MANO_PORT_WEB -h /tmp\n");
        await vim.EnsureImageAsync(image, default);
        var compute = await vim.EnsureComputeAsync("web", 1, new()
        {
            Name = "web",
            Images = [image.Image],
            Resources = new(200, 64, 0),
            Labels = new("default", "web"),
            Ports = [new("web", Transport.Tcp, 80)],
        }, default);
        await LocalProcessBench.BecomesAsync(vim, "web", c => c.State == ComputeState.Running);
        using var http = new HttpClient();
        var page = "";
        await Eventually.Is(async () => (page = await GetAsync(http, $"http://{compute.Addresses[0]}/index.html")).Length > 0, "the page is served");
        Assert.Equal("hello\n", page);
        var log = await LocalProcessBench.LogShowsAsync(vim, "web", "/boot: No such file or directory");
        Assert.StartsWith("bin\ndev\nentrypoint\netc\nhome\nproc\ntmp\n", log, StringComparison.Ordinal);
        Assert.Contains((await vim.GetComputeAsync("web", default))!.Enforcements, e => e is { Name: "files", Applied: true });
        await vim.SetPowerStateAsync("web", 2, PowerState.Stopped, default);
        await vim.SetPowerStateAsync("web", 3, PowerState.Started, default);
        await Eventually.Is(async () => (page = await GetAsync(http, $"http://{compute.Addresses[0]}/index.html")).Length > 0, "the page is served again");
        await vim.DeleteComputeIfAnyAsync("web", 4, default);
    }

    [RootFsFact]
    public async Task A_process_that_may_chroot_cannot_climb_out_of_its_root_file_system()
    {
        if (!File.Exists("/usr/bin/perl"))
        {
            return; // The one interpreter that Debian always has, whose chroot leaves the working folder outside.
        }

        const string Climb = "mkdir '/tmp/x'; chroot('/tmp/x') or print 'no chroot '; chdir('..') for 1..60; chroot('.'); opendir(D, '/'); print join(' ', grep { !/^[.]/ } sort readdir(D)), \" over\\n\"; sleep 61";
        await using var vim = bench.Open();
        var image = PerlImage();
        await vim.EnsureImageAsync(image, default);
        var spec = new ComputeSpec { Name = "climber", Images = [image.Image], Resources = default, Labels = new("default", "x"), RestartPolicy = RestartPolicy.Never };
        await vim.EnsureComputeAsync("climber", 1, spec with { Environment = new Dictionary<string, string> { ["LC_ALL"] = "C" }, Command = ["/usr/bin/perl", "-e", "$| = 1; " + Climb] }, default);
        Assert.StartsWith("dev etc home lib", await LocalProcessBench.LogShowsAsync(vim, "climber", "over\n"), StringComparison.Ordinal);
        await vim.DeleteComputeIfAnyAsync("climber", 2, default);
    }

    [RootFsFact]
    public async Task A_root_file_system_with_no_program_is_refused_and_leaves_nothing()
    {
        await using var vim = bench.Open();
        var image = BusyBoxImage("readme", "nothing to run");
        await vim.EnsureImageAsync(image, default);
        var spec = new ComputeSpec { Name = "x", Images = [image.Image], Resources = default, Labels = new("default", "x") };
        var refusal = await Assert.ThrowsAsync<Mano.Mesh.Failures.FailureException>(() => vim.EnsureComputeAsync("x", 1, spec, default));
        Assert.Contains("none of /entrypoint, /init and /sbin/init", refusal.Failure.Message, StringComparison.Ordinal);
        Assert.Null(await vim.GetComputeAsync("x", default));

        await vim.EnsureComputeAsync("x", 2, spec with { Command = ["sh", "-c", "echo run by command; sleep 61"] }, default);
        await LocalProcessBench.LogShowsAsync(vim, "x", "run by command");
        await vim.DeleteComputeIfAnyAsync("x", 3, default);
    }

    [Fact]
    public async Task A_port_that_something_else_holds_moves_the_compute_to_another_address()
    {
        await using var vim = bench.Open();
        var first = bench.Options.AddressRange.Replace(".0/24", ".1", StringComparison.Ordinal);
        using var taken = new TcpListener(System.Net.IPAddress.Parse(first), 0);
        taken.Start();
        var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;
        var moved = await bench.RunAsync(vim, "a", "sleep 61", s => s with { Ports = [new("web", Transport.Tcp, port)] });
        Assert.NotEqual(first, moved.Addresses[0]);
        await vim.DeleteComputeIfAnyAsync("a", 2, default);

        using var everywhere = new TcpListener(System.Net.IPAddress.Any, 0);
        everywhere.Start();
        var wide = ((System.Net.IPEndPoint)everywhere.LocalEndpoint).Port;
        var refusal = await Assert.ThrowsAsync<Mano.Mesh.Failures.FailureException>(() => bench.RunAsync(vim, "b", "sleep 61", s => s with { Ports = [new("web", Transport.Tcp, wide)] }));
        Assert.Contains($"Port {wide}/Tcp is taken", refusal.Failure.Message, StringComparison.Ordinal);
        Assert.Null(await vim.GetComputeAsync("b", default));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await bench.DisposeAsync();

    private static async Task<string> GetAsync(HttpClient http, string url)
    {
        try
        {
            return await http.GetStringAsync(new Uri(url));
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private ImageSource PerlImage()
    {
        var path = bench.Folder.File("perl.tar");
        var libraries = bench.Folder.File("ldd");
        using (var ldd = System.Diagnostics.Process.Start("/bin/sh", ["-c", $"ldd /usr/bin/perl | grep -o '/[^ ]*' > {libraries}"]))
        {
            ldd.WaitForExit();
        }

        using (var tar = new TarWriter(File.Create(path)))
        {
            foreach (var file in File.ReadAllLines(libraries).Append("/usr/bin/perl"))
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, file[1..])
                {
                    Mode = (UnixFileMode)0b111_101_101,
                    DataStream = new MemoryStream(File.ReadAllBytes(file)),
                });
            }
        }

        return TestImages.Content(bench.Folder.FullPath, "climber.tar", ImageFormat.RootFsArchive, File.ReadAllBytes(path));
    }

    private ImageSource BusyBoxImage(string file, string content)
    {
        var busybox = File.Exists("/bin/busybox") ? "/bin/busybox" : "/usr/bin/busybox";
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            tar.WriteEntry(busybox, "./bin/busybox");
            foreach (var applet in new[] { "sh", "ls", "id", "httpd", "sleep", "echo" })
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "./bin/" + applet) { LinkName = "/bin/busybox" });
            }

            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "./" + file)
            {
                Mode = (UnixFileMode)0b111_101_101,
                DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)),
            });
        }

        return TestImages.Content(bench.Folder.FullPath, file + ".tar", ImageFormat.RootFsArchive, bytes.ToArray());
    }
}
