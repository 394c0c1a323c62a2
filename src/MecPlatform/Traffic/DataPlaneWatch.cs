using Mano.MecPlatform.AppSupport;

namespace Mano.MecPlatform.Traffic;

/// <summary>
/// Compares the data plane with what it was told, soon after each change and again and again, and what it was told with
/// what the instances' records say: somebody else may have changed it, or a change of ours may have stopped half-way.
/// </summary>
internal sealed class DataPlaneWatch(IDataPlane plane, Applications applications, PlatformOptions options, TimeProvider clock, ILogger<DataPlaneWatch> log) : BackgroundService
{
    /// <summary>Changes come together; one look is enough for those within this time.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CompareEvery, clock);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        while (true)
        {
            var changed = await Task.WhenAny(tick, plane.Written) != tick;
            if (!changed && !await tick)
            {
                return;
            }

            await (changed ? Task.Delay(Settle, clock, stoppingToken) : Task.CompletedTask);
            await Compare(withRecords: !changed, stoppingToken);
            tick = changed ? tick : timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    private async Task Compare(bool withRecords, CancellationToken cancel)
    {
        try
        {
            plane.Compare();
            if (withRecords)
            {
                await applications.Compare(cancel);
            }
        }
        catch (Mano.Mesh.Failures.FailureException away)
        {
            DataPlaneLog.CannotBeAsked(log, away.Failure.Message);
        }
    }
}

/// <summary>What an operator reads of it.</summary>
internal static partial class DataPlaneLog
{
    [LoggerMessage(6610, LogLevel.Error, "The data plane could not be compared with intent: {Why}")]
    public static partial void CannotBeAsked(ILogger logger, string why);
}
