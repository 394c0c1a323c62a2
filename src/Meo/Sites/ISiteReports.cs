using System.Collections.Immutable;

namespace Mano.Meo.Sites;

/// <summary>What whole sites report, for comparing it with what is intended.</summary>
internal interface ISiteReports
{
    /// <summary>Raised when a site has been listed completely. Handlers must be quick and must not throw.</summary>
    event Action<string>? Synced;

    /// <summary>What is known of a site now, without asking it.</summary>
    SiteReport Report(string siteId);

    /// <summary>The instance as the site has it at this moment, or null; asks the site. Failures as with <see cref="ISites.Ensure"/>.</summary>
    Task<Mesh.Failures.Outcome<SiteInstance?>> Ask(string siteId, string appInstanceId, CancellationToken cancel);
}

/// <summary>Everything that a site reports.</summary>
/// <param name="IsSynced">As in <see cref="SiteView"/>.</param>
/// <param name="Instances">Every instance it has, or was last known to have.</param>
internal sealed record SiteReport(bool IsSynced, ImmutableDictionary<string, SiteInstance> Instances)
{
    public IReadOnlySet<string> Ids => Instances.Keys.ToHashSet(StringComparer.Ordinal);

    public SiteInstance? Find(string appInstanceId) => Instances.GetValueOrDefault(appInstanceId);
}
