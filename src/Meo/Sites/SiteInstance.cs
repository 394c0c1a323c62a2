using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.Meo.Sites;

/// <summary>An application instance as its site reports it.</summary>
internal sealed record SiteInstance
{
    public required string AppInstanceId { get; init; }

    /// <summary>The newest generation that the site was told.</summary>
    public required long Generation { get; init; }

    /// <summary>The generation that this state answers.</summary>
    public required long ObservedGeneration { get; init; }

    public required string HostId { get; init; }

    public required SitePhase Phase { get; init; }

    public ImmutableArray<InstanceCondition> Conditions { get; init; } = [];

    public InstanceEndpoint? Endpoint { get; init; }

    public ReportedRules Rules { get; init; } = ReportedRules.None;

    /// <summary>Set in phase Failed: nothing the site can do by itself will cure it.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Whether the site has done what this generation asks.</summary>
    public bool IsSteadyAt(long generation) => ObservedGeneration >= generation && Phase == SitePhase.Steady;

    /// <summary>Whether the site has given up on this generation.</summary>
    public bool HasFailedAt(long generation) => ObservedGeneration >= generation && Phase == SitePhase.Failed;
}

/// <summary>Where an instance stands at its site.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SitePhase>))]
internal enum SitePhase
{
    Progressing,
    Steady,
    Terminating,
    Failed,
    Degraded,
}

/// <summary>One aspect of an instance: Allocated, Running, Configured, Ready, RulesActive.</summary>
/// <param name="Type">Which.</param>
/// <param name="Status">Whether it holds.</param>
/// <param name="Reason">A stable word.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Since">When the status last changed.</param>
internal sealed record InstanceCondition(string Type, ConditionStatus Status, string Reason, string Message, DateTimeOffset Since);

/// <summary>Whether a condition holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionStatus>))]
internal enum ConditionStatus
{
    Unknown,
    False,
    True,
}

/// <summary>Where an instance is reached.</summary>
internal sealed record InstanceEndpoint(string Address, ImmutableArray<InstancePort> Ports);

/// <summary>A port an instance listens on.</summary>
internal sealed record InstancePort(string Name, string Protocol, int Number);

/// <summary>What is known of an instance at its site at this moment.</summary>
/// <param name="IsSynced">The watch stream is open and its snapshot is complete: what is not here is not there.</param>
/// <param name="Instance">The last state seen; null if there is none.</param>
/// <param name="Snapshot">Counts the snapshots that were complete: another number means that the site was listed anew.</param>
/// <param name="NotSyncedSince">When it was last in sync, or was first asked about; null while it is.</param>
internal sealed record SiteView(bool IsSynced, SiteInstance? Instance, long Snapshot, DateTimeOffset? NotSyncedSince = null);
