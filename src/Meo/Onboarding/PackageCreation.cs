using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;

namespace Mano.Meo.Onboarding;

/// <summary>Accepts a package resource: the one place of onboarding where an id is made.</summary>
internal sealed class PackageCreation(PackageRecords records, PackageQuota quota, IIdSource ids)
{
    internal async Task<Outcome<PackageView>> Create(
        string tenant, string wantedId, IReadOnlyDictionary<string, string> userDefinedData, FirstUse use, CancellationToken cancel, AnnouncedPackage? announced = null)
    {
        var id = wantedId.Length > 0 ? wantedId : ids.NewId();
        using var counted = await quota.Counting(cancel);
        if (await quota.RefuseAnother(tenant, cancel) is { } full && !(await records.Get(tenant, id, cancel)).TryGet(out _, out _))
        {
            return full;
        }

        var created = await records.Create(tenant, id, new Dictionary<string, string>(userDefinedData), announced, use, cancel);
        return created.TryGet(out var record, out var refusal) ? new PackageView(record, null, false) : refusal;
    }
}
