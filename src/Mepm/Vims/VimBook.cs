using System.Collections.Concurrent;
using System.Text.Json.Serialization.Metadata;
using Mano.Mesh.Failures;
using Mano.Mesh.State;

namespace Mano.Mepm.Vims;

/// <summary>The VIM connections and hosts that operators added, as they are stored. A change is durable before it is in the book.</summary>
internal sealed class VimBook(IStateStore store)
{
    private const string VimPrefix = "vim/default/";
    private const string HostPrefix = "host/default/";

    private readonly ConcurrentDictionary<string, StoredVim> vims = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StoredHost> hosts = new(StringComparer.Ordinal);

    /// <summary>Reads what was stored; before anything else.</summary>
    public async Task Load(CancellationToken cancel)
    {
        await foreach (var vim in store.ScanAll(VimPrefix, VimJson.Default.StoredVim, cancel))
        {
            vims[vim.Value.Name] = vim.Value;
        }

        await foreach (var host in store.ScanAll(HostPrefix, VimJson.Default.StoredHost, cancel))
        {
            hosts[host.Value.HostId] = host.Value;
        }
    }

    /// <summary>By name.</summary>
    public IReadOnlyList<StoredVim> Vims => [.. vims.Values.OrderBy(v => v.Name, StringComparer.Ordinal)];

    /// <summary>By id.</summary>
    public IReadOnlyList<StoredHost> Hosts => [.. hosts.Values.OrderBy(h => h.HostId, StringComparer.Ordinal)];

    public StoredVim? Vim(string name) => vims.GetValueOrDefault(name);

    public StoredHost? Host(string hostId) => hosts.GetValueOrDefault(hostId);

    /// <summary>The VIM or a refusal that names those there are.</summary>
    public StoredVim NeededVim(string name) => Vim(name) ?? throw Failure.NotFound("VIM_UNKNOWN",
        $"This site has no VIM '{name}'; {(vims.IsEmpty ? "none was added yet: 'mano vim add' does it" : $"it has {string.Join(", ", Vims.Select(v => v.Name))}")}.", $"vim/{name}").ToException();

    public Task Put(StoredVim vim) => Put(vims, vim.Name, VimPrefix + vim.Name, vim, VimJson.Default.StoredVim);

    public Task Put(StoredHost host) => Put(hosts, host.HostId, HostPrefix + host.HostId, host, VimJson.Default.StoredHost);

    /// <summary>All of them or none.</summary>
    public async Task PutAll(IReadOnlyList<StoredVim> changed)
    {
        var batch = new Batch();
        foreach (var vim in changed)
        {
            batch.Put(VimPrefix + vim.Name, vim, VimJson.Default.StoredVim);
        }

        (await store.Commit(batch)).OrThrow();
        foreach (var vim in changed)
        {
            vims[vim.Name] = vim;
        }
    }

    public Task ForgetVim(string name) => Forget(vims, name, VimPrefix + name);

    public Task ForgetHost(string hostId) => Forget(hosts, hostId, HostPrefix + hostId);

    // Nobody else writes this store, and who changes something holds the turn of SiteVims: no version is expected.
    private async Task Put<T>(ConcurrentDictionary<string, T> book, string id, string key, T value, JsonTypeInfo<T> type)
    {
        (await store.Commit(new Batch().Put(key, value, type))).OrThrow();
        book[id] = value;
    }

    private async Task Forget<T>(ConcurrentDictionary<string, T> book, string id, string key)
    {
        (await store.Commit(new Batch().Delete(key))).OrThrow();
        book.TryRemove(id, out _);
    }
}
