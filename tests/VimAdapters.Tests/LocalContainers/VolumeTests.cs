using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.Testing.Containers;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>Storage that outlives containers, the adapter, its folder and the engine, and goes with its compute.</summary>
[Collection(DockerEngine.Name)]
public sealed class VolumeTests(DockerEngine engine) : ContainerVimTests(engine, DockerEngine.Name)
{
    private const string Counts = "echo begin >> $MANO_VOLUME_DATA/runs; echo \"runs: $(grep -c begin $MANO_VOLUME_DATA/runs) in $MANO_VOLUME_DATA as $(id -u)\"; sleep 600";

    [EngineFact]
    public async Task Is_a_named_volume_of_ours_with_its_size_noted_and_no_folder_of_the_machine()
    {
        var compute = await bench.RunAsync(vim, "c", Counts, With("data"));

        var volume = Assert.Single(await bench.VolumesAsync());
        Assert.Equal(bench.Mark.VolumeName("c", 0), volume.Name);
        Assert.Equal(("c", "data", "2", "1"), (volume.Labels![Mark.Compute], volume.Labels[Mark.Volume], volume.Labels[Mark.VolumeGib], volume.Labels[Mark.Operation]));
        var container = await bench.Engine.InspectIfAnyAsync(bench.Mark.Container("c"), default);
        Assert.All(container!.Mounts!, m => Assert.Equal("volume", m.Type));
        Assert.Contains(container.Mounts!, m => m.Name == volume.Name && m.Destination == "/mano/volumes/data");
        Assert.Contains(compute.Enforcements, e => e is { Name: "volumes", Applied: true } && e.Detail.Contains("data (2 GiB)", StringComparison.Ordinal));
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1 in /mano/volumes/data as 0");
    }

    [EngineFact]
    public async Task Keeps_what_was_written_over_a_stop_and_a_container_removed_by_hand_and_loses_it_with_the_delete()
    {
        var image = ContainerImages.Docker(bench.Folder.FullPath, "c", Counts);
        var spec = With("data")(ContainerBench.Spec("c", image)) with { RestartPolicy = RestartPolicy.Always };
        await vim.EnsureImageAsync(image, default);
        await vim.EnsureComputeAsync("c", 1, spec, default);
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1");
        await vim.SetPowerStateAsync("c", 2, PowerState.Stopped, default);
        await ContainerBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Stopped);
        await vim.SetPowerStateAsync("c", 3, PowerState.Started, default);
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 2");

        await bench.Engine.RemoveIfAnyAsync(bench.Mark.Container("c"), default);
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 3");

