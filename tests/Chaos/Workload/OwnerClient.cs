using Mano.Chaos.History;

namespace Mano.Chaos.Workload;

/// <summary>A client with instances of its own, which it takes through their lives, now and then asking for what cannot be.</summary>
internal sealed class OwnerClient(string name, Caller caller, Dice dice, Shift shift, IReadOnlyList<ChaosApp> apps) : Client(name, caller, dice, shift)
{
    private static readonly Verb[] Anything = [Verb.Instantiate, Verb.Start, Verb.Stop, Verb.Terminate, Verb.Delete];

    private readonly IReadOnlyList<Slot> slots = [.. apps.Select(a => new Slot(a))];

    protected override async Task Turn(CancellationToken cancel)
    {
        var slot = Dice.One(slots);
        if (slot.Instance is not { } instance)
        {
            slot.Instance = Dice.Id();
            Now($"creates {slot.Instance}");
            await Calls.Create(slot.Instance, slot.App, cancel);
            return;
        }

        Now($"reads {instance}");
        var verb = Choose(await Caller.Read(instance, cancel));
        Now($"asks to {verb} {instance}");
        if (verb == Verb.Delete)
        {
            if ((await Calls.Delete(instance, cancel)).Ok)
            {
                slot.Instance = null;
            }

            return;
        }

        var answer = await Calls.Ask(verb, instance, cancel);
        if (answer.Operation is { } operation)
        {
            await Follow(verb, operation, instance, cancel);
        }
        else
        {
            // Refused, mostly for want of room: others shall have their turn.
            await Task.Delay(Dice.Between(0.1, 0.8), TimeProvider.System, cancel);
        }
    }

    private Verb Choose(Answer read) => Dice.Chance(0.08) ? Dice.One(Anything) : read.State switch
    {
        "NOT_INSTANTIATED" => Dice.Weighted((85, Verb.Instantiate), (15, Verb.Delete)),
        "STARTED" => Dice.Weighted((35, Verb.Stop), (65, Verb.Terminate)),
        _ => Dice.Weighted((60, Verb.Start), (40, Verb.Terminate)),
    };

    /// <summary>To the end; some are cancelled on the way, some pre-empted by a termination.</summary>
    private async Task Follow(Verb verb, string operation, string instance, CancellationToken cancel)
    {
        if (Dice.Chance(0.15))
        {
            await Task.Delay(Dice.Between(0, 0.8), TimeProvider.System, cancel);
            await Caller.Cancel(operation, instance, cancel);
        }

        if (verb != Verb.Terminate && Dice.Chance(0.12))
        {
            await Task.Delay(Dice.Between(0, 0.8), TimeProvider.System, cancel);
            if (await Calls.Ask(Verb.Terminate, instance, cancel) is { Ok: true, Operation: { } termination })
            {
                await UntilEnd(termination, instance, cancel);
            }
        }

        await UntilEnd(operation, instance, cancel);
    }
}
