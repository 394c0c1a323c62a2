using Mano.Meo.Sites;

namespace Mano.Meo.Lifecycle;

/// <summary>An instance as people see it, whichever API they ask: the stored record, and what its site says now.</summary>
/// <param name="Record">As stored.</param>
/// <param name="Reported">What the site reports, or last reported; null if it never did.</param>
/// <param name="RunningOperation">The unfinished operation, or null.</param>
/// <param name="NotSyncedSince">Since when the site's reports have not been in sync; null while they are, or there is no site.</param>
internal sealed record InstanceView(AppInstanceRecord Record, SiteInstance? Reported, string? RunningOperation, DateTimeOffset? NotSyncedSince)
{
    /// <summary>Where it runs; null while it is NOT_INSTANTIATED.</summary>
    public InstanceLocation? Location => Record.State == AppInstanceState.NotInstantiated ? null : Record.Location;
}