        await vim.DeleteComputeIfAnyAsync("c", 4, default);
        Assert.Empty(await bench.VolumesAsync());
        await vim.EnsureComputeAsync("c", 5, spec, default);
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1");
    }

    [EngineFact]
    public async Task Can_be_written_by_an_image_that_is_not_root_and_lies_where_the_package_wants_it()
    {
        await WithReadOnlyRootAsync();
        await bench.RunAsync(vim, "c", Counts + "& ls -d /www/own; sleep 600", spec => spec with
        {
            Volumes = [new("data", 1), new("own", 1, "/www/own")], BootData = "b",
        }, user: "1000");

        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1 in /mano/volumes/data as 1000");
        await ContainerBench.LogShowsAsync(vim, "c", "/www/own");
    }

    [EngineTheory]
    [InlineData("/volumes/create")]
    [InlineData("/containers/create")]
    public async Task An_answer_lost_in_the_middle_of_making_leaves_one_volume(string request)
    {
        await BehindProxyAsync();
        var image = ContainerImages.Docker(bench.Folder.FullPath, "c", Counts);
        await vim.EnsureImageAsync(image, default);
        proxy!.LoseNext(request);

        await TryAsync(() => vim.EnsureComputeAsync("c", 1, With("data")(ContainerBench.Spec("c", image)), default));

        Assert.Equal(1, proxy!.Lost);
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1");
        Assert.Single(await bench.VolumesAsync());
    }

    [EngineFact]
    public async Task An_answer_lost_in_the_middle_of_removing_leaves_none()
    {
        await BehindProxyAsync();
        await bench.RunAsync(vim, "c", Counts, With("data", "more"));
        proxy!.LoseNext("DELETE /v1.41/volumes/");

        await TryAsync(() => vim.DeleteComputeIfAnyAsync("c", 2, default));

        Assert.Equal(1, proxy!.Lost);
        await Eventually.Is(async () => (await bench.VolumesAsync()).Count == 0, "the delete goes on by itself");
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
    }

    [EngineFact]
    public async Task A_volume_that_somebody_uses_keeps_the_delete_from_being_done_and_goes_as_soon_as_it_can()
    {
        await vim.DisposeAsync();
        bench.Options = bench.Options with { KillPatience = TimeSpan.FromSeconds(1) };
        vim = bench.Open();
        await bench.RunAsync(vim, "c", Counts, With("data"));
        var image = (await bench.Engine.ImagesAsync(bench.Mark.Repository, default))[0].Id;
        var other = await bench.CreateByHandAsync("somebody-elses", image, new Dictionary<string, string>(), bench.Mark.VolumeName("c", 0));

        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.DeleteComputeIfAnyAsync("c", 2, default));

        Assert.Equal((FailureKind.DeadlineExceeded, true), (refused.Failure.Kind, refused.Failure.Retryable));
        Assert.Contains("volume is in use", refused.Failure.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.OursAsync());
        await bench.Engine.RemoveIfAnyAsync(other, default);
        await Eventually.Is(async () => (await bench.VolumesAsync()).Count == 0, "it goes by itself");
    }

    [EngineFact]
    public async Task With_the_folder_lost_the_data_is_kept_and_used_again_by_the_same_compute()
    {
        var image = ContainerImages.Docker(bench.Folder.FullPath, "c", Counts);
        await bench.RunAsync(vim, "c", Counts, With("data"));
        await ContainerBench.LogShowsAsync(vim, "c", "runs: 1");
        await vim.DisposeAsync();
        Directory.Delete(bench.Options.Folder, recursive: true);
        await bench.Engine.RemoveIfAnyAsync(bench.Mark.Container("c"), default);
        vim = bench.Open();
        await vim.EnsureImageAsync(image, default);

        await vim.EnsureComputeAsync("c", 8, With("data")(ContainerBench.Spec("c", image)), default);

        await ContainerBench.LogShowsAsync(vim, "c", "runs: 2");
    }

    [EngineFact]
    public async Task A_volume_that_comes_after_its_delete_is_removed()
    {
        await bench.RunAsync(vim, "c", "sleep 600");
        await vim.DeleteComputeIfAnyAsync("c", 5, default);
        await bench.Engine.EnsureVolumeAsync(new(bench.Mark.VolumeName("c", 0), new Dictionary<string, string>
        {
            [Mark.Vim] = bench.Mark.Owner, [Mark.Compute] = "c", [Mark.Tenant] = "default", [Mark.Operation] = "5",
        }), default);

        await Eventually.Is(async () => (await bench.VolumesAsync()).Count == 0, "it is removed");
    }

    [EngineFact]
    public async Task A_strangers_volume_of_the_same_name_is_left_alone()
    {
        var name = bench.Mark.VolumeName("c", 0);
        await bench.Engine.EnsureVolumeAsync(new(name, new Dictionary<string, string> { ["somebody"] = "else" }), default);

        var refused = await Assert.ThrowsAsync<FailureException>(() => bench.RunAsync(vim, "c", Counts, With("data")));

        Assert.Equal((FailureKind.IllegalState, "VIM_NAME_TAKEN"), (refused.Failure.Kind, refused.Failure.Reason));
        Assert.Null(await vim.GetComputeAsync("c", default));
        Assert.NotEmpty(await bench.Engine.VolumesAsync(["somebody=else"], default));
        await bench.Engine.RemoveVolumeIfAnyAsync(name, default);
    }

    private static Func<ComputeSpec, ComputeSpec> With(params string[] names) => spec => spec with { Volumes = [.. names.Select(n => new ComputeVolume(n, 2))] };

    // A request without a body is asked again by the HTTP client itself; else the loss is told as "not known whether".
    private static async Task TryAsync(Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (FailureException e)
        {
            Assert.Equal((FailureKind.Unavailable, true), (e.Failure.Kind, e.Failure.Retryable));
        }
    }
}
