using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>The three layouts of control groups, in trees that only look like them: what is read and written where.</summary>
public sealed class CgroupLayoutTests : IDisposable
{
    private readonly TempFolder folder = new();

    [Fact]
    public void V1_has_a_group_in_every_tree()
    {
        var cgroups = Cgroups.Discover(
            $"31 30 0:1 / {Tree("memory")} rw - cgroup cgroup rw,memory\n32 30 0:2 / {Tree("cpu")} rw - cgroup cgroup rw,cpu,cpuacct\n33 30 0:3 / {Tree("pids")} rw - cgroup cgroup rw,pids\n34 30 0:4 / {Tree("devices")} rw - cgroup cgroup rw,devices",
            "4:memory:/slice/me\n3:cpu,cpuacct:/\n2:pids:/slice/me\n1:devices:/", "v", null);
        var groups = cgroups.Make("a", new(250, 64, 0), 99);
        Assert.Equal([Tree("memory/slice/me/mano-v/a"), Tree("cpu/mano-v/a"), Tree("pids/slice/me/mano-v/a")], groups.Folders);
        Assert.Equal(groups.Folders, cgroups.FoldersOf("a"));
        Assert.All(groups.Enforcements, e => Assert.True(e.Applied, e.Detail));
        Assert.Equal("67108864", Content("memory/slice/me/mano-v/a/memory.limit_in_bytes"));
        Assert.Equal("25000", Content("cpu/mano-v/a/cpu.cfs_quota_us"));
        Assert.Equal("99", Content("pids/slice/me/mano-v/a/pids.max"));
        Assert.Contains(groups.Enforcements, e => e.Detail == "64 MiB by cgroup v1");
    }

    [Fact]
    public void V2_has_one_group_with_controllers_handed_down()
    {
        V2Root("unified", "cpuset cpu io memory pids");
        var cgroups = Cgroups.Discover($"31 30 0:1 / {Tree("unified")} rw - cgroup2 cgroup2 rw", "0::/", "v", null);
        var groups = cgroups.Make("a", new(250, 64, 0), 99);
        Assert.Equal([Tree("unified/mano-v/a")], groups.Folders);
        Assert.Equal("67108864", Content("unified/mano-v/a/memory.max"));
        Assert.Equal("25000 100000", Content("unified/mano-v/a/cpu.max"));
        Assert.Equal("99", Content("unified/mano-v/a/pids.max"));
        Assert.True(cgroups.Has("memory") && cgroups.Has("cpu") && cgroups.Has("pids"));
    }

    [Fact]
    public void Hybrid_takes_each_controller_where_it_is_and_the_v2_tree_for_killing()
    {
        V2Root("unified", "hugetlb");
        var cgroups = Cgroups.Discover(
            $"31 30 0:1 / {Tree("memory")} rw - cgroup cgroup rw,memory\n41 30 0:9 / {Tree("unified")} rw - cgroup2 cgroup2 rw",
            "4:memory:/\n0::/", "v", null);
        var groups = cgroups.Make("a", new(250, 64, 0), 99);
        Assert.Equal([Tree("memory/mano-v/a"), Tree("unified/mano-v/a")], groups.Folders);
        Assert.True(groups.Enforcements.Single(e => e.Name == "memory").Applied);
        Assert.False(groups.Enforcements.Single(e => e.Name == "cpu").Applied);
        File.WriteAllText(Tree("unified/mano-v/a/cgroup.kill"), "");
        Cgroups.KillAllIn(groups.Folders);
        Assert.Equal("1", Content("unified/mano-v/a/cgroup.kill"));
    }

    [Fact]
    public void V2_group_shared_with_other_processes_cannot_hand_controllers_on_and_says_what_to_do()
    {
        V2Root("unified", "memory");
        Directory.CreateDirectory(Tree("unified/user"));
        File.WriteAllText(Tree("unified/user/cgroup.controllers"), "memory\n");
        File.WriteAllText(Tree("unified/user/cgroup.type"), "domain\n");
        File.WriteAllText(Tree("unified/user/cgroup.procs"), "1\n2\n3\n");
        var cgroups = Cgroups.Discover($"31 30 0:1 / {Tree("unified")} rw - cgroup2 cgroup2 rw", "0::/user", "v", null);
        Assert.False(cgroups.Has("memory"));
        var note = cgroups.Notes().First(n => n.Name == "memory group");
        Assert.Contains("3 processes share our group", note.Detail, StringComparison.Ordinal);
        Assert.Contains("Delegate=yes", note.Detail, StringComparison.Ordinal);
        Assert.False(cgroups.Make("a", new(250, 64, 0), 99).Enforcements.Single(e => e.Name == "memory").Applied);
    }

    [Fact]
    public void A_delegated_v2_group_is_left_to_the_computes_and_we_move_down()
    {
        V2Root("unified", "memory");
        Directory.CreateDirectory(Tree("unified/svc"));
        File.WriteAllText(Tree("unified/svc/cgroup.controllers"), "memory\n");
        File.WriteAllText(Tree("unified/svc/cgroup.type"), "domain\n");
        File.WriteAllText(Tree("unified/svc/cgroup.procs"), $"{Environment.ProcessId}\n");
        var cgroups = Cgroups.Discover($"31 30 0:1 / {Tree("unified")} rw - cgroup2 cgroup2 rw", "0::/svc", "v", null);
        Assert.True(cgroups.Has("memory"));
        Assert.Equal($"{Environment.ProcessId}", Content("unified/svc/mepm/cgroup.procs"));
    }

    [Theory]
    [InlineData("/", "/pod/x", "/sys/cg/pod/x")]
    [InlineData("/pod/x", "/pod/x", "/sys/cg")]
    [InlineData("/pod/x", "/pod/x/inner", "/sys/cg/inner")]
    [InlineData("/", "/../../other", "/sys/cg")]
    public void Our_group_is_found_whatever_part_of_the_tree_is_mounted(string root, string own, string found) =>
        Assert.Equal(found, CgroupMount.All($"31 30 0:1 {root} /sys/cg rw - cgroup cgroup rw,memory", $"4:memory:{own}").Single().OwnFolder);

    [Fact]
    public void A_machine_without_control_groups_says_so()
    {
        var groups = Cgroups.Discover("", "", "v", null).Make("a", new(250, 64, 0), 99);
        Assert.Empty(groups.Folders);
        Assert.All(groups.Enforcements, e => Assert.False(e.Applied));
        Assert.Contains("the machine has none", groups.Enforcements[0].Detail, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();

    private string Tree(string path) => folder.File(path);

    private string Content(string path) => File.ReadAllText(Tree(path));

    private void V2Root(string name, string controllers)
    {
        Directory.CreateDirectory(Tree(name));
        File.WriteAllText(Tree(name + "/cgroup.controllers"), controllers + "\n");
    }
}
