using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Rest;

namespace Mano.MecPlatform.Mp1;

/// <summary>What the endpoints of Mp1 read of a request beyond its body: whose it is.</summary>
internal static class Mp1Exchange
{
    public static string Instance(this HttpContext context) => context.Named("appInstanceId");

    public static ApplicationView FindInstance(this HttpContext context, Applications applications) => InstanceIds.Find(applications, context.Instance());
}
