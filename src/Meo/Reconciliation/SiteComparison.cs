using Mano.Meo.Lifecycle;
using Mano.Meo.Sites;

namespace Mano.Meo.Reconciliation;

/// <summary>Compares what is intended with what a site reports. Pure: what it says follows from its arguments alone.</summary>
internal static class SiteComparison
{
    /// <summary>
    /// The instances worth a closer look: those that one side has and the other has not. With <paramref name="thorough"/> all of them,
    /// for some differences do not show in who is there. What the site owes anyway is left out: it is being removed.
    /// </summary>
    public static IReadOnlyList<string> Suspects(
        IReadOnlySet<string> intended, IReadOnlySet<string> observed, IReadOnlySet<string> owed, bool thorough)
    {
        var some = thorough
            ? intended.Union(observed)
            : intended.Where(id => !observed.Contains(id)).Concat(observed.Where(id => !intended.Contains(id)));
        return [.. some.Where(id => !owed.Contains(id)).Order(StringComparer.Ordinal)];
    }

    /// <summary>
    /// What is wrong with an instance that no operation is at work on; null if nothing is.
    /// | record                              | at the site                       | difference   |
    /// | none, nowhere, or at another site   | there                             | ORPHAN       |
    /// | NOT_INSTANTIATED, but placed here   | whatever                          | RESIDUE      |
    /// | INSTANTIATED here                   | not there                         | LOST_AT_SITE |
    /// | INSTANTIATED here                   | older generation than it reported | BEHIND       |
    /// </summary>
    public static Difference? Judge(string siteId, AppInstanceRecord? record, SiteInstance? observed)
    {
        if (record?.Location?.SiteId != siteId)
        {
            // What is being taken down leaves by itself.
            return observed is null or { Phase: SitePhase.Terminating } ? null : Difference.Orphan;
        }

        return record switch
        {
            { State: AppInstanceState.NotInstantiated } => Difference.Residue,
            _ when observed is null => Difference.LostAtSite,
            { LastReport.Generation: var confirmed } when observed.Generation < confirmed => Difference.Behind,
            _ => null,
        };
    }
}
