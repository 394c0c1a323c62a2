using System.Collections.Immutable;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Mesh.Failures;

namespace Mano.Meo.Lifecycle;

/// <summary>Places and books in one go: places again when somebody else was faster.</summary>
internal sealed class HostChoice(IPlacer placer, Fleet fleet, HoldCatchUp news)
{
    private const int Tries = 32;
    private const string NoHost = "NO_HOST";

    // What is kept with an operation; the sentence tells how many there were.
    private const int CandidatesKept = 20;
    private const int RejectionsKept = 200;

    /// <summary>What would be decided at this moment, in the fleet as it is or as somebody imagines it.</summary>
    public PlacementDecision Explain(PlacementRequest request, Func<FleetSnapshot, FleetSnapshot> imagine) => placer.Explain(request, imagine(fleet.Snapshot));

    /// <summary>The same for several together; see <see cref="GroupPlacement"/>.</summary>
    public ImmutableArray<PlacementDecision?> Explain(IReadOnlyList<PlacementRequest> requests, Func<FleetSnapshot, FleetSnapshot> imagine) =>
        GroupPlacement.Place(placer, requests, imagine(fleet.Snapshot));

    /// <summary>A decision whose capacity is booked in the ledger, or NoCapacity (NO_HOST) with the tally.</summary>
    public async Task<Outcome<(PlacementDecision Decision, CapacityHold Hold)>> Book(PlacementRequest request, CancellationToken cancel)
    {
        var booked = TryBook(request);
        return booked.Failure?.Reason == NoHost && await news.IsWorthAnotherLook(cancel) ? TryBook(request) : booked;
    }

    private Outcome<(PlacementDecision Decision, CapacityHold Hold)> TryBook(PlacementRequest request)
    {
        for (var left = Tries; ; left--)
        {
            var decision = placer.Place(request, fleet.Snapshot);
            if (decision.HostId is null)
            {
                return Failure.NoCapacity(NoHost, $"No host is right: {decision.Summary}.", AppInstanceRecord.SubjectOf(request.AppInstanceId));
            }

            var hold = new CapacityHold(request.AppInstanceId, request.Seed, decision.SiteId!, decision.HostId, request.Needed)
            {
                AppPkgId = request.AppPkgId,
                Groups = string.Join(',', request.AntiAffinityGroups.Concat(request.AffinityGroups).Distinct().Order(StringComparer.Ordinal)),
            };
            var taken = fleet.TryHold(hold);
            if (taken is null)
            {
                return (Kept(decision), hold);
            }

            if (left == 1 || taken.Reason == "HOLD_EXISTS")
            {
                return taken;
            }
        }
    }

    private static PlacementDecision Kept(PlacementDecision decision) => decision with
    {
        Candidates = decision.Candidates.Length > CandidatesKept ? decision.Candidates[..CandidatesKept] : decision.Candidates,
        Rejections = decision.Rejections.Length > RejectionsKept ? decision.Rejections[..RejectionsKept] : decision.Rejections,
    };
}
