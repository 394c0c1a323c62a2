using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;
using Spectre.Console;

namespace Mano.Cli.Operations;

/// <summary>Shows an operation until it ends: one picture that changes on a terminal, lines of news elsewhere.</summary>
internal sealed class OperationFollower(MeoConnection meo, Surroundings surroundings)
{
    /// <summary>Where progress is drawn: beside JSON and pipes that is standard error.</summary>
    public required IAnsiConsole Console { get; init; }

    /// <summary>How long to wait; null: until it ends.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>The last moment seen: that of its end.</summary>
    /// <exception cref="FailureException">DeadlineExceeded when <see cref="Patience"/> ran out; the operation goes on.</exception>
    public async Task<OperationMoment> FollowAsync(string operationId, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(Patience ?? Timeout.InfiniteTimeSpan, surroundings.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            return Console.CanRedraw()
                ? await DrawAsync(operationId, both.Token)
                : await TellAsync(operationId, both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw Failure.DeadlineExceeded(
                "STILL_RUNNING", $"Operation {operationId} has not ended after {Words.Elapsed(Patience!.Value)}; it goes on: mano operation watch {operationId}", operationId)
                .ToException();
        }
    }

    private async Task<OperationMoment> DrawAsync(string operationId, CancellationToken stop)
    {
        OperationMoment? last = null;
        await Console.Live(new Text("")).AutoClear(false).StartAsync(async live =>
        {
            await foreach (var moment in Feed(_ => { }).FollowAsync(operationId, stop))
            {
                // A glance at the instance may fail; what was known of it stays on the picture.
                last = moment.Instance is null ? moment with { Instance = last?.Instance } : moment;
                live.UpdateTarget(OperationPicture.Draw(last, surroundings.Clock.GetUtcNow()));
            }
        });
        return last!;
    }

    private async Task<OperationMoment> TellAsync(string operationId, CancellationToken stop)
    {
        OperationMoment? last = null;
        await foreach (var moment in Feed(sentence => Console.Line("  " + sentence)).FollowAsync(operationId, stop))
        {
            var now = moment.Instance is null ? moment with { Instance = last?.Instance } : moment;
            foreach (var line in OperationNews.Between(last, now, surroundings.Clock.GetUtcNow()))
            {
                Console.Line(line);
            }

            last = now;
        }

        return last!;
    }

    private OperationFeed Feed(Action<string> onInterruption) => new(meo, surroundings.Clock) { OnInterruption = onInterruption };
}
