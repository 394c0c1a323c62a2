using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;

namespace Mano.Sagas;

/// <summary>What operations say. Error means that a person should look.</summary>
internal static partial class Log
{
    [LoggerMessage(8001, LogLevel.Information, "Operation {OperationId} ({Name}) on {Subject} accepted")]
    public static partial void Accepted(ILogger log, string operationId, string name, string subject);

    [LoggerMessage(8002, LogLevel.Information, "Operation {OperationId} ({Name}) on {Subject} resumed: {State}")]
    public static partial void Resumed(ILogger log, string operationId, string name, string subject, OperationState state);

    [LoggerMessage(8003, LogLevel.Information, "Operation {OperationId} ({Name}) on {Subject} ended: {State}")]
    public static partial void Ended(ILogger log, string operationId, string name, string subject, OperationState state);

    [LoggerMessage(8004, LogLevel.Warning, "Operation {OperationId} on {Subject} ({State}): step {Step} failed at try {Attempt}, again in {Delay}: {Failure}")]
    public static partial void Retried(ILogger log, string operationId, string subject, OperationState state, string step, int attempt, TimeSpan delay, Failure failure);

    [LoggerMessage(8005, LogLevel.Warning, "Operation {OperationId} on {Subject}: unwinding, because step {Step} gave up: {Failure}")]
    public static partial void Unwinding(ILogger log, string operationId, string subject, string step, Failure failure);

    [LoggerMessage(8007, LogLevel.Error, "Operation {OperationId} on {Subject} needs attention: step {Step} gave up and something may be left behind. Cure the cause, then retry the operation, or fail it: {Failure}")]
    public static partial void NeedsAttention(ILogger log, string operationId, string subject, string step, Failure failure);

    [LoggerMessage(8016, LogLevel.Warning, "Operation {OperationId} on {Subject} ends as it is ({State}): operation {By} takes over and takes away what it had begun")]
    public static partial void TakenOver(ILogger log, string operationId, string subject, string by, OperationState state);

    [LoggerMessage(8008, LogLevel.Error, "Operation {OperationId} on {Subject} cannot be run: this release has no table {Name} with the steps {Steps}. Run the release that accepted it until it has ended")]
    public static partial void UnknownTable(ILogger log, string operationId, string subject, string name, string steps);

    [LoggerMessage(8009, LogLevel.Warning, "Shard {Shard} was lost to another owner; its operations go on there")]
    public static partial void ShardLost(ILogger log, string shard);

    [LoggerMessage(8010, LogLevel.Information, "Owner {Owner} holds shard {Shard} at epoch {Epoch}")]
    public static partial void ShardHeld(ILogger log, string owner, string shard, long epoch);

    [LoggerMessage(8011, LogLevel.Warning, "Shard {Shard} is not served for now, again in {Delay}: {Failure}")]
    public static partial void ShardTrouble(ILogger log, string shard, TimeSpan delay, Failure failure);

    [LoggerMessage(8015, LogLevel.Information, "Shard {Shard} is given to another replica; its operations go on there")]
    public static partial void ShardGivenBack(ILogger log, string shard);

    [LoggerMessage(8012, LogLevel.Warning, "Operation {OperationId}: the store did not answer a commit, trying to learn what became of it: {Failure}")]
    public static partial void CommitUncertain(ILogger log, string operationId, Failure failure);

    [LoggerMessage(8014, LogLevel.Error, "Operations are no longer looked after, by a bug of the engine: restart the process")]
    public static partial void EngineBug(ILogger log, Exception bug);

    [LoggerMessage(8006, LogLevel.Warning, "Stopping although steps of these operations do not honour their token: {Operations}. They go on at the next start")]
    public static partial void StepsIgnoreStop(ILogger log, string operations);

    [LoggerMessage(8013, LogLevel.Error, "Operation {OperationId} on {Subject} stopped by a bug of the engine; it goes on when the process is restarted")]
    public static partial void RunnerBug(ILogger log, string operationId, string subject, Exception bug);
}
