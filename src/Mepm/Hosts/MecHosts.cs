using System.Threading.Channels;
using Mano.Mepm.Platforms;
using Mano.Mepm.Vims;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Hosts;

/// <summary>The hosts of this site, by id: those of the configuration, and those that come and go at run time. Owns the VIM adapters that are one host's own.</summary>
/// <param name="make">Makes a host of what the operator said.</param>
internal sealed class MecHosts(Func<HostOptions, MecHost> make) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly List<ChannelWriter<MecHost>> listeners = [];
    private volatile MecHost[] all = [];
    private TaskCompletionSource change = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<MecHost> All => all;

    /// <summary>Done when a host comes or goes the next time, or its VIM or its platform does.</summary>
    public Task NextChange
    {
        get
        {
            lock (gate)
            {
                return change.Task;
            }
        }
    }

    /// <summary>Makes every configured host's adapter. An adapter that keeps something does so in the host's own folder, unless its settings name another.</summary>
    public static MecHosts Open(MepmOptions options, VimConnections vims, IPlatformLinks platforms, TimeProvider clock)
    {
        var hosts = new MecHosts(host => new MecHost(host, VimOf(host, options, vims), platforms.To(host), clock.GetUtcNow()));
        foreach (var host in options.Hosts)
        {
            hosts.Add(host);
        }

        return hosts;
    }

    public MecHost? Find(string hostId)
    {
        foreach (var host in all)
        {
            if (host.HostId == hostId)
            {
                return host;
            }
        }

        return null;
    }

    public void Add(HostOptions options) => Add(make(options));

    public void Add(MecHost host)
    {
        lock (gate)
        {
            all = [.. all, host];
            listeners.ForEach(l => l.TryWrite(host));
        }

        TellChange();
    }

    /// <summary>Its watches end; a VIM that it shares with others stays.</summary>
    public void Remove(MecHost host)
    {
        lock (gate)
        {
            all = [.. all.Where(h => h != host)];
        }

        host.Leave();
        TellChange();
    }

    /// <summary>What is said of a host is no longer what it was.</summary>
    public void TellChange()
    {
        TaskCompletionSource told;
        lock (gate)
        {
            (told, change) = (change, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.SetResult();
    }

    /// <summary>Does something for every host for as long as it is one: those there are, and those that come.</summary>
    public async Task ForEach(Func<MecHost, CancellationToken, Task> work, CancellationToken cancel)
    {
        var news = Channel.CreateUnbounded<MecHost>();
        lock (gate)
        {
            listeners.Add(news.Writer);
            foreach (var host in all)
            {
                news.Writer.TryWrite(host);
            }
        }

        var running = new List<Task>();
        try
        {
            await foreach (var host in news.Reader.ReadAllAsync(cancel))
            {
                running.RemoveAll(t => t.IsCompletedSuccessfully);
                running.Add(While(host, work, cancel));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The process stops.
        }
        finally
        {
            lock (gate)
            {
                listeners.Remove(news.Writer);
            }
        }

        await Task.WhenAll(running);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in All.Where(h => h.Vim is not SharedVim))
        {
            await AdapterLease.Dispose(host.Vim);
        }
    }

    private static async Task While(MecHost host, Func<MecHost, CancellationToken, Task> work, CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(host.Left, cancel);
        try
        {
            await work(host, both.Token);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            // It is a host no longer, or the process stops.
        }
    }

    private static IVimAdapter VimOf(HostOptions host, MepmOptions options, VimConnections vims) => VimNames.Referred(host.Vim) is { } name
        ? vims.Of(name)
        : vims.Make(host.Vim, host.VimSettings, [], Path.Combine(options.DataFolder, "vim", host.HostId));
}
