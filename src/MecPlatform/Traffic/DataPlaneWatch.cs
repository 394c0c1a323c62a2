namespace Mano.MecPlatform.Traffic;

/// <summary>Compares the data plane with intent, again and again: somebody else may have changed it.</summary>
internal sealed class DataPlaneWatch(IDataPlane plane, PlatformOptions options, TimeProvider clock, ILogger<DataPlaneWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CompareEvery, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                plane.Compare();
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
