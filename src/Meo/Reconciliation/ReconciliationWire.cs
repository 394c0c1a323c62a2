using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Inventory;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Reconciliation;

/// <summary>Debts on the wire.</summary>
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
}
