using System.Diagnostics;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>Computes on a network of the site's own.</summary>
public sealed class SiteNetworkTests : IAsyncLifetime
{
    private const string Range = "10.60.0.128/25";

    private readonly LocalProcessBench bench = new();
    private readonly string space = $"mano-test-{Environment.ProcessId}-{Interlocked.Increment(ref spaces)}";
    private static int spaces;

    [NetworkNamespaceFact]
    public async Task A_compute_runs_in_the_network_namespace_with_an_address_of_the_range_there()
    {
        Ip("netns", "add", space);
        Ip("-n", space, "link", "set", "lo", "up");
        Ip("-n", space, "route", "add", "local", Range, "dev", "lo");
        bench.Options = bench.Options with { NetworkNamespace = space, AddressRange = Range };
        await using var vim = bench.Open();
        var compute = await bench.RunAsync(vim, "a", "readlink /proc/self/ns/net; echo \"$MANO_ADDRESS\"; echo over; sleep 61");
        var log = (await LocalProcessBench.LogShowsAsync(vim, "a", "over\n")).Split('\n');
        Assert.NotEqual(new FileInfo("/proc/self/ns/net").LinkTarget, log[0]);
        Assert.Equal("10.60.0.129", log[1]);
        Assert.Contains(compute.Enforcements, e => e is { Name: "network", Applied: true } && e.Detail.Contains(space, StringComparison.Ordinal));
        await vim.DeleteComputeIfAnyAsync("a", 2, default);
    }

    [NetworkNamespaceFact]
    public void A_range_that_is_not_local_there_is_refused_with_the_command_that_makes_it_so()
    {
        Ip("netns", "add", space);
        Ip("-n", space, "link", "set", "lo", "up");
        var refused = Assert.Throws<FailureException>(() => bench.Open(bench.Options with { NetworkNamespace = space, AddressRange = Range }));
        Assert.Contains($"ip -n {space} route add local {Range} dev lo", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_namespace_that_does_not_exist_is_refused()
    {
        var refused = Assert.Throws<FailureException>(() => bench.Open(bench.Options with { NetworkNamespace = "nowhere" }));
        Assert.Contains("there is no /run/netns/nowhere", refused.Message, StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        try
        {
            await bench.DisposeAsync();
        }
        finally
        {
            if (File.Exists($"/run/netns/{space}"))
            {
                Ip("netns", "del", space);
            }
        }
    }

    private static void Ip(params string[] arguments)
    {
        using var process = Process.Start("ip", arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}

/// <summary>A test that makes network namespaces.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NetworkNamespaceFactAttribute : FactAttribute
{
    public NetworkNamespaceFactAttribute() => Skip = !ThisMachine.OwnUser ? "only root can make network namespaces"
        : !"/usr/sbin:/usr/bin:/sbin:/bin".Split(':').Any(f => File.Exists(Path.Combine(f, "ip"))) ? "ip is not installed: tests/install installs iproute2" : null!;
}
