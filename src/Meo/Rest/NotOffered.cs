using Mano.Mesh.Failures;
using Microsoft.AspNetCore.Http;

namespace Mano.Meo.Rest;

/// <summary>What the standard's files describe and this MEO does not do, each with its reason: 501. Everything else that they describe is served.</summary>
internal static class NotOffered
{
    private const string Subscribers =
        "is the subscriber's own resource: its path stands in the standard's file for the callbackUri of a subscription. Notifications are sent from here, and not taken.";

    /// <summary>Root of the API, path below it, reason. All are POSTs.</summary>
    public static IReadOnlyList<(string Root, string Path, string Reason)> All { get; } =
    [
        ("/app_lcm/v1", "/app_instances/{appInstanceId}/configure_platform_for_app",
            "is between a MEAO and a MEPM-V (Mm3*), where the VNF manager makes the instance and somebody has to tell the platform. Here, what the descriptor says is configured as a part of "
            + "instantiate, and taken away as a part of terminate: onboard a descriptor with the rules that are wanted, and instantiate that."),
        ("/app_lcm/v1", "/user_defined_notification", Subscribers),
        ("/app_pkgm/v1", "/user_defined_notification", Subscribers),
    ];

    public static void Map(RestRoutes routes)
    {
        foreach (var (root, path, reason) in All.Where(o => o.Root == routes.Root))
        {
            routes.Post(path, _ => throw new Failure(FailureKind.Unimplemented, "NOT_OFFERED", $"{root}{path} {reason}").ToException());
        }
    }
}
