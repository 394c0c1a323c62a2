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

/// <summary>A record that changed, and what is to be told of it.</summary>
/// <param name="Key">Of the record.</param>
/// <param name="Seen">What it is compared with from now on, by whoever tells then; null: with nothing.</param>
/// <param name="Revision">Of the change.</param>
/// <param name="Occurrences">What is told; maybe nothing.</param>
internal sealed record Happening(string Key, ReadOnlyMemory<byte>? Seen, long Revision, IReadOnlyList<Occurrence> Occurrences);

/// <summary>
/// Compares each record with what it was when it was last told of, and says what changed. It begins with what was stored of that, so
/// nothing is lost that happened while nobody told.
/// </summary>
internal abstract class ChangeMirror<T>(Func<Happening, ValueTask> tell) : IStateMirror
    where T : class
{
    private readonly Dictionary<string, T> known = new(StringComparer.Ordinal);

    /// <summary>A record that is not known is new if it changed after this; else it was there before anybody wanted to know.</summary>
    public long Since { get; set; }

    public IReadOnlyCollection<string> Keys => [.. known.Keys];

    /// <summary>As it was when it was last told of.</summary>
    public void Remember(string key, ReadOnlyMemory<byte> seen) => known[key] = Read(new(key, seen, 0));

    public async ValueTask Put(Entry entry)
    {
        var now = Read(entry);
        var before = known.GetValueOrDefault(entry.Key);
        List<Occurrence> changes = before is null && entry.Version <= Since ? [] : [.. Compare(before, now)];
        if (IsKept(now))
        {
            known[entry.Key] = now;
        }
        else
        {
            known.Remove(entry.Key);
        }

        if (changes.Count > 0 || (before is null && MarksAll && entry.Version <= Since))
        {
            await tell(new(entry.Key, IsKept(now) ? (ReadOnlyMemory<byte>?)entry.Value : null, entry.Version, changes));
            Since = changes.Count > 0 && !MarksAll ? Math.Max(Since, entry.Version) : Since;
        }
    }

    public async ValueTask Gone(string key, long version)
    {
        if (known.Remove(key, out var last))
        {
            await tell(new(key, null, version, End(last) is { } change ? [change] : []));
        }
    }

    /// <summary>Whether those that were there from the beginning are remembered as well, so that their end can be told.</summary>
    protected virtual bool MarksAll => true;

    protected abstract T Read(Entry entry);

    protected virtual bool IsKept(T now) => true;

    protected abstract IEnumerable<Occurrence> Compare(T? before, T now);

    protected virtual Occurrence? End(T last) => null;
}

/// <summary>Of application instances.</summary>
internal sealed class InstanceChanges(Func<Happening, ValueTask> tell) : ChangeMirror<AppInstanceRecord>(tell)
{
    protected override AppInstanceRecord Read(Entry entry) => entry.As(LifecycleJson.Default.AppInstanceRecord).Value;

    protected override IEnumerable<Occurrence> Compare(AppInstanceRecord? before, AppInstanceRecord now)
    {
        if (before is null)
        {
            yield return new(Topic.InstanceCreated) { Type = "AppInstanceIdentifierCreationNotification", Instance = now };
        }

        if ((before?.State ?? AppInstanceState.NotInstantiated) != now.State)
        {
            yield return new(Topic.InstanceState) { Type = "AppInstNotification", Instance = now };
        }
    }

    protected override Occurrence End(AppInstanceRecord last) => new(Topic.InstanceDeleted) { Type = "AppInstanceIdentifierDeletionNotification", Instance = last };
}

/// <summary>Of operations, in the states of MEC 010-2.</summary>
internal sealed class OperationChanges(Func<Happening, ValueTask> tell) : ChangeMirror<OperationRecord>(tell)
{
    protected override bool MarksAll => false;

    protected override OperationRecord Read(Entry entry) => OperationReader.Read(entry).Value;

    protected override bool IsKept(OperationRecord now) => !now.State.IsFinal();

    protected override IEnumerable<Occurrence> Compare(OperationRecord? before, OperationRecord now) =>
        before is not null && MecStates.Of(before) == MecStates.Of(now) ? [] : [new(Topic.OperationState) { Type = "AppLcmOpOccNotification", Operation = now }];
}

/// <summary>Of packages, once they are onboarded.</summary>
internal sealed class PackageChanges(Func<Happening, ValueTask> tell) : ChangeMirror<PackageRecord>(tell)
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
