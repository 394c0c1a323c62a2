using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Inventory;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Reconciliation;

/// <summary>Debts and findings on the wire.</summary>
internal static class ReconciliationWire
{
    public static Wire.Debt ToWire(Debt debt) => new()
    {
        SiteId = debt.SiteId,
        AppInstanceId = debt.AppInstanceId,
        HostId = debt.HostId,
        Generation = debt.Generation,
        Amount = SiteWire.ToWire(debt.Amount),
        Since = debt.Since.ToTimestamp(),
        Reason = debt.Reason,
        OperationId = debt.OperationId,
        Message = debt.Message,
    };

    public static Wire.Finding ToWire(Finding finding) => new()
    {
        SiteId = finding.SiteId,
        AppInstanceId = finding.AppInstanceId,
        Kind = finding.Kind switch
        {
            Difference.Orphan => Wire.Finding.Types.Kind.Orphan,
            Difference.LostAtSite => Wire.Finding.Types.Kind.LostAtSite,
            Difference.Behind => Wire.Finding.Types.Kind.Behind,
            _ => Wire.Finding.Types.Kind.Residue,
        },
        Action = finding.Action,
        Message = finding.Message,
        FoundTime = finding.FoundAt.ToTimestamp(),
        ResolvedTime = finding.ResolvedAt?.ToTimestamp(),
    };
}
