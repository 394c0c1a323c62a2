using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Kubernetes.Records;

/// <summary>What a compute is made of.</summary>
internal enum WorkloadKind
{
    /// <summary>A Deployment: what starts again and keeps nothing.</summary>
    Deployment = 1,

    /// <summary>A StatefulSet: what starts again and has volumes, so that never two of it run.</summary>
    StatefulSet = 2,

    /// <summary>A bare pod: what stays ended when it ends (restart policy NEVER).</summary>
    Pod = 3,

    /// <summary>What a helm chart renders to.</summary>
    Chart = 4,
}

/// <summary>
/// What is intended with one compute, and what is remembered of its key; stored in the cluster before anything of it is
/// done, and changed by compare-and-swap, so that two adapters cannot both win.
/// </summary>
internal sealed record KubeRecord
{
    public required string ComputeId { get; init; }

    public required Fence Fence { get; init; }

    /// <summary>What it shall be; null: there is no compute, only numbers that are remembered.</summary>
    public ComputeSpec? Spec { get; init; }

    public string SpecDigest { get => field ?? ""; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public WorkloadKind Kind { get; init; } = WorkloadKind.Deployment;

    /// <summary>Where its objects are.</summary>
    public string Namespace { get => field ?? ""; init; } = "";

    /// <summary>The image's name in its registry; empty with a chart.</summary>
    public string Image { get => field ?? ""; init; } = "";

    /// <summary>The number that made it: no other life of the key has it.</summary>
    public long Life { get; init; }

    public PowerState Desired { get; init; } = PowerState.Started;

    public bool Deleting { get; init; }

    /// <summary>Why it stands still though it shall run: it ended with 0, or it cannot be made.</summary>
    public string? Ended { get; init; }

    /// <summary>How it ended, with <see cref="Ended"/>.</summary>
    public int? ExitCode { get; init; }

    /// <summary>With a bare pod: for which start it was made, so that one that vanished is not made again.</summary>
    public long PodMadeFor { get; init; }

    /// <summary>With a chart: the <see cref="Revision"/> in which its objects were applied.</summary>
    public string Applied { get => field ?? ""; init; } = "";

    /// <summary>With a chart: the hooks that ran to their end.</summary>
    public IReadOnlyList<string> HooksDone { get => field ?? []; init; } = [];

    /// <summary>When it was deleted; with no spec.</summary>
    public DateTimeOffset? BuriedAt { get; init; }

    /// <summary>Whether there is a compute, be it on its way out.</summary>
    public bool IsLive => Spec is not null;

    /// <summary>Whether it shall run.</summary>
    public bool ShallRun => !Deleting && Desired == PowerState.Started && Ended is null;

    /// <summary>The number of the last order that changed whether it runs, or started anew what had ended; 0: none.</summary>
    public long Switched { get; init; }

    /// <summary>The number of the order that started it last.</summary>
    public long Start => Math.Max(Life, Switched);

    /// <summary>Changes with everything that its objects depend on.</summary>
    public string Revision => FormattableString.Invariant($"{Life}.{Switched}.{(ShallRun ? 1 : 0)}");

    /// <summary>After everything of it is gone: the numbers alone.</summary>
    public KubeRecord Buried(DateTimeOffset at) => new() { ComputeId = ComputeId, Fence = Fence with { PowerNumber = 0, Power = PowerState.Started }, BuriedAt = at };
}
