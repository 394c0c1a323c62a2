using Mano.Chaos.History;

namespace Mano.Chaos.Workload;

/// <summary>What every client does between two rests; see <see cref="OwnerClient"/> and <see cref="FightingClient"/>.</summary>
internal abstract class Client(string name, Caller caller, Dice dice, Shift shift)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(150);

    public string Name => name;

    /// <summary>What it is doing now, for the report on one that never comes to rest.</summary>
    public string Doing { get; private set; } = "nothing";

    /// <summary>Operations that were left to a person, each in one sentence.</summary>
    public List<string> NeededAttention { get; } = [];

    protected Caller Caller => caller;

    protected Dice Dice => dice;

    protected InstanceCalls Calls { get; } = new(caller, dice);

    public async Task Work(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                Doing = "resting";
                await shift.MayGoOn(name, cancel);
                await Turn(cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    /// <summary>One piece of work, finished when it returns.</summary>
    protected abstract Task Turn(CancellationToken cancel);

    protected void Now(string what) => Doing = what;

    /// <summary>Follows an operation to its end: COMPLETED, FAILED, or FAILED_TEMP, where a person would be needed.</summary>
    protected async Task<string> UntilEnd(string operation, string instance, CancellationToken cancel)
    {
        Doing = $"waits for the end of operation {operation} on {instance}";
        while (true)
        {
            if (await caller.EndOf(operation, instance, cancel) is { } state)
            {
                if (state == "FAILED_TEMP")
                {
                    NeededAttention.Add($"operation {operation} on {instance}");
                }

                return state;
            }

            await Task.Delay(Look, TimeProvider.System, cancel);
        }
    }
}
