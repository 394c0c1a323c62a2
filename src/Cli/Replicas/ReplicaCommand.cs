using System.CommandLine;
using Mano.Cli.Terminal;
using Mano.Inventory.V1;
using Spectre.Console;

namespace Mano.Cli.Replicas;

/// <summary><c>mano replica …</c>: the processes that are the MEO together.</summary>
internal static class ReplicaCommand
{
    public static Command Build(Verbs verbs) => Verbs.Noun("replica", "the processes that are the MEO together", List(verbs));

    private static Command List(Verbs verbs) => verbs.Verb("list", "who lives, who runs what, who promises capacity", [], async run =>
    {
        var answer = await run.Meo.Ask(o => run.Meo.Replicas.ListReplicasAsync(new ListReplicasRequest(), o), run.Stop);
        run.Answer(answer, console => Show(console, answer, run.Surroundings.Clock.GetUtcNow()));
        return ExitCode.Done;
    });

    private static void Show(IAnsiConsole console, ListReplicasResponse answer, DateTimeOffset now)
    {
        var listing = new Listing("REPLICA", "STATE", "SHARDS", "CAPACITY", "STARTED", "ADDRESS");
        foreach (var replica in answer.Replicas)
        {
            listing.Add(
                replica.Self ? new Cell($"{replica.Name} (asked)", "bold") : new Cell(replica.Name, ""), State(replica), Shards(replica.Shards),
                replica.OwnsCapacity ? new Cell("promises", "green") : new Cell("", ""), Words.Ago(replica.StartTime, now), replica.Address);
        }

        listing.Show(console);
        var unheld = Enumerable.Range(0, answer.Shards).Except(answer.Replicas.SelectMany(r => r.Shards)).Count();
        if (unheld > 0)
        {
            console.Line($"{unheld} of {answer.Shards} shards are held by nobody that lives: their operations stand still until a replica takes them over, a lease after the last holder fell silent.", "yellow");
        }

        if (!answer.Replicas.Any(r => r.OwnsCapacity))
        {
            console.Line("No replica promises capacity at the moment: instantiations wait until one does.", "yellow");
        }
    }

    private static Cell State(Replica replica) => replica.Alive
        ? new("alive", "green")
        : new($"silent for {Words.Elapsed(replica.Silent.ToTimeSpan())}", "red");

    /// <summary>"6 (0-3, 7, 9)".</summary>
    private static string Shards(IEnumerable<int> ascending)
    {
        var runs = new List<(int First, int Last)>();
        foreach (var shard in ascending)
        {
            if (runs.Count > 0 && runs[^1].Last == shard - 1)
            {
                runs[^1] = (runs[^1].First, shard);
            }
            else
            {
                runs.Add((shard, shard));
            }
        }

        var count = runs.Sum(r => r.Last - r.First + 1);
        return count == 0 ? "none" : $"{count} ({string.Join(", ", runs.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}"))})";
    }
}
