using Mano.Mesh.Failures;

namespace Mano.MecPlatform.AppSupport;

/// <summary>What may name an instance: it becomes part of a key and of URLs.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 128;

    /// <summary>Throws unless it is 1 to 128 letters, digits, hyphens, dots and underscores.</summary>
    public static void Require(string appInstanceId)
    {
        if (appInstanceId.Length is 0 or > MaxLength || !appInstanceId.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
        {
            throw Failure.InvalidInput(
                "BAD_APP_INSTANCE_ID",
                $"'{(appInstanceId.Length > MaxLength ? appInstanceId[..MaxLength] + "…" : appInstanceId)}' cannot name an instance: 1 to {MaxLength} letters, digits, '-', '.' and '_' can.").ToException();
        }
    }

    /// <summary>The instance; throws if it is not known.</summary>
    public static ApplicationView Find(Applications applications, string appInstanceId) => applications.Find(appInstanceId)
        ?? throw Failure.NotFound("APP_INSTANCE_UNKNOWN", $"The platform holds no instance '{appInstanceId}'.", $"app-instance/{appInstanceId}").ToException();
}
