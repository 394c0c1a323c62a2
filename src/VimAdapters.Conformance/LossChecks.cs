using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>Whoever does not hear the answer asks again, and nothing is made twice or left behind.</summary>
internal static class LossChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("loss",
    [
        Check("EnsureCompute cancelled at any moment and repeated makes one compute", EnsureCancelled, Rules.Cancelled, Rules.SameNumber),
        Check("DeleteComputeIfAny cancelled at any moment and repeated leaves nothing", DeleteCancelled, Rules.Cancelled, Rules.ReallyGone),
        Check("EnsureImage cancelled at any moment and repeated keeps one image", ImageCancelled, Rules.Cancelled, Rules.ImageByDigest),
        Check("EnsureCompute whose reply is lost, repeated, gives the compute that was made", EnsureReplyLost, Rules.Cancelled, Rules.SameKey),
        Check("DeleteComputeIfAny whose reply is lost, repeated, is OK, and its number is sealed", DeleteReplyLost, Rules.Cancelled, Rules.Seals),
        Check("SetPowerState whose reply is lost, repeated, is one order", PowerReplyLost, Rules.Cancelled, Rules.SameNumber).Needing(VimCapability.Power),
        Check("EnsureNetwork and DeleteNetworkIfAny whose replies are lost, repeated, are one network and none", NetworkReplyLost, Rules.Cancelled, Rules.NetworksAlike).Needing(VimCapability.Networks),
        Check("A delete that runs beside its create wins: nothing is there when both have ended", DeleteBesideCreate, Rules.Seals, Rules.LowerIsAborted),
    ]);

    private static async Task EnsureCancelled(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var before = await w.UsedAsync();
        var whole = await TimedAsync(() => w.Vim.EnsureComputeAsync(w.A, 1, w.Spec(), w.Patience));
        await w.Vim.DeleteComputeIfAnyAsync(w.A, 2, w.Patience);
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            var id = w.Id($"cut{i}");
            await CancelledAsync(w, whole * i / w.Subject.Repetitions, cancel => w.Vim.EnsureComputeAsync(id, 1, w.Spec(), cancel));
            await w.RetryBusyAsync(() => w.Vim.EnsureComputeAsync(id, 1, w.Spec(), w.Patience));
            Equal(1, (await w.OursAsync()).Count(c => c.ComputeId == id), "how often the compute is listed");
            Equal(before + w.Subject.Small, await w.UsedAsync(), "used capacity with one compute");
            await w.ReachesAsync(id, ComputeState.Running);
            await w.Vim.DeleteComputeIfAnyAsync(id, 2, w.Patience);
        }

        Equal(before, await w.UsedAsync(), "used capacity after the deletes");
    }

    private static async Task DeleteCancelled(ConformanceWorld w)
    {
        var before = await w.UsedAsync();
        await w.RunningAsync(w.A);
        var whole = await TimedAsync(() => w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience));
        for (var i = 0; i < Math.Min(5, w.Subject.Repetitions); i++)
        {
            await w.RunningAsync(w.A);
            var number = w.Next();
            await CancelledAsync(w, whole * i / 5, cancel => w.Vim.DeleteComputeIfAnyAsync(w.A, number, cancel));
            await w.RetryBusyAsync(() => w.Vim.DeleteComputeIfAnyAsync(w.A, number, w.Patience));
            True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the compute is still there", "NOT_FOUND");
            Equal(before, await w.UsedAsync(), "used capacity");
        }
    }

    private static async Task ImageCancelled(ConformanceWorld w)
    {
        await w.WithoutImageAsync();
        var whole = await TimedAsync(() => w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience));
        for (var i = 0; i < Math.Min(5, w.Subject.Repetitions); i++)
        {
            await w.WithoutImageAsync();
            await CancelledAsync(w, whole * i / 5, cancel => w.Vim.EnsureImageAsync(w.Subject.Image, cancel));
            var image = await w.RetryBusyAsync(() => w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience));
            Equal(w.Subject.Image.Size, image.Size, "the size of the image");
            Equal(1, (await w.Vim.ListImagesAsync(w.Patience)).Count(x => x.Image.Digest == image.Image.Digest), "how often the image is listed");
        }
    }

    private static async Task EnsureReplyLost(ConformanceWorld w)
    {
        await using var line = await LineAsync(w);
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var before = await w.UsedAsync();
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await line.LoseReplyAsync(vim => vim.EnsureComputeAsync(w.A, 1, w.Spec(), w.Patience));
        }

        var first = await w.ReachesAsync(w.A, ComputeState.Running);
        var again = await w.Vim.EnsureComputeAsync(w.A, 1, w.Spec(), w.Patience);
        Equal(first.CreatedAt, again.CreatedAt, "created_at after the repetition");
        Equal(1, (await w.OursAsync()).Count, "the number of computes");
        Equal(before + w.Subject.Small, await w.UsedAsync(), "used capacity");
    }

    private static async Task DeleteReplyLost(ConformanceWorld w)
    {
        await using var line = await LineAsync(w);
        await w.RunningAsync(w.A);
        var number = w.Next();
        await line.LoseReplyAsync(vim => vim.DeleteComputeIfAnyAsync(w.A, number, w.Patience));
        await StaleAsync(() => w.Vim.EnsureComputeAsync(w.A, number, w.Spec(), w.Patience), "a create with the number of a delete whose reply was lost");
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await w.RetryBusyAsync(() => w.Vim.DeleteComputeIfAnyAsync(w.A, number, w.Patience));
        }

        Equal(0, (await w.OursAsync()).Count, "the number of computes");
    }

    private static async Task PowerReplyLost(ConformanceWorld w)
    {
        await using var line = await LineAsync(w);
        await w.RunningAsync(w.A);
        var number = w.Next();
        await line.LoseReplyAsync(vim => vim.SetPowerStateAsync(w.A, number, PowerState.Stopped, w.Patience));
        await w.RetryBusyAsync(() => w.Vim.SetPowerStateAsync(w.A, number, PowerState.Stopped, w.Patience));
        await w.ReachesAsync(w.A, ComputeState.Stopped);
    }

    private static async Task NetworkReplyLost(ConformanceWorld w)
    {
        await using var line = await LineAsync(w);
        var spec = NetworkChecks.Spec();
        await line.LoseReplyAsync(vim => vim.EnsureNetworkAsync(w.A, 1, spec, w.Patience));
        var network = await w.RetryBusyAsync(() => w.Vim.EnsureNetworkAsync(w.A, 1, spec, w.Patience));
        Equal(1, (await NetworkChecks.OursAsync(w)).Count, "the number of networks");
        Equal(network.Cidr, (await NetworkChecks.OursAsync(w))[0].Cidr, "its cidr");
        await line.LoseReplyAsync(vim => vim.DeleteNetworkIfAnyAsync(w.A, 2, w.Patience));
        await w.RetryBusyAsync(() => w.Vim.DeleteNetworkIfAnyAsync(w.A, 2, w.Patience));
        Equal(0, (await NetworkChecks.OursAsync(w)).Count, "the number of networks");
    }

    private static async Task DeleteBesideCreate(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var before = await w.UsedAsync();
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            var id = w.Id($"both{i}");
            var create = Task.Run(async () =>
            {
                try
                {
                    await w.RetryBusyAsync(() => w.Vim.EnsureComputeAsync(id, 1, w.Spec(), w.Patience));
                }
                catch (FailureException e) when (e.Failure.Kind == FailureKind.Conflict)
                {
                    // The delete came first and sealed its number: nothing is to be made any more.
                }
            });
            var delete = Task.Run(() => w.RetryBusyAsync(() => w.Vim.DeleteComputeIfAnyAsync(id, 2, w.Patience)));
            await Task.WhenAll(create, delete);
            True(await w.Vim.GetComputeAsync(id, w.Patience) is null, "the create outlived the delete that came with a greater number", "NOT_FOUND");
        }

        Equal(0, (await w.OursAsync()).Count, "the number of computes");
        Equal(before, await w.UsedAsync(), "used capacity");
    }

    private static async Task<LossyLine> LineAsync(ConformanceWorld w) =>
        w.Subject.OpenLossy is { } open ? await open() : throw new NotShownException("the adapter is in this process, or behind TLS: there is no line to cut");

    private static async Task<TimeSpan> TimedAsync(Func<Task> call)
    {
        var started = TimeProvider.System.GetTimestamp();
        await call();
        return TimeProvider.System.GetElapsedTime(started);
    }

    /// <summary>The call goes out and is called off after a while; whether it had its effect is open.</summary>
    private static async Task CancelledAsync(ConformanceWorld w, TimeSpan after, Func<CancellationToken, Task> call)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(w.Patience);
        cancel.CancelAfter(after);
        try
        {
            await call(cancel.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or FailureException { Failure.Kind: FailureKind.Cancelled or FailureKind.Unavailable or FailureKind.DeadlineExceeded })
        {
            // Open, as it is meant to be.
        }
    }
}
