using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>All that the platform must still know after a crash about one instance; stored as one JSON value.</summary>
internal sealed record ApplicationRecord
{
    public required string AppInstanceId { get; init; }

    public string Tenant { get; init; } = "default";

    /// <summary>The highest generation seen; a call with a lower one is late.</summary>
    public required long Generation { get; init; }

    /// <summary>What stays after the removal is the generation: a late call must not bring the instance back.</summary>
    public bool Removed { get; init; }

    public Phase Phase { get; init; } = Phase.Configured;

    /// <summary>One sentence on why it is in this phase.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>When the phase was entered; of a removed one, when it was removed.</summary>
    public DateTimeOffset PhaseTime { get; init; }

    public PlatformConfiguration Configuration { get; init; } = PlatformConfiguration.Empty;

    /// <summary>Where it runs; null while it does not.</summary>
    public InstanceEndpoint? Endpoint { get; init; }

    /// <summary>Which start of the application <see cref="Endpoint"/> and <see cref="Ready"/> speak of.</summary>
    public string Incarnation { get; init; } = string.Empty;

    /// <summary>Whether this incarnation is ready.</summary>
    public bool Ready { get; init; }

    /// <summary>
    /// A confirm_ready that came when none was awaited: a fast application confirms before the MEPM has told that it
    /// runs. It counts for the next incarnation (see <see cref="Moves.Running"/>).
    /// </summary>
    public DateTimeOffset? EarlyConfirmation { get; init; }

    /// <summary>Set from the start of a drain until the instance is configured anew.</summary>
    public Drain? Drain { get; init; }

    /// <summary>Set in FAILED.</summary>
    public Failure? Failure { get; init; }

    /// <summary>Traffic rules that the application switched off over Mp1.</summary>
    public IReadOnlyList<string> TrafficRulesOff { get; init; } = [];

    /// <summary>DNS rules that the application switched off over Mp1.</summary>
    public IReadOnlyList<string> DnsRulesOff { get; init; } = [];

    public IReadOnlyList<TerminationSubscription> Subscriptions { get; init; } = [];

    [JsonIgnore]
    public string Subject => $"app-instance/{AppInstanceId}";
}

/// <summary>How an instance is being taken out of service.</summary>
/// <param name="Action">What the application is told.</param>
/// <param name="StartedAt">When the drain began.</param>
/// <param name="Deadline">When it goes on without the application.</param>
/// <param name="Announced">Whether the application was told.</param>
/// <param name="Confirmed">Whether the application has confirmed.</param>
internal sealed record Drain(OperationAction Action, DateTimeOffset StartedAt, DateTimeOffset Deadline, bool Announced, bool Confirmed)
{
    /// <summary>Whether there is still something to wait for.</summary>
    public bool IsWaiting(DateTimeOffset now) => !Confirmed && now < Deadline;
}

/// <summary>Who wants to hear of the termination (MEC 011 AppTerminationNotificationSubscription).</summary>
/// <param name="Id">Chosen by the platform.</param>
/// <param name="CallbackReference">Where to POST.</param>
/// <param name="Root">Under which Mp1 root it was made: <c>/mec_app_support/v1</c>.</param>
internal sealed record TerminationSubscription(string Id, string CallbackReference, string Root);

/// <summary>How records are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApplicationRecord))]
internal sealed partial class ApplicationJson : JsonSerializerContext;
