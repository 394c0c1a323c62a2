using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceWorld;
using static Mano.VimAdapters.Conformance.ConformanceCheck;

namespace Mano.VimAdapters.Conformance;

/// <summary>What computes have used: only what the VIM knows, and never less than before.</summary>
internal static class StatisticsChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("statistics",
    [
        Check("A running compute has used CPU time and memory, and CPU time does not go back", Used, Rules.ReadsStatistics).Needing(VimCapability.Statistics),
        Check("A stopped compute tells nothing of what it uses", Stopped, Rules.ReadsStatistics).Needing(VimCapability.Statistics, VimCapability.Power),
        Check("The statistics of nothing are NOT_FOUND", OfNothing, Rules.StatisticsOfNothing).Needing(VimCapability.Statistics),
        Check("ReadStatistics without the capability is UNIMPLEMENTED", NotClaimed, Rules.StatisticsNotClaimed),
    ]);

    private static async Task Used(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        var first = await ToldAsync(w);
        var second = await w.Vim.ReadStatisticsAsync(w.A, w.Patience);
        True(second.CpuNanoseconds >= first.CpuNanoseconds, $"CPU time went from {first.CpuNanoseconds} to {second.CpuNanoseconds} ns");
        True(second.At >= first.At, "time went back");
        True(first is { CpuNanoseconds: >= 0, MemoryBytes: >= 0 }, $"it tells {first}");
    }

    private static async Task Stopped(ConformanceWorld w)
    {
        await w.RunningAsync(w.A);
        await w.Vim.SetPowerStateAsync(w.A, w.Next(), PowerState.Stopped, w.Patience);
        await w.ReachesAsync(w.A, ComputeState.Stopped);
        var told = await w.Vim.ReadStatisticsAsync(w.A, w.Patience);
        True(told is { CpuNanoseconds: null, MemoryBytes: null, NetworkReceivedBytes: null, NetworkSentBytes: null }, $"it tells {told}");
    }

    private static Task OfNothing(ConformanceWorld w) =>
        RefusedAsync(FailureKind.NotFound, () => w.Vim.ReadStatisticsAsync(w.A, w.Patience), "the statistics of nothing");

    private static async Task NotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Statistics);

        await w.RunningAsync(w.A);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.ReadStatisticsAsync(w.A, w.Patience), "statistics");
    }

    /// <summary>The first answer with all in it: one that has just begun may not be counted yet.</summary>
    private static async Task<ComputeStatistics> ToldAsync(ConformanceWorld w)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (await w.Vim.ReadStatisticsAsync(w.A, w.Patience) is { CpuNanoseconds: not null, MemoryBytes: not null } told)
            {
                return told;
            }

            True(TimeProvider.System.GetElapsedTime(started) < w.Subject.Patience, "CPU time or memory is never told");
        }
    }
}
