using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess.Supervision;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>What a compute is now, from what was intended, what its supervisor said, and whether that one lives. Pure.</summary>
internal static class ComputeView
{
    /// <summary>The compute as callers see it.</summary>
    /// <param name="record">What was intended.</param>
    /// <param name="run">What its supervisor said last, of this run and this boot; null: nothing yet.</param>
    /// <param name="alive">Whether the supervisor lives.</param>
    /// <param name="killedForMemory">Whether the kernel has killed something of it for memory.</param>
    public static Compute Of(ComputeRecord record, RunState? run, bool alive, bool killedForMemory)
    {
        var (state, reason) = StateOf(record, run, alive, killedForMemory);
        return new()
        {
            ComputeId = record.ComputeId,
            Spec = record.Spec,
            OperationNumber = record.Fence.Last,
            State = state,
            Reason = reason,
            Addresses = [record.Address],
            RestartCount = run?.Restarts ?? record.Restarts,
            ExitCode = run?.ExitCode,
            CreatedAt = record.CreatedAt,
            StartedAt = run?.StartedAt,
            Enforcements = record.Enforcements,
        };
    }

    private static (ComputeState State, string Reason) StateOf(ComputeRecord record, RunState? run, bool alive, bool killedForMemory) =>
        record.Deleting ? (ComputeState.Deleting, "it is being deleted")
        : record.Desired == PowerState.Stopped
            ? alive ? (ComputeState.Running, "it was asked to stop and has not ended yet") : (ComputeState.Stopped, "it was stopped on request")
        : record.GaveUp is { } why ? (ComputeState.Failed, why)
        : run is null ? (ComputeState.Creating, "it is being started")
        : run.Phase == RunPhase.Ended ? Ended(record, run, killedForMemory)
        : !alive ? (ComputeState.Creating, "its supervisor is gone; it is being started again")
        : run.Phase == RunPhase.Running ? (ComputeState.Running, "its process runs")
        : (ComputeState.Failed, $"{How(record, run, killedForMemory)}; starts again at {run.NextStart:HH:mm:ss} UTC");

    private static (ComputeState State, string Reason) Ended(ComputeRecord record, RunState run, bool killedForMemory) =>
        (run.ExitCode == 0 ? ComputeState.Stopped : ComputeState.Failed, $"{How(record, run, killedForMemory)}; not started again, by its restart policy");

    private static string How(ComputeRecord record, RunState run, bool killedForMemory) => run.ExitCode switch
    {
        137 when killedForMemory => $"exited with 137: killed for memory, its limit is {record.Spec.Resources.MemoryMib} MiB",
        126 => "exited with 126: its program could not be executed (see its log)",
        127 => "exited with 127: its program, or the interpreter it names, was not found (see its log)",
        > 128 and < 193 => $"exited with {run.ExitCode}: killed by signal {run.ExitCode - 128}",
        _ => $"exited with {run.ExitCode}",
    };
}
