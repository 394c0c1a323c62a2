using Mano.Mesh.Failures;
using Mano.Testing;
using Mano.Testing.Containers;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalContainers;
using Mano.VimAdapters.LocalContainers.Engine;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>Engines that die, hang and lose answers; hands from outside; a lost folder. In the end there is what was asked for, or nothing.</summary>
[Collection(DockerEngine.Name)]
public sealed class LosingTests(DockerEngine engine) : ContainerVimTests(engine, DockerEngine.Name)
{
    [EngineTheory]
    [InlineData("/containers/create")]
    [InlineData("/start HTTP")]
    public async Task An_answer_lost_in_the_middle_of_making_leaves_one_compute_without_being_asked_again(string request)
    {
        await BehindProxyAsync();
        var image = ContainerImages.RunsForever(bench.Folder.FullPath);
        await vim.EnsureImageAsync(image, default);
        proxy!.LoseNext(request);

        var failure = await FailureOfAsync(() => vim.EnsureComputeAsync("c", 1, ContainerBench.Spec("c", image), default));

        // A request without a body is asked again by the HTTP client itself.
        Assert.True(failure is null or { Kind: FailureKind.Unavailable, Retryable: true }, failure?.ToString());
        Assert.Equal(1, proxy!.Lost);
        await ContainerBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Running);
        Assert.Equal(0, (await vim.EnsureComputeAsync("c", 1, ContainerBench.Spec("c", image), default)).RestartCount);
        Assert.Single(await bench.OursAsync());
    }

    [EngineTheory]
    [InlineData("DELETE /v1.41/containers/")]
    [InlineData("/stop?t=")]
    public async Task An_answer_lost_in_the_middle_of_deleting_leaves_nothing(string request)
    {
        await BehindProxyAsync();
        await bench.RunAsync(vim, "c", "trap 'exit 0' TERM; while :; do sleep 60 & wait $!; done");
        proxy!.LoseNext(request);

        var failure = await FailureOfAsync(() => vim.DeleteComputeIfAnyAsync("c", 2, default));

        Assert.True(failure is null or { Kind: FailureKind.Unavailable, Retryable: true }, failure?.ToString());
        Assert.Equal(1, proxy!.Lost);
        await Eventually.Is(async () => (await bench.OursAsync()).Count == 0, "the delete goes on by itself");
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.Null(await vim.GetComputeAsync("c", default));
    }

    [EngineFact]
    public async Task A_container_that_comes_after_its_delete_is_removed_and_never_shown()
    {
        await bench.RunAsync(vim, "c", "sleep 600");
        await vim.DeleteComputeIfAnyAsync("c", 5, default);
        await CreateByHandAsync("mano-" + bench.Mark.Owner + "-c", operation: "5");

        await Eventually.Is(async () => (await bench.OursAsync()).Count == 0, "it is removed");
        Assert.Null(await vim.GetComputeAsync("c", default));
    }

    [EngineFact]
    public async Task The_engine_killed_is_UNAVAILABLE_and_the_computes_are_found_again_unharmed()
    {
        var before = await bench.RunAsync(vim, "c", "sleep 600", spec => spec with { RestartPolicy = RestartPolicy.Always });
        await engine.KillAsync();
        try
        {
            var away = await Assert.ThrowsAsync<FailureException>(() => vim.GetComputeAsync("c", default));
            Assert.Equal((FailureKind.Unavailable, true), (away.Failure.Kind, away.Failure.Retryable));
            Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<FailureException>(() => vim.ListComputesAsync(default))).Failure.Kind);
            Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<FailureException>(() => vim.DeleteComputeIfAnyAsync("gone", 1, default))).Failure.Kind);
        }
        finally
        {
            await engine.StartAsync();
        }

        var after = await vim.GetComputeAsync("c", default);
        Assert.Equal((ComputeState.Running, before.StartedAt), (after!.State, after.StartedAt));
    }

    [EngineFact]
    public async Task A_delete_that_met_a_dead_engine_is_finished_when_that_is_back_and_watchers_hear_of_it()
    {
        await bench.RunAsync(vim, "c", "sleep 600");
        using var patience = new CancellationTokenSource();
        await using var watch = vim.WatchComputesAsync(patience.Token).GetAsyncEnumerator(patience.Token);
        await watch.MoveNextAsync();
        await engine.KillAsync();
        try
        {
            Assert.Equal(FailureKind.Unavailable, (await Assert.ThrowsAsync<FailureException>(() => vim.DeleteComputeIfAnyAsync("c", 2, default))).Failure.Kind);
        }
        finally
        {
            await engine.StartAsync();
        }

        patience.CancelAfter(Eventually.Patience);

        while (watch.Current.Kind != ComputeEventKind.Deleted)
        {
            await watch.MoveNextAsync();
        }

        Assert.Empty(await bench.OursAsync());
    }

    [EngineFact]
    public async Task An_engine_that_hangs_is_UNAVAILABLE_within_the_limit_and_recovers()
    {
        await vim.DisposeAsync();
        vim = bench.Open(bench.Options with { CallTimeout = TimeSpan.FromSeconds(10) });
        await bench.RunAsync(vim, "c", "sleep 600");
        await engine.FreezeAsync();
        try
        {
            var hangs = await Assert.ThrowsAsync<FailureException>(() => vim.GetComputeAsync("c", default).Soon());
            Assert.Equal(FailureKind.Unavailable, hangs.Failure.Kind);
            Assert.Contains("did not answer", hangs.Failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            await engine.ThawAsync();
        }

        await ContainerBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Running);
    }

    [EngineFact]
    public async Task An_adapter_opens_without_its_engine_and_works_when_it_comes()
    {
        var link = bench.Folder.File("later.sock");
        await vim.DisposeAsync();
        vim = bench.Open(bench.Options with { Socket = "unix://" + link });
        var away = await Assert.ThrowsAsync<FailureException>(() => vim.GetCapabilitiesAsync(default));
        Assert.Equal(FailureKind.Unavailable, away.Failure.Kind);
        Assert.Contains(link, away.Failure.Message, StringComparison.Ordinal);

        File.CreateSymbolicLink(link, engine.Socket["unix://".Length..]);

        Assert.True((await vim.GetCapabilitiesAsync(default)).Has(VimCapability.Containers));
    }

    [EngineFact]
    public async Task Removed_from_outside_it_is_made_again_unless_its_policy_says_never()
    {
        await bench.RunAsync(vim, "always", "sleep 600", spec => spec with { RestartPolicy = RestartPolicy.Always });
        await bench.RunAsync(vim, "never", "sleep 600");
        foreach (var container in await bench.OursAsync())
        {
            await bench.Engine.RemoveIfAnyAsync(container.Id, default);
        }

        await ContainerBench.BecomesAsync(vim, "always", c => c is { State: ComputeState.Running, RestartCount: 1 });
        var failed = await ContainerBench.BecomesAsync(vim, "never", c => c.State == ComputeState.Failed);
        Assert.Contains("removed from outside", failed.Reason, StringComparison.Ordinal);
    }

    [EngineFact]
    public async Task Stopped_from_outside_it_is_started_again()
    {
        var before = await bench.RunAsync(vim, "c", "sleep 600", spec => spec with { RestartPolicy = RestartPolicy.Always });
        await bench.Engine.StopIfAnyAsync((await bench.OursAsync())[0].Id, default);

        var after = await ContainerBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Running && c.StartedAt != before.StartedAt);
        Assert.Equal(1, after.RestartCount);
    }

    [EngineFact]
    public async Task With_the_folder_lost_computes_are_taken_over_by_their_labels()
    {
        var image = ContainerImages.RunsForever(bench.Folder.FullPath);
        await vim.EnsureImageAsync(image, default);
        var spec = ContainerBench.Spec("c", image) with { Environment = new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" } };
        var before = await vim.EnsureComputeAsync("c", 7, spec, default);
        await vim.DisposeAsync();
        Directory.Delete(bench.Options.Folder, recursive: true);
        vim = bench.Open();

        var found = await ContainerBench.BecomesAsync(vim, "c", c => c.State == ComputeState.Running);
        Assert.Equal((7, before.StartedAt, before.Addresses[0]), (found.OperationNumber, found.StartedAt, found.Addresses[0]));
        Assert.Equal(spec.Resources, (await vim.GetCapacityAsync(default)).Used);
        Assert.Equal(FailureKind.AlreadyExists, (await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("c", 8, spec with { Command = ["x"] }, default))).Failure.Kind);
        Assert.Equal(before.StartedAt, (await vim.EnsureComputeAsync("c", 8, spec, default)).StartedAt);
        Assert.True((await vim.GetComputeAsync("c", default))!.Spec.SameAs(spec));
        await vim.EnsureImageAsync(image, default);
    }

    [EngineFact]
    public async Task A_strangers_container_of_the_same_name_is_left_alone()
    {
        var name = bench.Mark.Container("c");
        var image = ContainerImages.RunsForever(bench.Folder.FullPath);
        await vim.EnsureImageAsync(image, default);
        var id = await CreateByHandAsync(name, operation: null);

        var refused = await Assert.ThrowsAsync<FailureException>(() => vim.EnsureComputeAsync("c", 1, ContainerBench.Spec("c", image), default));

        Assert.Equal(FailureKind.IllegalState, refused.Failure.Kind);
        await vim.DeleteComputeIfAnyAsync("c", 2, default);
        Assert.NotNull(await bench.Engine.InspectIfAnyAsync(id, default));
        await bench.Engine.RemoveIfAnyAsync(id, default);
    }

    private static async Task<Failure?> FailureOfAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (FailureException e)
        {
            return e.Failure;
        }
    }

    private async Task<string> CreateByHandAsync(string name, string? operation)
    {
        var image = ContainerImages.RunsForever(bench.Folder.FullPath);
        await vim.EnsureImageAsync(image, default);
        Dictionary<string, string> labels = operation is null ? [] : new()
        {
            [Mark.Vim] = bench.Mark.Owner, [Mark.Compute] = "c", [Mark.Operation] = operation, [Mark.Life] = "1", [Mark.SpecDigest] = "x", [Mark.Image] = image.Image.Digest,
            [Mark.Resources] = "0/0/0", [Mark.Address] = "",
        };
        return await bench.CreateByHandAsync(name, bench.Mark.ImageTag(image.Image.Digest), labels);
    }
}
