using Mano.Meo.Placement.Filters;
using Mano.Meo.Placement.Scorers;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Meo;

/// <summary>Refuses options that make no sense, all faults at once, before anything has started.</summary>
internal static class MeoOptionsRules
{
    public static void Check(MeoOptions options)
    {
        var faults = new List<Fault>();
        CheckRanges(faults, "replica", options.Replica);
        CheckRanges(faults, "inventory", options.Inventory);
        CheckRanges(faults, "lifecycle", options.Lifecycle);
        CheckRanges(faults, "placement", options.Placement);
        CheckRanges(faults, "idempotency", options.Idempotency);
        CheckRanges(faults, "rest", options.Rest);
        CheckRanges(faults, "operations", options.Operations);
        if (options.Store is { } store)
        {
            CheckRanges(faults, "store", store);
        }

        if (options.Inventory.SuspectAfter <= options.Inventory.HeartbeatInterval || options.Inventory.LostAfter <= options.Inventory.SuspectAfter)
        {
            faults.Add(new(
                "inventory", $"a site must be suspect after more than a heartbeat interval ({options.Inventory.HeartbeatInterval}) and lost after more than that; "
                + $"these are {options.Inventory.SuspectAfter} and {options.Inventory.LostAfter}."));
        }

        Try(faults, "placement.filters", () => HostFilters.Chosen(options.Placement.Filters));
        Try(faults, "placement.scorers", () => HostScorers.Chosen(options.Placement.Scorers));
        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("MEO_OPTIONS", "The settings are refused.", "meo", faults).ToException();
        }
    }

    private static void CheckRanges(List<Fault> faults, string what, object options) => faults.AddRange(DeclaredRanges.FaultsOf(options, what + "."));

    private static void Try(List<Fault> faults, string path, Action choose)
    {
        try
        {
            choose();
        }
        catch (ArgumentException e)
        {
            faults.Add(new(path, e.Message));
        }
    }
}
