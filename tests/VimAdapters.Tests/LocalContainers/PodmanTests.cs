using Mano.Testing;
using Mano.Testing.Containers;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>What Podman's service does otherwise than dockerd, and what applications see the same all the same.</summary>
[Collection(PodmanEngine.Name)]
public sealed class PodmanTests(PodmanEngine engine) : ContainerVimTests(engine, PodmanEngine.Name)
{
    [EngineFact(PodmanEngine.Name)]
    public async Task Its_limits_are_set_in_the_control_groups()
    {
        await bench.RunAsync(vim, "app", """
            echo "memory: $(cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null)"; echo "files: $(ulimit -n)"
            echo "cpu: $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null)"; grep -E 'CapEff|NoNewPrivs' /proc/self/status; echo all said; sleep 600
            """);

        var log = await ContainerBench.LogShowsAsync(vim, "app", "all said");

        foreach (var line in new[] { $"memory: {32 << 20}", "cpu: 10000", "files: 16384", "CapEff:\t0000000000000000", "NoNewPrivs:\t1" })
        {
            Assert.Contains(line, log, StringComparison.Ordinal);
        }
    }

    [EngineFact(PodmanEngine.Name)]
    public async Task Its_health_check_is_run_by_our_looks_and_a_change_of_it_is_seen()
    {
        await bench.RunAsync(vim, "sick", "touch /tmp/well; while ! test -e /tmp/leave; do sleep 1; done", healthcheck: "test -e /tmp/well && ! test -e $MANO_VOLUME_DATA/ill",
            shape: spec => spec with { Volumes = [new("data", 1)] });
        await ContainerBench.BecomesAsync(vim, "sick", c => c.Reason.EndsWith("health check says healthy", StringComparison.Ordinal));

        await bench.Engine.PutAsync(bench.Mark.Container("sick"), "/mano/volumes/data",
            [new System.Formats.Tar.UstarTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "ill")], default);

        await ContainerBench.BecomesAsync(vim, "sick", c => c.Reason.EndsWith("health check says unhealthy", StringComparison.Ordinal));
    }

    [EngineFact(PodmanEngine.Name)]
    public async Task Keeps_its_volume_when_it_is_killed_and_when_its_container_is_removed_by_hand()
    {
        await bench.RunAsync(vim, "c", "echo begin >> $MANO_VOLUME_DATA/runs; echo \"runs: $(grep -c begin $MANO_VOLUME_DATA/runs)\"; sleep 600",
            spec => spec with { Volumes = [new("data", 1)], RestartPolicy = RestartPolicy.Always }, user: "1000");
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1");

        await bench.KillAsync("c");
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 2");
        await bench.Engine.RemoveIfAnyAsync(bench.Mark.Container("c"), default);
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 3");

        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Empty(await bench.VolumesAsync());
    }

    [EngineFact(PodmanEngine.Name)]
    public async Task Tells_what_it_uses()
    {
        var compute = await bench.RunAsync(vim, "web", "exec httpd -f -p 8080 -h /www");
        await Eventually.Is(async () => await engine.InNetworkAsync("curl", "-s", "--max-time", "5", $"http://{compute.Addresses[0]}:8080/") == "served by the edge\n", "it answers");

        await Eventually.Is(async () => await vim.ReadStatisticsAsync("web", default) is { CpuNanoseconds: > 0, MemoryBytes: > 0, NetworkReceivedBytes: > 0, NetworkSentBytes: > 0 }, "it tells");
    }
}
