using System.Text.Json.Serialization;
using Mano.Meo.Sites;

namespace Mano.Meo.Lifecycle;

/// <summary>An application instance (MEC 010-2 AppInstanceInfo) as it is stored under <c>instance/{tenant}/{id}</c>.</summary>
internal sealed record AppInstanceRecord
{
    public required string Tenant { get; init; }

    /// <summary>A GUID.</summary>
    public required string AppInstanceId { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public required string AppPkgId { get; init; }

    public required string AppDId { get; init; }

    public required string AppName { get; init; }

    public required string AppProvider { get; init; }

    public required string AppSoftVersion { get; init; }

    public required string AppDVersion { get; init; }

    public AppInstanceState State { get; init; }

    /// <summary>Where it is, or, while it is being instantiated, will be. Null while it is nowhere.</summary>
    public InstanceLocation? Location { get; init; }

    /// <summary>What its caller asked of the VIM, for as long as it is, or will be, somewhere; null: nothing.</summary>
    public InstanceWishes? Wishes { get; init; }

    /// <summary>The last generation that an operation reserved for what it tells the site.</summary>
    public long Generation { get; init; }

    /// <summary>What the site reported when the last operation completed; shown while the site is not heard.</summary>
    public SiteInstance? LastReport { get; init; }

    public required DateTimeOffset CreateTime { get; init; }

    public required DateTimeOffset UpdateTime { get; init; }

    /// <summary>What operations on it are serialised by.</summary>
    [JsonIgnore]
    public string Subject => SubjectOf(AppInstanceId);

    public static string SubjectOf(string appInstanceId) => "app-instance/" + appInstanceId;

    /// <summary>After an operation's action completed: the next state, and what the site reported.</summary>
    public AppInstanceRecord After(LifecycleAction action, SiteInstance? report, DateTimeOffset now) => this with
    {
        State = AppInstanceStates.After(State, action),
        LastReport = report,
        UpdateTime = now,
    };

    /// <summary>Nothing of it is left anywhere, whatever it was before.</summary>
    public AppInstanceRecord Nowhere(DateTimeOffset now) => this with
    {
        State = State == AppInstanceState.NotInstantiated ? State : AppInstanceStates.After(State, LifecycleAction.Terminate),
        Location = null,
        Wishes = null,
        LastReport = null,
        UpdateTime = now,
    };
}

/// <summary>Where an instance was placed.</summary>
internal sealed record InstanceLocation(string SiteId, string HostId, string Zone);
