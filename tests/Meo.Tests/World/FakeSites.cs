using Mano.Meo.Sites;
using Mano.Mesh.Failures;

namespace Mano.Meo.Tests.World;

/// <summary>A site in memory that does at once what it is told, and keeps the rules of generations.</summary>
internal sealed class FakeSites : ISites
{
    private readonly Lock gate = new();
    private readonly SiteMirror mirror = new(TimeProvider.System);
    private readonly Dictionary<string, long> newest = [];

    public FakeSites()
    {
        mirror.BeginSnapshot();
        mirror.EndSnapshot();
    }

    /// <summary>What runs (true) or is stopped (false), by instance.</summary>
    public Dictionary<string, bool> Instances { get; } = [];

    public Task<Outcome<SiteInstance>> Ensure(string siteId, DesiredApp desired, CancellationToken cancel)
    {
        lock (gate)
        {
            if (IsOld(desired.AppInstanceId, desired.Generation) is { } old)
            {
                return Task.FromResult<Outcome<SiteInstance>>(old);
            }

            Instances[desired.AppInstanceId] = desired.Started;
            var instance = new SiteInstance
            {
                AppInstanceId = desired.AppInstanceId,
                Generation = desired.Generation,
                ObservedGeneration = desired.Generation,
                HostId = desired.HostId,
                Phase = SitePhase.Steady,
            };
            mirror.Changed(instance);
            return Task.FromResult<Outcome<SiteInstance>>(instance);
        }
    }

    public Task<Outcome<bool>> RemoveIfAny(string siteId, string appInstanceId, long generation, TimeSpan graceful, CancellationToken cancel)
    {
        lock (gate)
        {
            if (IsOld(appInstanceId, generation) is { } old)
            {
                return Task.FromResult<Outcome<bool>>(old);
            }

            Instances.Remove(appInstanceId);
            mirror.Gone(appInstanceId);
            return Task.FromResult<Outcome<bool>>(true);
        }
    }

    public SiteView View(string siteId, string appInstanceId) => mirror.View(appInstanceId);

    public IAsyncEnumerable<SiteView> Watch(string siteId, string appInstanceId, CancellationToken cancel) => mirror.Watch(appInstanceId, cancel);

    private Failure? IsOld(string id, long generation)
    {
        if (newest.TryGetValue(id, out var seen) && seen > generation)
        {
            return new(FailureKind.Conflict, "GENERATION_SUPERSEDED", $"Generation {seen} was seen.", id);
        }

        newest[id] = generation;
        return null;
    }
}
