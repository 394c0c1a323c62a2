using Mano.Cli.Connection;
using Mano.Cli.Operations;
using Mano.Cli.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mano.Cli.Demo.RealEdge;

/// <summary>Who answers the user's requests, drawn in place on a terminal, in lines of news elsewhere; together with an operation, if one runs.</summary>
internal sealed class TrafficView(IAnsiConsole console, UserTraffic traffic, TimeProvider clock)
{
    private const int Margin = 46;
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    /// <summary>For a while.</summary>
    public async Task WatchAsync(TimeSpan time, CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        await ShowAsync(() => clock.GetElapsedTime(since) < time, () => null, stop);
    }

    /// <summary>Until the operation ends, and a little longer; its last moment.</summary>
    public async Task<OperationMoment> FollowAsync(MeoConnection meo, string operationId, CancellationToken stop)
    {
        OperationMoment? last = null;
        var reading = ReadAsync();
        await ShowAsync(() => !reading.IsCompleted, () => last, stop);
        await reading;
        return last!;

        async Task ReadAsync()
        {
            await foreach (var moment in new OperationFeed(meo, clock).FollowAsync(operationId, stop))
            {
                last = moment.Instance is null ? moment with { Instance = last?.Instance } : moment;
            }
        }
    }

    private Task ShowAsync(Func<bool> goesOn, Func<OperationMoment?> operation, CancellationToken stop) =>
        console.CanRedraw() ? DrawAsync(goesOn, operation, stop) : TellAsync(goesOn, operation, stop);

    private Task DrawAsync(Func<bool> goesOn, Func<OperationMoment?> operation, CancellationToken stop) =>
        console.Live(new Text("")).AutoClear(false).StartAsync(async live =>
        {
            bool more;
            do
            {
                more = goesOn();
                live.UpdateTarget(Picture(operation()));
                live.Refresh();
                await Task.Delay(more ? Frame : TimeSpan.Zero, clock, stop);
            }
            while (more);
        });

    private Rows Picture(OperationMoment? operation)
    {
        var rows = new List<IRenderable>();
        if (operation is not null)
        {
            rows.Add(new Padder(OperationPicture.Draw(operation, clock.GetUtcNow()), new Padding(3, 0, 0, 1)));
        }

        rows.AddRange(traffic.Tallies.Select(Line));
        return new Rows(rows);
    }

    private Paragraph Line(RequestTally tally)
    {
        var counts = tally.Counts;
        var line = new Paragraph().Append($"   {tally.Kind,-11}");
        var width = Math.Max(10, console.Profile.Width - Margin);
        var strip = tally.Strip(width);
        for (int at = 0, next; at < strip.Length; at = next)
        {
            for (next = at + 1; next < strip.Length && strip[next] == strip[at]; next++)
            {
            }

            line.Append(strip[at..next], Style.Parse(strip[at] switch { 'c' => "blue", 'E' => "green", _ => "bold white on red" }));
        }

        return line.Append(new string(' ', width - strip.Length) + FormattableString.Invariant(
            $" {counts.CloudBefore + counts.CloudAfter,5} cloud {counts.Edge,5} edge {counts.Lost,3} lost"));
    }

    private async Task TellAsync(Func<bool> goesOn, Func<OperationMoment?> operation, CancellationToken stop)
    {
        OperationMoment? told = null;
        bool more;
        do
        {
            more = goesOn();
            if (operation() is { } moment)
            {
                foreach (var line in OperationNews.Between(told, moment, clock.GetUtcNow()))
                {
                    console.Line("   " + line);
                }

                told = moment;
            }

            foreach (var line in traffic.Tallies.SelectMany(t => t.TakeNews()))
            {
                console.Line("   " + line);
            }

            await Task.Delay(more ? Frame : TimeSpan.Zero, clock, stop);
        }
        while (more);
    }
}
