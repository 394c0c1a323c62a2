using Mano.Mepm.Hosts;
using Mano.VimAdapters.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Vims;

/// <summary>Reads what operators added before anything else starts, and makes it part of the site.</summary>
internal sealed class VimLoading(VimBook book, VimConnections connections, MecHosts hosts, VimAdapterCatalogue adapters, ILogger<VimLoading> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        WarnOfSecretsInPlain();
        await book.Load(cancellationToken);
        await connections.OpenAll(book.Vims);
        foreach (var host in book.Hosts)
        {
            // One that the configuration names since then is as the configuration says.
            if (hosts.Find(host.HostId) is null)
            {
                hosts.Add(host.ToOptions());
            }
        }

        if (hosts.All.Count == 0)
        {
            VimLog.NoHosts(logger);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WarnOfSecretsInPlain()
    {
        foreach (var host in hosts.All.Where(h => h.Options.SettingsInPlain.Count > 0))
        {
            var secret = adapters.SettingsOf(host.Options.Vim).Where(s => s.IsSecret).Select(s => s.Name);
            var told = host.Options.SettingsInPlain.Where(s => secret.Contains(s, StringComparer.OrdinalIgnoreCase)).ToList();
            if (told.Count > 0)
            {
                VimLog.SecretInPlain(logger, host.HostId, string.Join(", ", told));
            }
        }
    }
}
