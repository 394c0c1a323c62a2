using System.Globalization;
using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>What the simulated VIM knows of one key: its numbers, and the compute while there is one.</summary>
internal sealed record SimulatedKey(string ComputeId, Fence Fence, SimulatedCompute? Compute, DateTimeOffset TouchedAt);

/// <summary>A simulated compute. What it does now follows from the clock alone.</summary>
internal sealed record SimulatedCompute(ComputeSpec Spec, DateTimeOffset CreatedAt, string Address, DateTimeOffset SettledAt)
{
    public PowerState Power { get; init; } = PowerState.Started;

    public bool NeverBoots { get; init; }

    /// <summary>On its second network and those after it, in the order of the specification.</summary>
    public IReadOnlyList<string> FurtherAddresses { get; init; } = [];

    /// <summary>The machine of the VIM that it lies on, from 1; 0: it is in no group, and nobody asked.</summary>
    public int Machine { get; init; }

    /// <summary>It ended by itself and is not started again.</summary>
    public bool Ended { get; init; }

    public int RestartCount { get; init; }

    /// <summary>How often it was started in all, for whatever reason; never goes back while it exists.</summary>
    public int Boots { get; init; } = 1;

    public int? ExitCode { get; init; }

    public DateTimeOffset? GoneAt { get; init; }

    public IReadOnlyList<string> Journal { get; init; } = [];

    /// <summary>When its state changes next by itself; null: not at all.</summary>
    public DateTimeOffset? NextChange(DateTimeOffset now) =>
        GoneAt ?? (SettledAt > now ? SettledAt : null);

    public SimulatedCompute Noting(DateTimeOffset at, string what) =>
        this with { Journal = [.. Journal.TakeLast(199), $"{at:O} {what}"] };

    /// <summary>After its process ended by itself with <paramref name="exitCode"/>.</summary>
    public SimulatedCompute Crashed(int exitCode, DateTimeOffset now, TimeSpan bootTime)
    {
        var again = Spec.RestartPolicy == RestartPolicy.Always || (Spec.RestartPolicy == RestartPolicy.OnFailure && exitCode != 0);
        var ended = this with { ExitCode = exitCode };
        return (again
            ? ended with { RestartCount = RestartCount + 1, Boots = Boots + 1, SettledAt = now + bootTime }
            : ended with { Ended = true, SettledAt = now }).Noting(now, $"exited with {exitCode}");
    }

    /// <summary>After it was switched on or off; as it is where it was so already.</summary>
    public SimulatedCompute Switched(PowerState power, DateTimeOffset now, TimeSpan takes)
    {
        if (Power == power && !Ended)
        {
            return this;
        }

        var starts = power == PowerState.Started;
        return (this with
        {
            Power = power,
            Ended = false,
            RestartCount = starts ? 0 : RestartCount,
            Boots = starts ? Boots + 1 : Boots,
            SettledAt = now + takes,
        }).Noting(now, $"switched: {power}");
    }

    /// <summary>As it is at <paramref name="now"/>.</summary>
    public Compute At(DateTimeOffset now, string computeId, long operationNumber)
    {
        var (state, reason) = StateAt(now);
        return new()
        {
            ComputeId = computeId,
            Spec = Spec,
            OperationNumber = operationNumber,
            State = state,
            Reason = reason,
            Addresses = [Address, .. FurtherAddresses],
            RestartCount = RestartCount,
            ExitCode = ExitCode,
            CreatedAt = CreatedAt,
            StartedAt = state is ComputeState.Running or ComputeState.Stopped && SettledAt <= now ? SettledAt : null,
            Enforcements =
            [
                new("limits", false, "nothing runs: it is simulated"),
                .. Machine > 0 ? [new("groups", true, $"it lies on machine {Machine}")] : Array.Empty<Enforcement>(),
            ],
        };
    }

    /// <summary>What it has used by then, as if it took all that it may; it has no network.</summary>
    public ComputeStatistics UsedAt(DateTimeOffset now) => StateAt(now).State != ComputeState.Running
        ? new(now)
        : new(now, (now - SettledAt).Ticks / 10 * Spec.Resources.MilliCpu, Spec.Resources.MemoryMib << 20);

    /// <summary>What happened to it by then, the newest first.</summary>
    public IReadOnlyList<VimEvent> EventsAt(DateTimeOffset now)
    {
        var noted = Journal.Select(line => line.Split(' ', 2)).Select(l => (At: DateTimeOffset.Parse(l[0], CultureInfo.InvariantCulture), What: l[1]))
            .Select(l => new VimEvent(l.At, l.What.Split(' ', ':')[0], l.What, l.What.StartsWith("exited", StringComparison.Ordinal) && !l.What.EndsWith(" 0", StringComparison.Ordinal)));
        var (state, reason) = StateAt(now);
        var settled = SettledAt <= now && GoneAt is null ? [new VimEvent(SettledAt, state.ToString().ToLowerInvariant(), reason, state == ComputeState.Failed)] : Array.Empty<VimEvent>();
        return [.. noted.Concat(settled).OrderByDescending(e => e.At).Take(VimEvent.MaxListed)];
    }

    private (ComputeState State, string Reason) StateAt(DateTimeOffset now) =>
        GoneAt is not null ? (ComputeState.Deleting, "it is being deleted")
        : Power == PowerState.Stopped ? (SettledAt > now ? (ComputeState.Running, "it is stopping") : (ComputeState.Stopped, "it was stopped on request"))
        : SettledAt > now ? (ComputeState.Creating, $"it boots until {SettledAt:O}")
        : NeverBoots ? (ComputeState.Failed, "the guest did not boot (simulated)")
        : Ended ? (ExitCode == 0 ? ComputeState.Stopped : ComputeState.Failed, $"it ended with {ExitCode} and is not started again")
        : (ComputeState.Running, "it runs (simulated)");
}

/// <summary>What else outlives the process.</summary>
internal sealed record SimulatedShared(IReadOnlyList<VimImage> Images, int ScriptDone, int Starts = 0, IReadOnlyList<SimulatedNetwork>? Networks = null);

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(SimulatedLine))]
[JsonSerializable(typeof(SimulatedShared))]
internal sealed partial class SimulatedJson : JsonSerializerContext;
