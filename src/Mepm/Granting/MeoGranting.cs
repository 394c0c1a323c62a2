using Mano.Granting.V1;
using Mano.Mepm.Instances;
using Mano.Mepm.Sites;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Granting;

/// <summary>Asks the MEO (granting.v1).</summary>
internal sealed class MeoGranting(GrantingService.GrantingServiceClient meo, SiteIdentity site, TimeProvider clock, ILogger<MeoGranting> logger) : IGranting
{
    /// <summary>Healing waits no longer than that for a MEO that does not answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<Failure?> RefuseHeal(InstanceRecord record, CancellationToken cancel)
    {
        var id = record.AppInstanceId;
        var request = new RequestGrantRequest
        {
            GrantId = id, AppInstanceId = id, SiteId = site.SiteId, HostId = record.Desired.HostId, Cause = RequestGrantRequest.Types.Cause.Heal,
        };
        try
        {
            await meo.RequestGrantAsync(request, deadline: (clock.GetUtcNow() + Patience).UtcDateTime, cancellationToken: cancel).Answer(cancel);
            return null;
        }
        catch (FailureException e) when (e.Failure.Kind is FailureKind.Forbidden or FailureKind.NotFound or FailureKind.NoCapacity)
        {
            return e.Failure with { Message = $"The MEO does not grant the healing: {e.Failure.Message}", Retryable = false };
        }
        catch (FailureException e)
        {
            Log.ActsWithinGrant(logger, id, e.Failure.Message);
            return null;
        }
    }
}

internal static partial class Log
{
    [LoggerMessage(4400, LogLevel.Warning, "Instance {AppInstanceId}: the MEO cannot be asked, so the lost compute is replaced within the standing grant: {Why}")]
    public static partial void ActsWithinGrant(ILogger logger, string appInstanceId, string why);
}
