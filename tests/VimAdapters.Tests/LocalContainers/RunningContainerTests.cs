using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.Testing.Containers;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>What a container gets, and what it may do.</summary>
[Collection(DockerEngine.Name)]
public sealed class RunningContainerTests(DockerEngine engine) : ContainerVimTests(engine, DockerEngine.Name)
{
    [EngineFact]
    public async Task Gets_its_variables_boot_data_address_and_limits()
    {
        await bench.RunAsync(vim, "app", """
            env; echo "boot: $(cat $MANO_BOOT_DATA)"; grep -E 'Cap(Eff|Bnd)|NoNewPrivs' /proc/self/status
            echo "memory: $(cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null)"; echo "files: $(ulimit -n)"
            echo "cpu: $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null)"; echo "processes: $(cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null)"
            echo all said; sleep 600
            """, spec => spec with
        {
            BootData = "first boot 'data'\n", Environment = new Dictionary<string, string> { ["COLOUR"] = "blue = $HOME" }, Ports = [new("web-ui", Transport.Tcp, 8080)],
        });

        var log = await ContainerBench.LogShowsAsync(vim, "app", "all said");
        var address = (await vim.GetComputeAsync("app", default))!.Addresses[0];
        foreach (var line in new[]
        {
            "COLOUR=blue = $HOME", "FROM_IMAGE=yes", "MANO_PORT_WEB_UI=8080", "MANO_APP_INSTANCE_ID=app", $"MANO_ADDRESS={address}", "boot: first boot 'data'",
            "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", $"memory: {32 << 20}", "files: 16384",
            "cpu: 10000", "processes: 512",
        })
        {
            Assert.Contains(line, log, StringComparison.Ordinal);
        }
    }

    [EngineFact]
    public async Task Answers_on_its_address_under_a_read_only_root()
    {
        await WithReadOnlyRootAsync();
        var compute = await bench.RunAsync(vim, "web", "touch /www/x || echo cannot write; touch /tmp/x && echo can write; exec httpd -f -p 80 -h /www",
            spec => spec with { Ports = [new("web", Transport.Tcp, 80)], Address = "", BootData = "b" });

        await Eventually.Is(async () => await engine.InNetworkAsync("curl", "-s", "--max-time", "5", $"http://{compute.Addresses[0]}/") == "served by the edge\n", "it answers");
        var log = await ContainerBench.LogShowsAsync(vim, "web", "can write");
        Assert.Contains("cannot write", log, StringComparison.Ordinal);
        Assert.False((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.ReachableAddresses), "the engine's network is another one than ours");
    }

    [EngineFact]
    public async Task Tells_what_it_uses_of_CPU_memory_and_network()
    {
        var compute = await bench.RunAsync(vim, "web", "httpd -p 8080 -h /www; while :; do :; done", spec => spec with { Ports = [new("web", Transport.Tcp, 8080)] });
        await Eventually.Is(async () => await engine.InNetworkAsync("curl", "-s", "--max-time", "5", $"http://{compute.Addresses[0]}:8080/") == "served by the edge\n", "it answers");
        var first = await vim.ReadStatisticsAsync("web", default);

        Assert.True(first is { CpuNanoseconds: > 0, MemoryBytes: > 0 and < 32 << 20, NetworkReceivedBytes: > 0, NetworkSentBytes: > 0 }, first.ToString());
        await Eventually.Is(async () => (await vim.ReadStatisticsAsync("web", default)).CpuNanoseconds > first.CpuNanoseconds + 20_000_000, "CPU time grows");
    }

    [EngineFact]
    public async Task Killed_for_memory_says_so()
    {
        await bench.RunAsync(vim, "greedy", "tail /dev/zero", spec => spec with { Resources = new(0, 16, 0) });

        // An engine hears that it ended and why by two ways, in any order.
        var failed = await ContainerBench.BecomesAsync(vim, "greedy", c => c.State == ComputeState.Failed && c.Reason.Contains("killed for memory, its limit is 16 MiB", StringComparison.Ordinal));
        Assert.Equal(137, failed.ExitCode);
    }

