using System.Collections.Concurrent;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Registration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Mano.Mepm.Vims;

/// <summary>
/// The adapters of the VIM connections that have names: one each, however many hosts use it. Also one for which nothing is stored
/// (yet) has its place here, so that a host of the configuration may name a VIM that is added later.
/// </summary>
internal sealed class VimConnections(VimAdapterCatalogue adapters, SecretBox secrets, string dataFolder, TimeProvider clock, ILogger<VimConnections> logger) : IAsyncDisposable
{
    /// <summary>The setting in which adapters that keep something say where.</summary>
    private const string Folder = "Folder";

    private readonly ConcurrentDictionary<string, SharedVim> byName = new(StringComparer.Ordinal);

    public SharedVim Of(string name) => byName.GetOrAdd(name, n => new(n, clock));

    /// <summary>Opens what is stored. One that cannot be opened is left with its reason: the site goes on without it.</summary>
    public async Task OpenAll(IEnumerable<StoredVim> stored)
    {
        foreach (var vim in stored)
        {
            try
            {
                await Of(vim.Name).Exchange(() => Open(vim));
            }
            catch (FailureException e)
            {
                VimLog.NotOpened(logger, vim.Name, e.Failure.Message);
            }
        }
    }

    /// <summary>Swaps the adapter for one with what is stored now.</summary>
    public Task Exchange(StoredVim vim) => Of(vim.Name).Exchange(() => Open(vim));

    /// <summary>Nobody uses it any more.</summary>
    public async Task Close(string name)
    {
        await Of(name).Exchange(null);
        byName.TryRemove(name, out _);
    }

    /// <summary>Makes an adapter whose own things lie in this folder, unless its settings name another. Throws what is wrong with them, without a secret.</summary>
    public IVimAdapter Make(string adapter, IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> secretValues, string folder)
    {
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        if (adapters.SettingsOf(adapter).Any(s => s.Name == Folder))
        {
            all.TryAdd(Folder, folder);
        }

        try
        {
            return adapters.Create(adapter, new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        }
        catch (FailureException e)
        {
            throw new FailureException(Redaction.Of(e.Failure, secretValues));
        }
    }

    /// <summary>Every setting of a stored VIM, secrets opened, and the values of those.</summary>
    public (Dictionary<string, string> All, IReadOnlyList<string> Secret) Reveal(StoredVim vim)
    {
        var all = new Dictionary<string, string>(vim.Settings, StringComparer.OrdinalIgnoreCase);
        var values = new List<string>();
        foreach (var (name, text) in vim.Sealed)
        {
            values.Add(all[name] = secrets.Open(text, StoredVim.About(vim.Name, name)).Value);
        }

        return (all, values);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var vim in byName.Values)
        {
            await vim.Exchange(null);
        }
    }

    private AdapterLease Open(StoredVim vim)
    {
        var (all, values) = Reveal(vim);
        return new(Make(vim.Adapter, all, values, Path.Combine(dataFolder, "vim", VimNames.Reference(vim.Name))), values);
    }
}

internal static partial class VimLog
{
    [LoggerMessage(4500, LogLevel.Warning, "VIM {Vim} is stored and cannot be used; its hosts are shown as not healthy until it is: {Why}")]
    public static partial void NotOpened(ILogger logger, string vim, string why);

    [LoggerMessage(4501, LogLevel.Information, "VIM {Vim} was added, with adapter {Adapter}.")]
    public static partial void Added(ILogger logger, string vim, string adapter);

    [LoggerMessage(4502, LogLevel.Information, "VIM {Vim} was changed: {Settings}.")]
    public static partial void Changed(ILogger logger, string vim, string settings);

    [LoggerMessage(4503, LogLevel.Information, "VIM {Vim} was removed.")]
    public static partial void Removed(ILogger logger, string vim);

    [LoggerMessage(4504, LogLevel.Information, "Host {HostId} was added, on VIM {Vim}.")]
    public static partial void HostAdded(ILogger logger, string hostId, string vim);

    [LoggerMessage(4505, LogLevel.Information, "Host {HostId} was removed.")]
    public static partial void HostRemoved(ILogger logger, string hostId);

    [LoggerMessage(4506, LogLevel.Information, "The data key was changed; {Secrets} secrets are encrypted under it.")]
    public static partial void KeyRotated(ILogger logger, int secrets);

    [LoggerMessage(4507, LogLevel.Warning, "Host {HostId}: {Settings} was given in plain on the command line, where every process of this machine can read it; write vim.NAME=@FILE, or 'mano vim add'.")]
    public static partial void SecretInPlain(ILogger logger, string hostId, string settings);

    [LoggerMessage(4508, LogLevel.Warning, "This site has no host yet; 'mano vim add' and 'mano host add' give it one.")]
    public static partial void NoHosts(ILogger logger);
}
