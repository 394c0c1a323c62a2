using System.Collections.Concurrent;
using Mano.Meo.Granting;
using Mano.Meo.Lifecycle;
using Mano.Meo.Lifecycle.Operations;
using Mano.Mesh.Failures;

namespace Mano.Meo.Reconciliation;

/// <summary>Tells a site again what is desired of an instance that it has lost: the record, the grant and the package say it all.</summary>
internal sealed class Recreation(SiteSteps site, Grants grants)
{
    // What this process has told already: the same generation is told again rather than a new one made each time.
    private readonly ConcurrentDictionary<string, long> told = new(StringComparer.Ordinal);

    /// <summary>The generation under which this very record was told before, or null.</summary>
    public long? GenerationTold(AppInstanceRecord record) =>
        told.TryGetValue(record.AppInstanceId, out var generation) && generation == record.Generation ? generation : null;

    /// <summary>Null when that is durable at the site; else why not.</summary>
    public async Task<Failure?> Ensure(AppInstanceRecord record, long generation, CancellationToken cancel)
    {
        if (await grants.Find(record.AppInstanceId, cancel) is not { } grant)
        {
            return Failure.Internal("GRANT_MISSING", $"The instance {record.AppInstanceId} is {record.State.Spelled()} and has no grant.", record.Subject);
        }

        told[record.AppInstanceId] = generation;
        var wanted = new WantedApp(
            record.AppInstanceId,
            record.Name.Length > 0 ? record.Name : record.AppName,
            generation,
            record.Location!.HostId,
            Started: record.State == AppInstanceState.Started,
            GracefulStop: TimeSpan.Zero,
            grant.Value,
            record.Wishes);
        var answer = await site.Ensure(record.Location.SiteId, wanted, record.AppPkgId, cancel);
        if (answer.Failure is null)
        {
            told.TryRemove(record.AppInstanceId, out _);
        }

        return answer.Failure;
    }
}
