using System.Net;
using Mano.MecPlatform.AppSupport;
using Mano.Mesh.Failures;

namespace Mano.MecPlatform.Mp1;

/// <summary>Who may speak for an instance over Mp1.</summary>
public enum Mp1AccessKind
{
    /// <summary>Who calls from the instance's own address.</summary>
    Address = 1,

    /// <summary>Everybody who reaches the platform.</summary>
    Open,
}

/// <summary>
/// An application speaks for its own instance only, and is known by the address it calls from. Applications that run as
/// plain processes of the platform's machine call from 127.0.0.1 unless they choose, so loopback callers are believed,
/// except with another instance's own address; docs/theory/mp1.md says what follows from that.
/// </summary>
internal sealed class Mp1Access(InstanceAddresses addresses, PlatformOptions options)
{
    /// <exception cref="FailureException">Forbidden: this caller speaks for somebody else.</exception>
    public void Require(string appInstanceId, IPAddress? caller)
    {
        if (options.Mp1Access == Mp1AccessKind.Address && caller is not null && WhyNot(appInstanceId, InstanceAddresses.Plain(caller)) is { } why)
        {
            throw Failure.Forbidden(
                "NOT_YOUR_INSTANCE",
                $"{caller} may not speak for instance {appInstanceId}: {why}. An application speaks for its own instance, from its own address; a platform whose applications' addresses are translated on the way is started with --mp1-access open.",
                $"app-instance/{appInstanceId}").ToException();
        }
    }

    private string? WhyNot(string appInstanceId, IPAddress caller)
    {
        var own = addresses.Of(appInstanceId);
        return caller switch
        {
            _ when caller.Equals(own) => null,
            _ when addresses.IsHeld(caller) => "that is the address of another instance",
            _ when IPAddress.IsLoopback(caller) || own is null => null,
            _ => $"the instance is at {own}",
        };
    }
}
