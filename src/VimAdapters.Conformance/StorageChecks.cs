using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>Volumes are a part of what a compute is; what only an application can see of them is each adapter's own test.</summary>
internal static class StorageChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("volumes",
    [
        Check("A compute with volumes runs, stops, starts and goes", Lives, Rules.Volumes).Needing(VimCapability.Volumes, VimCapability.Power),
        Check("Other volumes under the same key are ALREADY_EXISTS", Others, Rules.OtherSpec).Needing(VimCapability.Volumes),
        Check("A volume whose name or path is ill-formed is INVALID_ARGUMENT and leaves nothing", IllFormed, Rules.VolumeNames).Needing(VimCapability.Volumes),
        Check("Volumes without the capability are UNIMPLEMENTED", NotClaimed, Rules.SpecNotClaimed),
    ]);

    private static async Task Lives(ConformanceWorld w)
    {
        var made = await w.RunningAsync(w.A, With(w, new("data", 1), new("more.data_2", 0)));
        Equal(2, made.Spec.Volumes.Count, "the number of its volumes");
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Stopped);
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Started, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Running);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.RunningAsync(w.A, With(w, new ComputeVolume("data", 1)));
    }

    private static async Task Others(ConformanceWorld w)
    {
        await w.RunningAsync(w.A, With(w, new ComputeVolume("data", 1)));
        await RefusedAsync(FailureKind.AlreadyExists,
            () => w.Vim.EnsureComputeAsync(w.A, w.Next(), With(w, new ComputeVolume("data", 2)), w.Patience), "a larger volume");
    }

    private static async Task IllFormed(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        ComputeVolume[][] wrong =
        [
            [new("", 1)], [new("a/b", 1)], [new("a", 1), new("A", 1)], [new("a", -1)], [new("a", 1, "relative")], [new("a", 1, "/")], [new("a", 1, "/x/../etc")],
            [new("a", 1, "/proc/x")], [new("a", 1, "/sys")], [new("a", 1, "/data:/etc")], [new("a", 1, "/d"), new("b", 1, "/d")], [.. Enumerable.Range(0, 17).Select(i => new ComputeVolume($"v{i}", 0))],
        ];
        foreach (var volumes in wrong)
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), With(w, volumes), w.Patience), string.Join(", ", volumes.Take(2)));
            True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the refused create left a compute");
        }
    }

    private static async Task NotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Volumes);

        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), With(w, new ComputeVolume("data", 1)), w.Patience), "a volume");
    }

    private static ComputeSpec With(ConformanceWorld w, params ComputeVolume[] volumes) => w.Spec() with { Volumes = volumes };
}
