using Mano.Mesh.Failures;

namespace Mano.VimAdapters.OpenStack.Neutron;

/// <summary>The network of computes that name none.</summary>
internal sealed class DefaultNetwork(NeutronClient neutron, OpenStackOptions options)
{
    private volatile NetworkDetails? found;

    /// <summary>The network, or a refusal that says which there are.</summary>
    public async Task<NetworkDetails> FindAsync(string projectId, CancellationToken cancellationToken)
    {
        if (found is { } known)
        {
            return known;
        }

        var named = options.Network;
        IReadOnlyList<NetworkDetails> candidates;
        if (named.Length > 0)
        {
            candidates = Guid.TryParse(named, out _) && await neutron.FindNetworkAsync(named, cancellationToken) is { } byId ? [byId] : await neutron.NetworksAsync(named, cancellationToken);
        }
        else
        {
            var all = (await neutron.NetworksAsync(null, cancellationToken)).Where(n => n.Subnets.Count > 0 && !(n.Description ?? "").StartsWith(Mark.Site, StringComparison.Ordinal)).ToArray();
            var own = all.Where(n => n.ProjectId == projectId && !n.IsExternal).ToArray();
            candidates = own.Length > 0 ? own : all;
        }

        return candidates.Count == 1 ? found = candidates[0] : throw new FailureException(new(FailureKind.IllegalState, "VIM_DEFAULT_NETWORK",
            candidates.Count == 0
                ? $"The project sees no network {(named.Length > 0 ? $"'{named}'" : "with a subnet")}; make one, or set Network to one that is there."
                : $"The project sees {candidates.Count} networks{(named.Length > 0 ? $" '{named}'" : "")} ({string.Join(", ", candidates.Take(10).Select(n => $"{n.Name} {n.Id}"))}); set Network to the id of one.",
            OpenStackVim.AdapterName));
    }

    /// <summary>Looks again the next time.</summary>
    public void Forget() => found = null;
}
