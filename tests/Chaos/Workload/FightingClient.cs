using Mano.Chaos.History;

namespace Mano.Chaos.Workload;

/// <summary>One of several clients that ask for anything on the same instances, and often do not wait for an end.</summary>
internal sealed class FightingClient(string name, Caller caller, Dice dice, Shift shift, IReadOnlyList<Slot> shared) : Client(name, caller, dice, shift)
{
    protected override async Task Turn(CancellationToken cancel)
    {
        var slot = Dice.One(shared);
        if (slot.Instance is not { } instance)
        {
            slot.Instance = instance = Dice.Id();
        }

        var verb = Dice.Weighted(
            (10, Verb.Create), (25, Verb.Instantiate), (10, Verb.Start), (15, Verb.Stop), (20, Verb.Terminate), (8, Verb.Delete), (12, Verb.Get));
        Now($"asks to {verb} {instance}");
        switch (verb)
        {
            case Verb.Create:
                await Calls.Create(instance, slot.App, cancel);
                break;
            case Verb.Get:
                await Caller.Read(instance, cancel);
                break;
            case Verb.Delete:
                if ((await Calls.Delete(instance, cancel)).Ok && slot.Instance == instance)
                {
                    slot.Instance = null;
                }

                break;
            default:
                if (await Calls.Ask(verb, instance, cancel) is { Ok: true, Operation: { } operation } && Dice.Chance(0.6))
                {
                    await UntilEnd(operation, instance, cancel);
                }

                break;
        }

        await Task.Delay(Dice.Between(0.05, 0.5), TimeProvider.System, cancel);
    }
}
