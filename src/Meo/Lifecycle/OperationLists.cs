using Mano.Meo.Northbound;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>Operations by pages, newest first.</summary>
internal sealed class OperationLists(IStateStore store, OperationReader operations)
{
    /// <param name="after">Token of the operation to go on after; null for the first page.</param>
    /// <param name="size">How many at most.</param>
    /// <param name="appInstanceId">Of one instance; empty: of all.</param>
    /// <param name="unfinishedOnly">Leaves out what has ended.</param>
    /// <param name="cancel">The caller's presence.</param>
    public async Task<Paged<OperationRecord>> Page(string? after, int size, string appInstanceId, bool unfinishedOnly, CancellationToken cancel)
    {
        var prefix = appInstanceId.Length > 0 ? OperationIndex.Of(appInstanceId) : OperationIndex.All;
        var last = after is null ? null : prefix + after;
        var found = new List<OperationRecord>();
        while (true)
        {
            var page = await store.Scan(prefix, last, size, cancel);
            foreach (var entry in page.Entries)
            {
                if (found.Count == size)
                {
                    return new(found, last![prefix.Length..]);
                }

                last = entry.Key;
                var operation = await operations.Find(Tenants.Default, OperationIndex.Complement(entry.Key[prefix.Length..]), cancel);
                if (operation is not null && !(unfinishedOnly && operation.Value.State.IsFinal()))
                {
                    found.Add(operation.Value);
                }
            }

            if (!page.HasMore)
            {
                return new(found, "");
            }
        }
    }

    /// <summary>The token of an operation that a page may begin after.</summary>
    public static string TokenOf(OperationRecord operation) => OperationIndex.Complement(operation.Id);
}
