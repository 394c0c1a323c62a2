using System.Collections.Immutable;
using Mano.Meo.Lifecycle.Operations;
using Mano.Meo.Northbound;
using Mano.Mesh.Failures;
using Mano.Mesh.State;
using Mano.Sagas;

namespace Mano.Meo.Lifecycle;

/// <summary>
/// Accepts instantiations. Placement, the hold on capacity, the instance's reserved generations, the idempotency key and
/// the operation are one commit: either all of it is promised, or nothing. Of several together, too, and of those who leave for them.
/// </summary>
internal sealed class InstanceInstantiation(NewInstantiations making, HostChoice hosts, RoomMaking room, InstanceTermination termination, OperationAcceptance acceptance)
{
    private const int Tries = 8;
    private const string CandidatesChanged = "CANDIDATES_CHANGED";

    public async Task<Outcome<OperationRecord>> Accept(InstantiateWish wish, FirstUse use, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            if (!(await making.Check(wish, cancel)).TryGet(out var wanted, out var failure))
            {
                return failure;
            }

            var accepted = (await hosts.Book(wanted.Request, cancel)).TryGet(out var booked, out failure)
                ? await acceptance.AcceptWithHold(making.Operation(wanted, booked, use.Remember(new(), wanted.OperationId), []), booked.Hold, cancel)
                : failure.Reason == HostChoice.NoHost && !wish.TerminationOptions.IsEmpty
                    ? await AcceptInstead(wanted, wish.TerminationOptions, failure, use, cancel)
                    : failure;
            if (left == 1 || !IsWorthAnotherTry(accepted.Failure))
            {
                return accepted;
            }
        }
    }

    /// <summary>Several, all or none, in the order of the wishes.</summary>
    public async Task<Outcome<IReadOnlyList<OperationRecord>>> AcceptAll(IReadOnlyList<InstantiateWish> wishes, FirstUse use, CancellationToken cancel)
    {
        for (var left = Tries; ; left--)
        {
            var wanted = new List<NewInstantiation>(wishes.Count);
            foreach (var wish in wishes)
            {
                if (!(await making.Check(wish, cancel)).TryGet(out var one, out var failure))
                {
                    return failure;
                }

                wanted.Add(one);
            }

            if (!(await hosts.BookAll([.. wanted.Select(w => w.Request)], cancel)).TryGet(out var booked, out var refusal))
            {
                return refusal;
            }

            // The key is remembered once, for all of them, with the first one's keys.
            var remembered = string.Join(',', wanted.Select(w => w.OperationId));
            var accepted = await acceptance.AcceptTogether(
                [.. wanted.Select((w, i) => (making.Operation(w, booked[i], i == 0 ? use.Remember(new(), remembered) : new(), []), booked[i].Hold))], []);
            if (left == 1 || !IsWorthAnotherTry(accepted.Failure))
            {
                return accepted;
            }
        }
    }

    /// <summary>In the room that others make, whose terminations are accepted in the same commit.</summary>
    private async Task<Outcome<OperationRecord>> AcceptInstead(
        NewInstantiation wanted, ImmutableArray<ImmutableArray<string>> options, Failure noHost, FirstUse use, CancellationToken cancel)
    {
        if (await room.Find(wanted.Request, options, fleet => fleet, cancel) is not { } made)
        {
            return noHost with { Message = $"{noHost.Message.TrimEnd('.')}; and none of the {options.Length} termination options makes room." };
        }

        var leaving = new List<NewOperation<TerminateApp>>();
        foreach (var hold in made.Leaving)
        {
            if (!(await termination.ToMakeRoom(hold.AppInstanceId, cancel)).TryGet(out var leave, out var stays))
            {
                return OthersChanged(stays);
            }

            leaving.Add(leave);
        }

        if (!hosts.Book(wanted.Request, made).TryGet(out var booked, out var taken))
        {
            return taken;
        }

        var operation = making.Operation(wanted, booked, use.Remember(new(), wanted.OperationId), [.. leaving.Select(l => l.Id)]);
        var together = await acceptance.AcceptTogether([(operation, booked.Hold)], leaving);
        return together.Failure is { Reason: "OPERATION_RUNNING" } busy ? OthersChanged(busy) : together.Then<OperationRecord>(accepted => accepted[0]);
    }

    /// <summary>What is at work now on who was to leave, or on the newcomer, is found by looking again.</summary>
    private static Failure OthersChanged(Failure why) => Failure.Conflict(CandidatesChanged, $"Who was to make room has changed meanwhile: {why.Message}", why.Subject);

    /// <summary>Somebody was faster with a record, or with the capacity; whether what they did stands in the way is decided anew.</summary>
    private static bool IsWorthAnotherTry(Failure? refusal) =>
        refusal?.Reason is "CAPACITY_TAKEN" or CandidatesChanged
        || (refusal?.Reason == StateFailures.VersionConflict && AppInstances.IsKeyOfInstance(refusal.Subject));
}
