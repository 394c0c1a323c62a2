using System.Text;
using System.Text.Json.Nodes;
using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack;

namespace Mano.OpenStack.Tests;

/// <summary>What a compute is made of in the project, what it may not be made of, and that nothing of it stays.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class LifeTests(Testbed testbed) : IAsyncLifetime
{
    private CloudProject project = null!;
    private CloudBench bench = null!;

    public async Task InitializeAsync()
    {
        if (Testbed.WhyMissing is null)
        {
            project = await CloudProject.MakeAsync(testbed);
            bench = new(project);
        }
    }

    public async Task DisposeAsync()
    {
        if (project is not null)
        {
            await bench.DisposeAsync();
            project.Dispose();
        }
    }

    [CloudFact]
    public async Task A_compute_is_a_marked_server_with_its_port_its_rules_and_its_boot_data_and_leaves_an_empty_project()
    {
        var vim = bench.Open();
        var spec = CloudBench.Spec(bench.Disk()) with { BootData = "#cloud-config\nruncmd: [true]\n", Ports = [new("web", Transport.Tcp, 8080), new("dns", Transport.Udp, 53)] };
        await vim.EnsureImageAsync(bench.Disk(), default);
        await vim.EnsureComputeAsync("one", 7, spec, default);
        await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);

        var server = Assert.Single(await project.ServersAsync())!;
        Assert.Equal("one", (string)server["metadata"]!["mano:compute"]!);
        Assert.Equal(project.Name, (string)server["metadata"]!["mano:site"]!);
        Assert.Equal("7", (string)server["metadata"]!["mano:operation"]!);
        Assert.Contains($"mano:site={project.Name}", server["tags"]!.AsArray().Select(t => (string)t!));
        var userData = Encoding.UTF8.GetString(Convert.FromBase64String((string)server["OS-EXT-SRV-ATTR:user_data"]!));
        Assert.Contains("runcmd: [true]", userData, StringComparison.Ordinal);
        Assert.Contains("/etc/mano/environment", userData, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", server["metadata"]!.ToJsonString(), StringComparison.Ordinal);

        var group = (await project.ListAsync("security-groups")).Single(g => (string)g!["name"]! != "default")!;
        var rules = group["security_group_rules"]!.AsArray().Where(r => (string)r!["direction"]! == "ingress").Select(r => $"{r!["protocol"]}/{r["port_range_min"]} {r["ethertype"]}").Order();
        Assert.Equal("tcp/8080 IPv4, tcp/8080 IPv6, udp/53 IPv4, udp/53 IPv6", string.Join(", ", rules));
        var port = Assert.Single(await project.PortsAsync())!;
        Assert.Equal((string)group["id"]!, (string)Assert.Single(port["security_groups"]!.AsArray())!);

        var events = await vim.ListEventsAsync("one", default);
        Assert.Equal("create", Assert.Single(events).Kind);
        Assert.Contains("req-", events[0].Message, StringComparison.Ordinal);

        await vim.DeleteComputeIfAnyAsync("one", 8, default);
        await vim.DeleteImageIfAnyAsync(bench.Disk().Image.Digest, default);
        Assert.Equal("", await project.LeftAsync());
        Assert.DoesNotContain(CloudProject.Password, bench.Log.Text, StringComparison.Ordinal);
    }

    [CloudFact]
    public async Task What_the_quota_does_not_allow_is_RESOURCE_EXHAUSTED_with_Novas_own_sentence_and_leaves_nothing()
    {
        await project.SetQuotaAsync("instances", 1);
        var vim = bench.Open();
        await vim.EnsureImageAsync(bench.Disk(), default);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default);
        await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);

        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("two", 1, CloudBench.Spec(bench.Disk(), "other"), default));

        Assert.Equal(FailureKind.NoCapacity, refused.Failure.Kind);
        Assert.Contains("Quota exceeded for instances: Requested 1, but already used 1 of 1 instances", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("req-", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Null(await vim.GetComputeAsync("two", default));
        Assert.Single(await project.PortsAsync());
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task What_fits_no_host_ends_FAILED_with_Novas_own_reason()
    {
        var vim = bench.Open();
        await vim.EnsureImageAsync(bench.Disk(), default);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()) with { Resources = new(1000, 64, 1000) }, default);
        await CloudBench.ReachesAsync(vim, "one", ComputeState.Failed, "No valid host was found");
        Assert.Contains(await vim.ListEventsAsync("one", default), e => e.IsWarning && e.Message.Contains("No valid host", StringComparison.Ordinal));
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task Computes_apart_lie_on_different_hosts_until_there_is_none_left()
    {
        var vim = bench.Open();
        await vim.EnsureImageAsync(bench.Disk(), default);
        var spec = CloudBench.Spec(bench.Disk()) with { Groups = [new("pair", AffinityRule.Apart)] };
        foreach (var id in new[] { "one", "two" })
        {
            await vim.EnsureComputeAsync(id, 1, spec, default);
            await CloudBench.ReachesAsync(vim, id, ComputeState.Running);
        }

        Assert.Equal(2, (await project.ServersAsync()).Select(s => (string)s!["OS-EXT-SRV-ATTR:host"]!).Distinct().Count());
        await vim.EnsureComputeAsync("three", 1, spec, default);
        await CloudBench.ReachesAsync(vim, "three", ComputeState.Failed, "No valid host");
        await vim.DeleteComputeIfAnyAsync("three", 2, default);
        await vim.DeleteComputeIfAnyAsync("two", 2, default);
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task A_compute_lies_on_the_networks_it_names_which_cannot_go_before_it()
    {
        var vim = bench.Open();
        await vim.EnsureImageAsync(bench.Disk(), default);
        var spec = new NetworkSpec("back", "10.44.0.0/24", new("tenant-1", ""));
        var back = await vim.EnsureNetworkAsync("back", 1, spec, default);
        Assert.Equal("10.44.0.0/24", back.Cidr);
        var front = await vim.EnsureNetworkAsync("front", 1, spec with { Name = "front", Cidr = "" }, default);
        Assert.EndsWith("/24", front.Cidr, StringComparison.Ordinal);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()) with { Networks = ["back", "front"] }, default);
        var compute = await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);
        Assert.StartsWith("10.44.0.", compute.Addresses[0], StringComparison.Ordinal);
        Assert.Equal(2, compute.Addresses.Count);

        var inUse = await Assert.ThrowsAsync<FailureException>(() => vim.DeleteNetworkIfAnyAsync("back", 2, default));
        Assert.Equal(FailureKind.IllegalState, inUse.Failure.Kind);
        await vim.DeleteComputeIfAnyAsync("one", 2, default);
        foreach (var network in await vim.ListNetworksAsync(default))
        {
            await vim.DeleteNetworkIfAnyAsync(network.NetworkId, 2, default);
        }

        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task Ports_servers_and_groups_that_belong_to_nothing_are_removed_and_those_of_others_are_not()
    {
        await using var foreign = await ForeignServer.AddAsync(project);
        var theirs = await project.AsUserAsync("POST", $"{testbed.Neutron}/v2.0/ports", new JsonObject { ["port"] = new JsonObject { ["network_id"] = project.NetworkId, ["name"] = "mano-looks-like-ours" } });
        await project.AsUserAsync("POST", $"{testbed.Neutron}/v2.0/ports", new JsonObject
        {
            ["port"] = new JsonObject { ["network_id"] = project.NetworkId, ["name"] = $"mano-{project.Name}-gone-0", ["description"] = $"mano:site={project.Name};compute=gone" },
        });
        await project.AsUserAsync("POST", $"{testbed.Neutron}/v2.0/security-groups", new JsonObject
        {
            ["security_group"] = new JsonObject { ["name"] = $"mano-{project.Name}-ports-0123456789ab", ["description"] = $"mano:site={project.Name}" },
        });
        bench.Open();

        await Patiently.Is(async () => await project.LeftAsync() is var left && !left.Contains("gone", StringComparison.Ordinal) && !left.Contains("ports-", StringComparison.Ordinal), "what is ours is gone");

        Assert.Contains("server somebody-elses", await project.LeftAsync(), StringComparison.Ordinal);
        Assert.Contains("port mano-looks-like-ours", await project.LeftAsync(), StringComparison.Ordinal);
        await project.AsUserAsync("DELETE", $"{testbed.Neutron}/v2.0/ports/{CloudProject.Text(theirs, "port", "id")}");
    }

    [CloudFact]
    public async Task A_server_whose_record_was_lost_is_taken_over_and_one_that_was_deleted_is_not()
    {
        var first = bench.Open();
        await first.EnsureImageAsync(bench.Disk(), default);
        await first.EnsureComputeAsync("one", 5, CloudBench.Spec(bench.Disk()), default);
        var before = await CloudBench.ReachesAsync(first, "one", ComputeState.Running);
        await first.DisposeAsync();

        var second = bench.Open(bench.Options("another folder"));
        var adopted = await CloudBench.ReachesAsync(second, "one", ComputeState.Running);
        Assert.Equal(before.Addresses[0], adopted.Addresses[0]);
        var refused = await Assert.ThrowsAsync<FailureException>(() => second.EnsureComputeAsync("one", 6, CloudBench.Spec(bench.Disk(), "other"), default));
        Assert.Equal(FailureKind.AlreadyExists, refused.Failure.Kind);
        Assert.True((await second.EnsureComputeAsync("one", 6, CloudBench.Spec(bench.Disk()), default)).Spec.SameAs(CloudBench.Spec(bench.Disk())));
        var stale = await Assert.ThrowsAsync<FailureException>(() => second.EnsureComputeAsync("one", 4, CloudBench.Spec(bench.Disk()), default));
        Assert.Equal(FailureKind.Conflict, stale.Failure.Kind);
        await EndAsync(second, "one");
    }

    [CloudFact]
    public async Task A_server_that_somebody_deletes_is_FAILED_and_says_so()
    {
        var vim = bench.Open();
        await vim.EnsureImageAsync(bench.Disk(), default);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default);
        await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);
        await ForeignServer.DeleteAsync(project, (string)(await project.ServersAsync()).Single()!["id"]!);
        var failed = await CloudBench.ReachesAsync(vim, "one", ComputeState.Failed);
        Assert.Contains("deleted by somebody else", failed.Reason, StringComparison.Ordinal);
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task An_image_of_the_catalogue_is_used_by_its_name_and_never_deleted()
    {
        var vim = bench.Open();
        var missing = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(ImageSource.FromName("no-such-image"), default));
        Assert.Equal(FailureKind.IllegalState, missing.Failure.Kind);
        var tiny = await vim.EnsureImageAsync(ImageSource.FromName("tiny"), default);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(ImageSource.FromName("tiny")), default);
        await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);
        Assert.Equal("tiny", Assert.Single(await vim.ListImagesAsync(default)).Image.Name);
        await vim.DeleteComputeIfAnyAsync("one", 2, default);
        await vim.DeleteImageIfAnyAsync(tiny.Image.Digest, default);
        Assert.Empty(await vim.ListImagesAsync(default));
        Assert.Single((await project.AdminAsync("GET", $"{testbed.Glance}/v2/images?name=tiny"))!["images"]!.AsArray());
        Assert.Equal("", await project.LeftAsync());
    }

    [CloudFact]
    public async Task An_administrator_gets_flavors_of_the_right_size_which_go_with_their_last_compute()
    {
        await project.GrantAsync("admin");
        var vim = bench.Open(bench.Options() with { MakeFlavors = true });
        await vim.EnsureImageAsync(bench.Disk(), default);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()) with { Resources = new(1500, 300, 2) }, default);
        await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);
        var flavor = (await project.ServersAsync()).Single()!["flavor"]!;
        Assert.Equal((2, 300, 2), ((int)flavor["vcpus"]!, (int)flavor["ram"]!, (int)flavor["disk"]!));
        await vim.DeleteComputeIfAnyAsync("one", 2, default);
        await vim.DeleteImageIfAnyAsync(bench.Disk().Image.Digest, default);
        await Patiently.Is(async () => await project.LeftAsync() == "", "the flavor is gone");
        var (total, _) = await vim.GetCapacityAsync(default);
        Assert.Equal(1_200_000, total.DiskGib);
    }

    private async Task EndAsync(OpenStackVim vim, string id)
    {
        await vim.DeleteComputeIfAnyAsync(id, 100, default);
        await vim.DeleteImageIfAnyAsync(bench.Disk().Image.Digest, default);
        Assert.Equal("", await project.LeftAsync());
    }
}
