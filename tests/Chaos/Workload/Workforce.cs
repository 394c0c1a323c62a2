using Mano.Chaos.History;

namespace Mano.Chaos.Workload;

/// <summary>All clients of a run.</summary>
internal sealed class Workforce
{
    private readonly List<Client> clients = [];
    private readonly Shift shift = new();
    private readonly List<Task> tasks = [];

    /// <param name="owners">Clients with two instances each.</param>
    /// <param name="fighters">Clients that share two instances.</param>
    public Workforce(int seed, int owners, int fighters, IReadOnlyList<ChaosApp> apps, Func<string, Dice, Caller> caller)
    {
        var shared = apps.Take(2).Select(a => new Slot(a)).ToList();
        for (var i = 0; i < owners; i++)
        {
            var (name, dice) = ($"owner-{i + 1}", new Dice((seed * 1009) + i));
            clients.Add(new OwnerClient(name, caller(name, dice), dice, shift, [.. apps.Skip(2 + (2 * i)).Take(2)]));
        }

        for (var i = 0; i < fighters; i++)
        {
            var (name, dice) = ($"fighter-{i + 1}", new Dice((seed * 2003) + i));
            clients.Add(new FightingClient(name, caller(name, dice), dice, shift, shared));
        }

        foreach (var client in clients)
        {
            shift.Enlist(client.Name);
        }
    }

    /// <summary>How many applications so many clients need.</summary>
    public static int AppsFor(int owners) => 2 + (2 * owners);

    public IEnumerable<string> NeededAttention => clients.SelectMany(c => c.NeededAttention.ToArray());

    public void Start(CancellationToken cancel) => tasks.AddRange(clients.Select(c => Task.Run(() => c.Work(cancel), CancellationToken.None)));

    public void Begin() => shift.Begin();

    /// <summary>Lets everybody finish what is begun. Returns who has not, each with what it does, after <paramref name="patience"/>.</summary>
    public async Task<IReadOnlyList<string>> Rest(TimeSpan patience, CancellationToken cancel)
    {
        var rest = shift.End();
        var dead = Task.WhenAny(tasks);
        try
        {
            await Task.WhenAny(rest, dead).WaitAsync(patience, TimeProvider.System, cancel);
        }
        catch (TimeoutException)
        {
            var working = shift.Working;
            return [.. clients.Where(c => working.Contains(c.Name)).Select(c => $"{c.Name} {c.Doing}")];
        }

        if (!rest.IsCompleted)
        {
            await await dead; // throws what ended it: a defect of this suite
        }

        return [];
    }

    /// <summary>After the run's token was cancelled.</summary>
    public Task End() => Task.WhenAll(tasks);
}
