using System.Collections.Concurrent;
using Mano.Mesh.Failures;

namespace Mano.Meo.Inventory;

/// <summary>Which site has which host: a host id is unique over all sites.</summary>
internal sealed class HostClaims
{
    private readonly ConcurrentDictionary<string, string> owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string[]> hostsOf = new(StringComparer.Ordinal);

    public string? OwnerOf(string hostId) => owners.GetValueOrDefault(hostId);

    /// <summary>Takes the site's hosts for it, or none of them.</summary>
    public Failure? Claim(SiteModel site)
    {
        lock (owners)
        {
            foreach (var host in site.Hosts)
            {
                if (owners.TryGetValue(host.HostId, out var owner) && owner != site.SiteId)
                {
                    return Failure.AlreadyExists(
                        "HOST_CLAIMED", $"Host {host.HostId} belongs to site {owner}; host ids are unique over all sites: rename one of them.", "host/" + host.HostId);
                }
            }

            Take(site);
            return null;
        }
    }

    /// <summary>The site has these hosts, and no other: so it was accepted.</summary>
    public void Take(SiteModel site) => Replace(site.SiteId, [.. site.Hosts.Select(host => host.HostId)]);

    public void Free(string siteId) => Replace(siteId, []);

    private void Replace(string siteId, string[] now)
    {
        lock (owners)
        {
            var before = hostsOf.GetValueOrDefault(siteId, []);
            if (before.SequenceEqual(now))
            {
                return;
            }

            foreach (var gone in before.Except(now))
            {
                owners.TryRemove(new(gone, siteId));
            }

            foreach (var host in now)
            {
                owners[host] = siteId;
            }

            hostsOf[siteId] = now;
        }
    }
}
