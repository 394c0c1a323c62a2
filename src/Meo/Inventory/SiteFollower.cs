using Mano.Mesh.State;

namespace Mano.Meo.Inventory;

/// <summary>Keeps the directory of sites as the store has it, whichever replica they registered with.</summary>
internal sealed class SiteFollower : IStateMirror
{
    private readonly SiteDirectory sites;
    private readonly StateFollower follower;

    public SiteFollower(IStateStore store, SiteDirectory sites, TimeProvider clock)
    {
        this.sites = sites;
        follower = new(store, SiteDirectory.Prefix, this, clock);
    }

    public IReadOnlyCollection<string> Keys => [.. sites.Ids.Select(SiteDirectory.Key)];

    public Task Start(CancellationToken cancel) => follower.Start(cancel);

    public Task Follow(CancellationToken cancel) => follower.Follow(cancel);

    public ValueTask Put(Entry entry) => sites.Stored(entry.As(InventoryJson.Default.SiteModel));

    public ValueTask Gone(string key, long version) => sites.Gone(key[SiteDirectory.Prefix.Length..], version);
}