    [EngineFact]
    public async Task Tells_what_its_health_check_says_when_that_changes()
    {
        await bench.RunAsync(vim, "sick", "touch /tmp/well; sleep 600", healthcheck: "test -e /tmp/well && ! test -e /tmp/ill");
        await ContainerBench.BecomesAsync(vim, "sick", c => c.Reason.EndsWith("health check says healthy", StringComparison.Ordinal));
        await vim.DeleteComputeIfAnyAsync("sick", 2, default);

        await bench.RunAsync(vim, "ill", "sleep 600", healthcheck: "test -e /nowhere");
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await foreach (var change in vim.WatchComputesAsync(patience.Token))
        {
            if (change.Compute?.Reason.EndsWith("health check says unhealthy", StringComparison.Ordinal) ?? false)
            {
                Assert.Equal(ComputeState.Running, change.Compute.State);
                return;
            }
        }
    }

    [EngineFact]
    public async Task Loads_OCI_layouts_and_packed_archives_under_our_name_alone()
    {
        var oci = ContainerImages.Image(bench.Folder.FullPath, "oci", ContainerArchives.Oci("echo from oci; sleep 600"));
        var packed = ContainerImages.Image(bench.Folder.FullPath, "packed", ContainerArchives.Zipped(ContainerArchives.Docker("echo from packed; sleep 600")));
        foreach (var image in new[] { oci, packed })
        {
            Assert.Equal(image.Size, (await vim.EnsureImageAsync(image, default)).Size);
            await vim.EnsureComputeAsync("c" + image.Size, 1, ContainerBench.Spec("c", image), default);
            await ContainerBench.LogShowsAsync(vim, "c" + image.Size, "from ");
        }

        Assert.Null(await bench.Engine.ImageIfAnyAsync("somebody/elses:latest", default));
        Assert.Equal(2, (await vim.ListImagesAsync(default)).Count);
    }

    [EngineFact]
    public async Task A_program_that_is_not_there_is_refused_leaves_nothing_and_leaks_nothing()
    {
        var image = ContainerImages.Docker(bench.Folder.FullPath, "x", "true");
        await vim.EnsureImageAsync(image, default);
        var spec = ContainerBench.Spec("x", image) with { Command = ["/s3cr3t-path"], Environment = new Dictionary<string, string> { ["PASSWORD"] = "s3cr3t-path" } };

        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("x", 1, spec, default));

        Assert.Equal(FailureKind.InvalidInput, refused.Failure.Kind);
        Assert.DoesNotContain("s3cr3t", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.OursAsync());
        Assert.Null(await vim.GetComputeAsync("x", default));
        Assert.Equal(default, (await vim.GetCapacityAsync(default)).Used);
    }

    [EngineFact]
    public async Task Labels_hold_no_environment_and_no_boot_data()
    {
        await bench.RunAsync(vim, "quiet", "sleep 600", spec => spec with { BootData = "s3cr3t-boot", Environment = new Dictionary<string, string> { ["PASSWORD"] = "s3cr3t-env" } });

        var labels = Assert.Single(await bench.OursAsync()).Labels!;

        Assert.DoesNotContain(labels, l => l.Value.Contains("s3cr3t", StringComparison.Ordinal));
        Assert.Equal("quiet", labels["mano.compute"]);
        Assert.Equal("1", labels["mano.operation"]);
    }

    [EngineFact]
    public async Task A_pruned_image_is_loaded_again_and_until_then_it_is_missing()
    {
        var image = ContainerImages.RunsForever(bench.Folder.FullPath);
        await vim.EnsureImageAsync(image, default);
        await bench.Engine.RemoveImageIfAnyAsync(bench.Mark.ImageTag(image.Image.Digest), default);

        Assert.Empty(await vim.ListImagesAsync(default));
        var missing = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("c", 1, ContainerBench.Spec("c", image), default));
        Assert.Equal(VimFailures.ImageMissing, missing.Failure.Reason);
        await vim.EnsureImageAsync(image, default);
        Assert.Equal(ComputeState.Running, (await vim.EnsureComputeAsync("c", 1, ContainerBench.Spec("c", image), default)).State);
    }
}
