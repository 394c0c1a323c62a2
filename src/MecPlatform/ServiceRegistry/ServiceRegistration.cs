using System.Text.Json.Serialization;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.ServiceRegistry;

/// <summary>A registered service as it is kept.</summary>
/// <param name="AppInstanceId">Who offers it.</param>
/// <param name="Tenant">Whose that is.</param>
/// <param name="Service">Complete: with its id, its transport, and the defaults of what was not given.</param>
/// <param name="Heard">When it last said that it lives; the registration counts.</param>
internal sealed record ServiceRegistration(string AppInstanceId, string Tenant, ServiceInfo Service, DateTimeOffset Heard)
{
    [JsonIgnore]
    public string Id => Service.SerInstanceId!;

    /// <summary>Whether it has promised heartbeats and missed one. Half an interval more than promised: clocks differ, and networks take their time.</summary>
    public bool IsSilent(DateTimeOffset now) =>
        Service is { State: ServiceState.Active, LivenessInterval: > 0 } && now - Heard > TimeSpan.FromSeconds(1.5 * Service.LivenessInterval.Value);
}

/// <summary>A subscription to the coming and going of services (MEC 011 SerAvailabilityNotificationSubscription).</summary>
/// <param name="Id">Given by the platform.</param>
/// <param name="AppInstanceId">Who is told.</param>
/// <param name="Tenant">Whose that is.</param>
/// <param name="CallbackReference">Where.</param>
/// <param name="Filter">Of what; null: of everything.</param>
internal sealed record ServiceSubscription(string Id, string AppInstanceId, string Tenant, string CallbackReference, FilteringCriteria? Filter);

/// <summary>MEC 011 filteringCriteria: what is given must match, of a list one value must.</summary>
internal sealed record FilteringCriteria(
    IReadOnlyList<string>? SerInstanceIds, IReadOnlyList<string>? SerNames, IReadOnlyList<CategoryRef>? SerCategories, IReadOnlyList<ServiceState>? States, bool? IsLocal)
{
    private const int MaxValues = 64;

    /// <exception cref="FailureException">It says something that it cannot; every fault is named.</exception>
    public void Require()
    {
        var faults = new List<Fault>();
        if (new[] { SerInstanceIds is not null, SerNames is not null, SerCategories is not null }.Count(given => given) > 1)
        {
            faults.Add(new("filteringCriteria", "names more than one of serInstanceIds, serNames and serCategories; one at most is allowed."));
        }

        foreach (var (name, count) in new[] { ("serInstanceIds", SerInstanceIds?.Count), ("serNames", SerNames?.Count), ("serCategories", SerCategories?.Count), ("states", States?.Count) })
        {
            if (count > MaxValues)
            {
                faults.Add(new($"filteringCriteria.{name}", $"has {count} values; at most {MaxValues} are allowed."));
            }
        }

        for (var i = 0; i < SerCategories?.Count; i++)
        {
            ServiceRules.CheckCategory($"filteringCriteria.serCategories[{i}]", SerCategories[i], faults);
        }

        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("BAD_SUBSCRIPTION", "The filteringCriteria cannot be met.", "filteringCriteria", faults).ToException();
        }
    }

    public bool Matches(ServiceInfo service) =>
        (SerInstanceIds is not { Count: > 0 } || SerInstanceIds.Contains(service.SerInstanceId))
        && (SerNames is not { Count: > 0 } || SerNames.Contains(service.SerName))
        && (SerCategories is not { Count: > 0 } || SerCategories.Any(c => c.Id == service.SerCategory?.Id))
        && (States is not { Count: > 0 } || States.Contains(service.State!.Value))
        && (IsLocal is null || IsLocal == service.IsLocal);
}

/// <summary>What became of a service.</summary>
internal enum ServiceChange
{
    [JsonStringEnumMemberName("ADDED")] Added = 1,
    [JsonStringEnumMemberName("REMOVED")] Removed,
    [JsonStringEnumMemberName("STATE_CHANGED")] StateChanged,
    [JsonStringEnumMemberName("ATTRIBUTES_CHANGED")] AttributesChanged,
}
