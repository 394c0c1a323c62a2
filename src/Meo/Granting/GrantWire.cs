using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Inventory;
using Wire = Mano.Granting.V1;

namespace Mano.Meo.Granting;

/// <summary>Grants on the wire.</summary>
internal static class GrantWire
{
    public static Wire.Grant ToWire(Grant grant) => new()
    {
        GrantId = grant.GrantId,
        AppInstanceId = grant.AppInstanceId,
        OperationId = grant.OperationId,
        SiteId = grant.SiteId,
        HostId = grant.HostId,
        Zone = grant.Zone,
        Resources = SiteWire.ToWire(grant.Amount),
        GrantTime = grant.GrantTime.ToTimestamp(),
    };
}
