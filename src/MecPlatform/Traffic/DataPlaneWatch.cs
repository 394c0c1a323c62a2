using Mano.MecPlatform.AppSupport;

namespace Mano.MecPlatform.Traffic;

/// <summary>
/// Compares the data plane with what it was told, and that with what the instances' records say, again and again: somebody
/// else may have changed it, or a change of ours may have stopped half-way.
/// </summary>
internal sealed class DataPlaneWatch(IDataPlane plane, Applications applications, PlatformOptions options, TimeProvider clock, ILogger<DataPlaneWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CompareEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                plane.Compare();
                await applications.Compare(stoppingToken);
            }
            catch (Mano.Mesh.Failures.FailureException away)
            {
                DataPlaneLog.CannotBeAsked(log, away.Failure.Message);
            }
        }
    }
}

/// <summary>What an operator reads of it.</summary>
internal static partial class DataPlaneLog
{
    [LoggerMessage(6610, LogLevel.Error, "The data plane could not be compared with intent: {Why}")]
    public static partial void CannotBeAsked(ILogger logger, string why);
}
