using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>An application that takes part in the site's services.</summary>
/// <param name="AppInstanceId">Its id.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Instance">What MEC management holds of it; null: an outsider, which registered itself.</param>
internal sealed record Resident(string AppInstanceId, string Tenant, ApplicationRecord? Instance);

/// <summary>Everybody at the site: the instances that MEC management put here, and the outsiders.</summary>
internal sealed class Residents(Applications applications, Registrations registrations)
{
    public Applications Applications { get; } = applications;

    public Registrations Registrations { get; } = registrations;

    /// <exception cref="FailureException">Nobody of that name is here.</exception>
    public Resident Require(string appInstanceId)
    {
        if (Applications.TryGetRecord(appInstanceId, out var record))
        {
            return new(appInstanceId, record.Tenant, record);
        }

        return Registrations.TryGet(appInstanceId, out var outsider) && outsider.IsOutsider
            ? new(appInstanceId, outsider.Tenant, null)
            : throw Failure.NotFound(
                "APP_INSTANCE_UNKNOWN",
                $"The platform holds no instance '{appInstanceId}', and none registered itself under that id.",
                $"app-instance/{appInstanceId}").ToException();
    }
}
