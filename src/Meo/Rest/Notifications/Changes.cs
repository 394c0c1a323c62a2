using Mano.Meo.Lifecycle;
using Mano.Meo.Onboarding;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Rest.Notifications;

/// <summary>Something that subscribers may want to be told of; of instance, operation and package there is what it is about.</summary>
internal sealed record Occurrence(Topic Topic)
{
    public AppInstanceRecord? Instance { get; init; }

    public OperationRecord? Operation { get; init; }

    public PackageRecord? Package { get; init; }

    /// <summary>MEC 010-2 notificationType.</summary>
    public required string Type { get; init; }
}

/// <summary>
/// Compares each record with what it was, and says what changed. What is there when it begins to look is no change; it keeps
/// in memory what it compares with: instances, packages, and the operations that have not ended.
/// </summary>
internal abstract class ChangeMirror<T>(Action<Occurrence> tell) : IStateMirror
    where T : class
{
    private readonly Dictionary<string, T> known = new(StringComparer.Ordinal);

    /// <summary>False while the first listing is read.</summary>
    public bool IsLive { get; set; }

    public IReadOnlyCollection<string> Keys => [.. known.Keys];

    public ValueTask Put(Entry entry)
    {
        var now = Read(entry);
        var before = known.GetValueOrDefault(entry.Key);
        if (IsKept(now))
        {
            known[entry.Key] = now;
        }
        else
        {
            known.Remove(entry.Key);
        }

        if (IsLive)
        {
            foreach (var change in Compare(before, now))
            {
                tell(change);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask Gone(string key, long version)
    {
        if (known.Remove(key, out var last) && IsLive && End(last) is { } change)
        {
            tell(change);
        }

        return ValueTask.CompletedTask;
    }

    protected abstract T Read(Entry entry);

    protected virtual bool IsKept(T now) => true;

    protected abstract IEnumerable<Occurrence> Compare(T? before, T now);

    protected virtual Occurrence? End(T last) => null;
}

/// <summary>Of application instances.</summary>
internal sealed class InstanceChanges(Action<Occurrence> tell) : ChangeMirror<AppInstanceRecord>(tell)
{
    protected override AppInstanceRecord Read(Entry entry) => entry.As(LifecycleJson.Default.AppInstanceRecord).Value;

    protected override IEnumerable<Occurrence> Compare(AppInstanceRecord? before, AppInstanceRecord now) =>
        before is null ? [new(Topic.InstanceCreated) { Type = "AppInstanceIdentifierCreationNotification", Instance = now }]
        : before.State != now.State ? [new(Topic.InstanceState) { Type = "AppInstNotification", Instance = now }]
        : [];

    protected override Occurrence End(AppInstanceRecord last) => new(Topic.InstanceDeleted) { Type = "AppInstanceIdentifierDeletionNotification", Instance = last };
}

/// <summary>Of operations, in the states of MEC 010-2.</summary>
internal sealed class OperationChanges(Action<Occurrence> tell) : ChangeMirror<OperationRecord>(tell)
{
    protected override OperationRecord Read(Entry entry) => OperationReader.Read(entry).Value;

    protected override bool IsKept(OperationRecord now) => !now.State.IsFinal();

    protected override IEnumerable<Occurrence> Compare(OperationRecord? before, OperationRecord now) =>
        (before is null && now.State.IsFinal()) || (before is not null && MecStates.Of(before) == MecStates.Of(now))
            ? []
            : [new(Topic.OperationState) { Type = "AppLcmOpOccNotification", Operation = now }];
}

/// <summary>Of packages, once they are onboarded.</summary>
internal sealed class PackageChanges(Action<Occurrence> tell) : ChangeMirror<PackageRecord>(tell)
{
    protected override PackageRecord Read(Entry entry) => entry.As(OnboardingJson.Default.PackageRecord).Value;

    protected override IEnumerable<Occurrence> Compare(PackageRecord? before, PackageRecord now) =>
        now.State != OnboardingState.Onboarded ? []
        : before?.State != OnboardingState.Onboarded ? [new(Topic.PackageOnboarded) { Type = "AppPackageOnBoarded", Package = now }]
        : before.Enabled != now.Enabled ? [new(Topic.PackageChanged) { Type = now.Enabled ? "AppPackageEnabled" : "AppPackageDisabled", Package = now }]
        : [];

    protected override Occurrence? End(PackageRecord last) =>
        last.State == OnboardingState.Onboarded ? new(Topic.PackageDeleted) { Type = "AppPackageDeleted", Package = last } : null;
}
