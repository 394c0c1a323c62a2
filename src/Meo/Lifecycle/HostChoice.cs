using System.Collections.Immutable;
using Mano.Meo.Inventory;
using Mano.Meo.Placement;
using Mano.Mesh.Failures;

namespace Mano.Meo.Lifecycle;

/// <summary>Where an instance goes, and what is held for it there.</summary>
internal sealed record Booking(PlacementDecision Decision, CapacityHold Hold);

/// <summary>Places and books in one go: places again when somebody else was faster.</summary>
internal sealed class HostChoice(IPlacer placer, Fleet fleet, HoldCatchUp news)
{
    /// <summary>Reason of the refusal when no host is right.</summary>
    public const string NoHost = "NO_HOST";

    private const int Tries = 32;

    // What is kept with an operation; the sentence tells how many there were.
    private const int CandidatesKept = 20;
    private const int RejectionsKept = 200;

    private readonly Lock grouped = new();

    /// <summary>What would be decided at this moment, in the fleet as it is or as somebody imagines it.</summary>
    public PlacementDecision Explain(PlacementRequest request, Func<FleetSnapshot, FleetSnapshot> imagine) => placer.Explain(request, imagine(fleet.Snapshot));

    /// <summary>The same for several together; see <see cref="GroupPlacement"/>.</summary>
    public ImmutableArray<PlacementDecision?> Explain(IReadOnlyList<PlacementRequest> requests, Func<FleetSnapshot, FleetSnapshot> imagine) =>
        GroupPlacement.Place(placer, requests, imagine(fleet.Snapshot));

    /// <summary>A decision whose capacity is booked in the ledger, or NoCapacity (NO_HOST) with the tally.</summary>
    public async Task<Outcome<Booking>> Book(PlacementRequest request, CancellationToken cancel) =>
        (await BookAll([request], cancel)).Then<Booking>(all => all[0]);

    /// <summary>A decision for each, in their order, all booked; or the refusal of the first that has no host beside the others, and nothing.</summary>
    public async Task<Outcome<ImmutableArray<Booking>>> BookAll(IReadOnlyList<PlacementRequest> requests, CancellationToken cancel)
    {
        var booked = InTurn(requests);
        return booked.Failure?.Reason == NoHost && await news.IsWorthAnotherLook(cancel) ? InTurn(requests) : booked;
    }

    /// <summary>Books where others make room; refused with CAPACITY_TAKEN when that is not so any more.</summary>
    public Outcome<Booking> Book(PlacementRequest request, MadeRoom room)
    {
        var booking = BookingOf(request, room.Decision);
        return fleet.TryHold(booking.Hold, [.. room.Leaving.Select(h => h.AppInstanceId)]) is { } taken ? taken : booking;
    }

    /// <summary>
    /// Who is a member of a group decides and books before the next one decides: of two that come at once, the second must see where the
    /// first one went, and capacity, which is all that the ledger checks again, would not tell.
    /// </summary>
    private Outcome<ImmutableArray<Booking>> InTurn(IReadOnlyList<PlacementRequest> requests)
    {
        if (requests.All(r => r.AffinityGroups.IsEmpty && r.AntiAffinityGroups.IsEmpty))
        {
            return TryBook(requests);
        }

        lock (grouped)
        {
            return TryBook(requests);
        }
    }

    private Outcome<ImmutableArray<Booking>> TryBook(IReadOnlyList<PlacementRequest> requests)
    {
        for (var left = Tries; ; left--)
        {
            var decisions = requests.Count == 1 ? [placer.Place(requests[0], fleet.Snapshot)] : GroupPlacement.Place(placer, requests, fleet.Snapshot);
            if (NoHostFor(requests, decisions) is { } refusal)
            {
                return refusal;
            }

            var bookings = requests.Zip(decisions, (request, decision) => BookingOf(request, decision!)).ToImmutableArray();
            var taken = fleet.TryHoldAll([.. bookings.Select(b => b.Hold)]);
            if (taken is null)
            {
                return bookings;
            }

            if (left == 1 || taken.Reason == "HOLD_EXISTS")
            {
                return taken;
            }
        }
    }

    private static Failure? NoHostFor(IReadOnlyList<PlacementRequest> requests, ImmutableArray<PlacementDecision?> decisions)
    {
        for (var i = 0; i < decisions.Length; i++)
        {
            if (decisions[i] is { HostId: null } without)
            {
                var subject = AppInstanceRecord.SubjectOf(requests[i].AppInstanceId);
                return Failure.NoCapacity(
                    NoHost,
                    requests.Count == 1
                        ? $"No host is right: {without.Summary}."
                        : $"None of the {requests.Count} is placed: for {subject} no host is right beside the others: {without.Summary}.",
                    subject);
            }
        }

        return null;
    }

    private static Booking BookingOf(PlacementRequest request, PlacementDecision decision) => new(
        Kept(decision),
        new(request.AppInstanceId, request.Seed, decision.SiteId!, decision.HostId!, request.Needed)
        {
            AppPkgId = request.AppPkgId,
            Devices = Devices.Write(request.Devices),
            Groups = string.Join(',', request.AntiAffinityGroups.Concat(request.AffinityGroups).Distinct().Order(StringComparer.Ordinal)),
        });

    private static PlacementDecision Kept(PlacementDecision decision) => decision with
    {
        Candidates = decision.Candidates.Length > CandidatesKept ? decision.Candidates[..CandidatesKept] : decision.Candidates,
        Rejections = decision.Rejections.Length > RejectionsKept ? decision.Rejections[..RejectionsKept] : decision.Rejections,
    };
}
