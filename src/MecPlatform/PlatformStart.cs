using Mano.MecPlatform.AppSupport;
using Mano.MecPlatform.Dns.Backends;
using Mano.MecPlatform.Traffic;
using Mano.MecPlatform.Traffic.Gateway;

namespace Mano.MecPlatform;

/// <summary>
/// Starts in the order in which the parts rely on one another: what was stored is in effect before the first query or
/// connection can ask for it; applications are told things when the address that the notice names can be called.
/// </summary>
internal sealed class PlatformStart(Applications applications, IDataPlane plane, IDnsBackend dns, SocksGateway gateway, PlatformOptions options) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await applications.Load(cancellationToken);
        plane.Begin();
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await dns.Begin(cancellationToken);
        if (options.DataPlane == DataPlaneKind.Userspace)
        {
            await gateway.StartAsync(cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => applications.StartAttending(cancellationToken);

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (options.DataPlane == DataPlaneKind.Userspace)
        {
            await gateway.StopAsync(cancellationToken);
        }

        await dns.End(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
