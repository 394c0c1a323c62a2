using Mano.Meo.Northbound;
using Mano.Mesh.State;

namespace Mano.Meo.Reconciliation;

/// <summary>The stored debts.</summary>
internal sealed class Debts(IStateStore store)
{
    public const string Prefix = $"debt/{Tenants.Default}/";

    public static string Of(string siteId) => $"{Prefix}{siteId}/";

    public static string Key(string siteId, string appInstanceId) => Of(siteId) + appInstanceId;

    /// <summary>The token of a debt that a page may begin after.</summary>
    public static string TokenOf(Debt debt) => $"{debt.SiteId}/{debt.AppInstanceId}";

    /// <summary>Adds the debt to the commit that gives the instance up. An older one of the same instance is taken over by it.</summary>
    public static Batch Put(Batch batch, Debt debt) =>
        batch.Put(Key(debt.SiteId, debt.AppInstanceId), debt, ReconciliationJson.Default.Debt);

    public ValueTask<Stored<Debt>?> Find(string siteId, string appInstanceId, CancellationToken cancel) =>
        store.Get(Key(siteId, appInstanceId), ReconciliationJson.Default.Debt, cancel);

    /// <summary>Debts ordered by site and instance, after the given token; of one site if that is not empty.</summary>
    public async Task<Paged<Debt>> List(string? after, int limit, string siteId, CancellationToken cancel)
    {
        var page = await store.Scan(siteId.Length == 0 ? Prefix : Of(siteId), after is null ? null : Prefix + after, limit, cancel);
        return new(
            [.. page.Entries.Select(e => e.As(ReconciliationJson.Default.Debt).Value)],
            page.HasMore ? page.Entries[^1].Key[Prefix.Length..] : "");
    }

    /// <summary>All of one site's, with their versions.</summary>
    public IAsyncEnumerable<Stored<Debt>> All(string siteId, CancellationToken cancel) =>
        store.ScanAll(Of(siteId), ReconciliationJson.Default.Debt, cancel);
}
