using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Instances;

/// <summary>How an instance stands (site.v1.AppInstance). A value; replaced whole.</summary>
public sealed record InstanceStatus
{
    /// <summary>Nobody has looked yet.</summary>
    public static readonly InstanceStatus Unseen = new() { Phase = InstancePhase.Progressing };

    /// <summary>The generation that this answers; 0: none yet.</summary>
    public long ObservedGeneration { get; init; }

    public required InstancePhase Phase { get; init; }

    /// <summary>In the order of <see cref="ConditionType"/>; empty before the first look.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    public Endpoint? Endpoint { get; init; }

    /// <summary>The rules and their real state, as the platform says.</summary>
    [JsonIgnore]
    public RuleStates Rules { get; init; } = RuleStates.None;

    /// <summary>Set with <see cref="InstancePhase.Failed"/>.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Times the VIM started the application again by policy.</summary>
    public int Restarts { get; init; }

    public Condition? this[ConditionType type] => Conditions.FirstOrDefault(c => c.Type == type);

    /// <summary>Whether a reader of either would see the same.</summary>
    public bool SameAs(InstanceStatus other) =>
        ObservedGeneration == other.ObservedGeneration && Phase == other.Phase && Restarts == other.Restarts
        && Conditions.SequenceEqual(other.Conditions) && Failure?.ToString() == other.Failure?.ToString()
        && (Endpoint?.SameAs(other.Endpoint) ?? other.Endpoint is null) && Rules.SameAs(other.Rules);
}

/// <summary>Where an instance stands, in one word.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<InstancePhase>))]
public enum InstancePhase
{
    /// <summary>Being brought to the desired state.</summary>
    Progressing,

    /// <summary>In the desired state.</summary>
    Steady,

    /// <summary>Desired absent, being taken away.</summary>
    Terminating,

    /// <summary>Cannot be brought to the desired state.</summary>
    Failed,

    /// <summary>Was in the desired state and is not at the moment; being healed.</summary>
    Degraded,
}

/// <summary>One aspect, in the order in which an instantiation makes them true.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConditionType>))]
public enum ConditionType
{
    /// <summary>The VIM has a compute for it.</summary>
    Allocated,

    /// <summary>The compute runs.</summary>
    Running,

    /// <summary>The platform holds this generation's rules and services.</summary>
    Configured,

    /// <summary>The application serves.</summary>
    Ready,

    /// <summary>DNS and traffic rules are in effect.</summary>
    RulesActive,
}

/// <summary>Whether a condition holds.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Truth>))]
public enum Truth
{
    Yes,
    No,

    /// <summary>Who would know cannot be asked.</summary>
    Unknown,
}

/// <summary>One condition.</summary>
/// <param name="Type">Which.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Reason">A stable word for programs.</param>
/// <param name="Message">One sentence for people.</param>
/// <param name="Since">When <paramref name="Holds"/> last changed.</param>
public sealed record Condition(ConditionType Type, Truth Holds, string Reason, string Message, DateTimeOffset Since);

/// <summary>Where an application is reached.</summary>
/// <param name="Address">An IP address.</param>
/// <param name="Ports">Its ports there.</param>
public sealed record Endpoint(string Address, IReadOnlyList<RequiredPort> Ports)
{
    public bool SameAs(Endpoint? other) => other is not null && Address == other.Address && Ports.SequenceEqual(other.Ports);
}

/// <summary>The rules of an instance and the real state of each: platform.v1's TrafficRuleStatus and DnsRuleStatus.</summary>
public sealed record RuleStates(IReadOnlyList<WireMessage> Traffic, IReadOnlyList<WireMessage> Dns)
{
    public static readonly RuleStates None = new([], []);

    public bool SameAs(RuleStates other) => Traffic.SequenceEqual(other.Traffic) && Dns.SequenceEqual(other.Dns);
}
