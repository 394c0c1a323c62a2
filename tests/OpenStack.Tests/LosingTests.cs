using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack;

namespace Mano.OpenStack.Tests;

/// <summary>What is lost on the way, half done or spoiled leaves neither a double nor a leftover.</summary>
[Trait("Speed", "Slow")]
[Collection(Testbed.Name)]
public sealed class LosingTests(Testbed testbed) : IAsyncLifetime
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
    public async Task A_lost_answer_to_the_create_of_a_server_leaves_one_server()
    {
        await using var nova = await LossyAsync("compute", testbed.Nova);
        var vim = bench.Open(bench.Options() with { Region = project.Name });
        await vim.EnsureImageAsync(bench.Disk(), default);
        nova.Once(Mischief.LoseAnswer, "POST", "/servers");

        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default);

        await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);
        Assert.Equal(1, nova.Hits);
        Assert.Single(await project.ServersAsync());
        Assert.Single(await project.PortsAsync());
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task A_compute_whose_create_never_reached_Nova_is_made_by_the_next_process()
    {
        await using var nova = await LossyAsync("compute", testbed.Nova);
        nova.Decide = r => r.Method == "POST" && r.Path.Value!.EndsWith("/servers", StringComparison.Ordinal) ? Mischief.LoseRequest : Mischief.None;
        var first = bench.Open(bench.Options() with { Region = project.Name });
        await first.EnsureImageAsync(bench.Disk(), default);
        var lost = await Assert.ThrowsAsync<FailureException>(() => first.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default));
        Assert.Equal(FailureKind.Unavailable, lost.Failure.Kind);
        Assert.Equal(ComputeState.Creating, (await first.GetComputeAsync("one", default))!.State);
        await first.DisposeAsync();

        // Nobody asks again: what was intended is finished all the same.
        var second = bench.Open();
        await CloudBench.ReachesAsync(second, "one", ComputeState.Running);
        Assert.Single(await project.ServersAsync());
        Assert.Single(await project.PortsAsync());
        await EndAsync(second, "one");
    }

    [CloudFact]
    public async Task A_second_server_of_one_key_is_removed_and_a_port_that_Nova_took_away_is_attached_again()
    {
        var vim = bench.Open();
        await vim.EnsureImageAsync(bench.Disk(), default);
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default);
        var compute = await CloudBench.ReachesAsync(vim, "one", ComputeState.Running);
        var server = (await project.ServersAsync()).Single()!;
        var port = (string)(await project.PortsAsync()).Single()!["id"]!;

        // As a create whose answer was lost, and that came through after all.
        await ForeignServer.MakeAsync(project, (string)server["name"]!, server["metadata"]!.DeepClone().AsObject());
        await Patiently.Is(async () => (await project.ServersAsync()) is [var left] && (string)left!["id"]! == (string)server["id"]!, "one server is left, the first");

        // As Nova does to a port that both had claimed, when the second one ends.
        await project.AsUserAsync("DELETE", $"{testbed.Nova}/v2.1/servers/{server["id"]}/os-interface/{port}");
        await Patiently.Is(async () => (await project.PortsAsync()) is [var left] && (string)left!["device_id"]! == (string)server["id"]!, "and it has its port");
        Assert.Equal(compute.Addresses[0], (await vim.GetComputeAsync("one", default))!.Addresses[0]);
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task A_token_that_a_service_does_not_believe_is_renewed_once()
    {
        await using var nova = await LossyAsync("compute", testbed.Nova);
        var vim = bench.Open(bench.Options() with { Region = project.Name });
        await vim.GetCapabilitiesAsync(default);
        nova.Once(Mischief.SpoilToken, "GET", "/limits");
        await vim.GetCapacityAsync(default);
        Assert.Equal(1, nova.Hits);

        // Never believed: it is not tried for ever.
        nova.Decide = r => r.Path.Value!.EndsWith("/limits", StringComparison.Ordinal) ? Mischief.SpoilToken : Mischief.None;
        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.GetCapacityAsync(default));
        Assert.Equal(FailureKind.Forbidden, refused.Failure.Kind);
        Assert.Equal(3, nova.Hits);
    }

    [CloudFact]
    public async Task A_service_that_says_too_many_is_asked_again_when_it_said()
    {
        await using var nova = await LossyAsync("compute", testbed.Nova);
        var vim = bench.Open(bench.Options() with { Region = project.Name });
        await vim.EnsureImageAsync(bench.Disk(), default);
        nova.Once(Mischief.TooMany, "POST", "/servers");
        await vim.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default);
        Assert.Equal(1, nova.Hits);
        Assert.Single(await project.ServersAsync());
        await EndAsync(vim, "one");
    }

    [CloudFact]
    public async Task An_upload_that_broke_off_is_finished_by_the_next()
    {
        await using var glance = await LossyAsync("image", testbed.Glance);
        var vim = bench.Open(bench.Options() with { Region = project.Name });
        glance.Once(Mischief.BreakOff, "PUT", "/file");
        var lost = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(bench.Disk(), default));
        Assert.True(lost.Failure.Retryable, lost.Failure.ToString());
        Assert.Empty(await vim.ListImagesAsync(default));

        var image = await vim.EnsureImageAsync(bench.Disk(), default);

        Assert.Equal(4096, image.Size);
        var there = Assert.Single(await project.ImagesAsync())!;
        Assert.Equal("active", (string)there["status"]!);
        await vim.DeleteImageIfAnyAsync(image.Image.Digest, default);
        Assert.Equal("", await project.LeftAsync());
    }

    [CloudFact]
    public async Task An_upload_that_nobody_goes_on_with_and_content_that_cannot_be_read_leave_nothing()
    {
        await using var glance = await LossyAsync("image", testbed.Glance);
        var vim = bench.Open(bench.Options() with { Region = project.Name });
        var nowhere = ImageSource.FromFile(bench.Disk().Image, bench.Folder("no-such-file"));
        await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(nowhere, default));
        Assert.Equal("", await project.LeftAsync());

        glance.Once(Mischief.BreakOff, "PUT", "/file");
        await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(bench.Disk(), default));
        Assert.Equal(1, glance.Hits); // there was an image to send it to; how soon it goes is the sweep's affair

        await Patiently.Is(async () => await project.LeftAsync() == "", "what was begun is gone");
    }

    [CloudFact]
    public async Task A_lost_answer_to_an_upload_leaves_one_image()
    {
        await using var glance = await LossyAsync("image", testbed.Glance);
        var vim = bench.Open(bench.Options() with { Region = project.Name });
        foreach (var (method, path) in new[] { ("POST", "/images"), ("PUT", "/file") })
        {
            glance.Once(Mischief.LoseAnswer, method, path);
            await Assert.ThrowsAsync<FailureException>(() => vim.EnsureImageAsync(bench.Disk(path), default));
            await vim.EnsureImageAsync(bench.Disk(path), default);
            Assert.Single(await project.ImagesAsync());
            await vim.DeleteImageIfAnyAsync(bench.Disk(path).Image.Digest, default);
        }

        Assert.Equal("", await project.LeftAsync());
    }

    [CloudFact]
    public async Task Keystone_may_die_and_come_back()
    {
        var known = bench.Open();
        await known.GetCapabilitiesAsync(default);
        await testbed.KillAsync("keystone");
        try
        {
            // Who has no token says that Keystone is away; who has one is not in the way of anything.
            var stranger = bench.Open(bench.Options("other") with { SiteName = project.Name + "-b" });
            var away = await Assert.ThrowsAsync<FailureException>(() => stranger.GetCapabilitiesAsync(default));
            Assert.Equal(FailureKind.Unavailable, away.Failure.Kind);
            Assert.Contains("Keystone", away.Failure.Message, StringComparison.Ordinal);
            var checks = await stranger.CheckConnectionAsync(default);
            Assert.Equal(ConnectionResult.Failed, checks[0].Result);
            Assert.Equal("address", checks[0].Name);
        }
        finally
        {
            await testbed.UpAsync();
        }

        await known.EnsureImageAsync(bench.Disk(), default);
        await known.EnsureComputeAsync("one", 1, CloudBench.Spec(bench.Disk()), default);
        await CloudBench.ReachesAsync(known, "one", ComputeState.Running);
        await EndAsync(known, "one");
    }

    private async Task<LossyCloud> LossyAsync(string serviceType, string target)
    {
        var lossy = await LossyCloud.StartAsync(target);
        await project.AddRegionAsync(project.Name, serviceType, serviceType == "compute" ? lossy.Url + "/v2.1" : lossy.Url);
        return lossy;
    }

    private async Task EndAsync(OpenStackVim vim, string id)
    {
        await vim.DeleteComputeIfAnyAsync(id, 100, default);
        await vim.DeleteImageIfAnyAsync(bench.Disk().Image.Digest, default);
        Assert.Equal("", await project.LeftAsync());
    }
}
