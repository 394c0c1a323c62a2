using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.OpenStack.Http;
using Mano.VimAdapters.OpenStack.Keystone;

namespace Mano.VimAdapters.OpenStack;

/// <summary>Looks at what the adapter needs of a cloud, in the order in which one thing builds on the other. Changes nothing there.</summary>
internal sealed class ConnectionLook(CloudHome home)
{
    private static readonly string[] BehindTheToken = ["catalogue", "Nova", "Neutron", "Glance", "network", "flavors", "quota"];

    private readonly List<ConnectionCheck> checks = [];

    public async Task<IReadOnlyList<ConnectionCheck>> LookAsync(CancellationToken cancellationToken)
    {
        if (await LogInAsync(cancellationToken) is { } who)
        {
            foreach (var service in new[] { CloudService.Nova, CloudService.Neutron, CloudService.Glance })
            {
                AddService(who, service, isNeeded: true);
            }

            AddService(who, CloudService.Cinder, isNeeded: home.Options.BootFromVolume);
            await AtServicesAsync(who, cancellationToken);
        }
        else
        {
            checks.AddRange(BehindTheToken.Select(n => ConnectionCheck.Skipped(n, "there is no token")));
        }

        return checks;
    }

    private async Task<CloudToken?> LogInAsync(CancellationToken cancellationToken)
    {
        var settings = home.Session.Settings;
        var isTls = settings.AuthUrl.Scheme == Uri.UriSchemeHttps;
        try
        {
            // Not the token in use: the look is about what Keystone says now.
            var who = await home.Session.TokenAsync(home.Session.Known, cancellationToken);
            checks.Add(ConnectionCheck.Ok("address", $"Keystone answers at {settings.AuthUrl}"));
            checks.Add(isTls ? ConnectionCheck.Ok("TLS", settings.CaFile is { } ca ? $"believed by {ca}" : "believed by this machine's certificates")
                : ConnectionCheck.Warning("TLS", "AuthUrl is plain http: the password goes over the wire as it is", "Use the https address, unless the network is your own."));
            checks.Add(ConnectionCheck.Ok("credentials", $"{who.Body.User?.Name} in project {who.Body.Project?.Name}, roles {string.Join(", ", who.Body.Roles.Select(r => r.Name))}, until {who.Body.ExpiresAt:u}"));
            return who;
        }
        catch (FailureException e) when (e.Failure.Kind is FailureKind.Forbidden)
        {
            checks.Add(ConnectionCheck.Ok("address", $"Keystone answers at {settings.AuthUrl}"));
            checks.Add(ConnectionCheck.Failed("credentials", e.Failure.Message, "Correct the user, its domain and password, or the application credential, and the project and its domain; `openstack token issue` tries the same."));
        }
        catch (FailureException e)
        {
            var isCertificate = e.ToString().Contains("AuthenticationException", StringComparison.Ordinal);
            checks.Add(isCertificate ? ConnectionCheck.Ok("address", $"something answers at {settings.AuthUrl}")
                : ConnectionCheck.Failed("address", e.Failure.Message, "Correct AuthUrl (it ends in /v3), start Keystone, or open the way to it: a firewall, a proxy (Proxy)."));
            checks.Add(isCertificate ? ConnectionCheck.Failed("TLS", e.Failure.Message, "Set CaFile to the certificate (PEM) of who signed Keystone's, or correct the host name in AuthUrl.")
                : ConnectionCheck.Skipped("TLS", "nothing answers"));
            checks.Add(ConnectionCheck.Skipped("credentials", "Keystone does not answer"));
        }
        catch (OpenStackRefusedException e)
        {
            checks.Add(ConnectionCheck.Failed("address", e.Message, "Correct AuthUrl: this is no Keystone v3, or it is broken."));
            checks.Add(ConnectionCheck.Skipped("credentials", "Keystone does not answer as one"));
        }

        return null;
    }

    private void AddService(CloudToken who, CloudService service, bool isNeeded)
    {
        var settings = home.Session.Settings;
        var found = who.Find(service, settings);
        checks.Add(found is not null ? ConnectionCheck.Ok($"catalogue: {service}", found.ToString())
            : isNeeded ? ConnectionCheck.Failed($"catalogue: {service}", Message(() => who.Require(service, settings)), "Correct Region and Interface, or have the service added to the catalogue.")
            : ConnectionCheck.Warning($"catalogue: {service}", "it is not there: volumes are not offered", "Nothing, unless applications declare storage of their own."));
    }

    private async Task AtServicesAsync(CloudToken who, CancellationToken cancellationToken)
    {
        await TryAsync("Nova", "Ask the cloud's operator; Nova must be of OpenStack Rocky (2018) or newer.", async () =>
            $"microversion {await home.Nova.MicroversionAsync(cancellationToken)}");
        await TryAsync("right to see servers", "Give the user the role member in the project.", async () =>
            $"{(await home.Nova.ListAsync(home.Terms.Mark.AllServers, null, cancellationToken)).Count} servers of ours");
        await TryAsync("right to see ports", "Give the user the role member in the project.", async () =>
            $"{(await home.Neutron.PortsAsync(null, cancellationToken)).Count} ports in the project");
        await TryAsync("right to see images", "Give the user the role member in the project.", async () => $"{(await home.Images.AllAsync(cancellationToken)).Count} images of ours");
        await TryAsync("network", "Set Network to the id of a network with a subnet that the project may use.", async () =>
            (await home.DefaultNetwork.FindAsync(who.ProjectId, cancellationToken)) is { } network ? $"{network.Name} ({network.Id})" : "");
        foreach (var group in home.Options.MoreSecurityGroups)
        {
            await TryAsync($"security group {group}", "Make it, or correct MoreSecurityGroups.", async () =>
                (await home.Neutron.SecurityGroupsAsync(Guid.TryParse(group, out _) ? null : group, cancellationToken)).FirstOrDefault(g => g.Name == group || g.Id == group)?.Id
                ?? throw Failure.NotFound("VIM_NO_SECURITY_GROUP", $"there is no security group {group} in the project").ToException());
        }

        await AddFlavorsAsync(who, cancellationToken);
        await TryAsync("zones", "Have the operator enable a host in a zone.", async () => string.Join(", ", await home.Nova.ZonesAsync(cancellationToken)));
        await TryAsync("quota", "Have the operator raise the project's quota, or free some of it.", async () =>
        {
            var (total, used) = await home.Capacity.AskAsync(cancellationToken);
            return used.MilliCpu < total.MilliCpu && used.MemoryMib < total.MemoryMib ? $"{total}, of which {used} are taken"
                : throw Failure.NoCapacity("VIM_FULL", $"{total}, of which {used} are taken: no server fits").ToException();
        });
    }

    private async Task AddFlavorsAsync(CloudToken who, CancellationToken cancellationToken)
    {
        var before = checks.Count;
        await TryAsync("flavors", "Have the operator make flavors, correct Flavors, or set MakeFlavors where the policy allows it.", async () =>
        {
            var offered = await home.Flavors.OfferedAsync(cancellationToken);
            var missing = home.Options.Flavors.Except(offered.Select(f => f.Name)).ToArray();
            return missing.Length > 0 ? throw Failure.NotFound("VIM_NO_FLAVOR", $"there is no flavor {string.Join(", ", missing)}").ToException()
                : offered.Count == 0 && !home.Options.MakeFlavors ? throw Failure.NotFound("VIM_NO_FLAVOR", "there is no flavor that may be used").ToException()
                : string.Join(", ", offered.Take(20).Select(f => f.Name));
        });
        if (home.Options.MakeFlavors && !who.IsAdmin && checks.Count > before)
        {
            checks.Add(ConnectionCheck.Warning("right to make flavors", "MakeFlavors is set, and the user is no administrator", "Allow os_compute_api:os-flavor-manage:create to it in Nova's policy, or leave MakeFlavors out."));
        }
    }

    private async Task TryAsync(string name, string remedy, Func<Task<string>> look)
    {
        try
        {
            checks.Add(ConnectionCheck.Ok(name, await look()));
        }
        catch (FailureException e)
        {
            checks.Add(ConnectionCheck.Failed(name, e.Failure.Message, remedy));
        }
        catch (OpenStackRefusedException e)
        {
            checks.Add(ConnectionCheck.Failed(name, e.Message, remedy));
        }
    }

    private static string Message(Func<Uri> ask)
    {
        try
        {
            return ask().ToString();
        }
        catch (FailureException e)
        {
            return e.Failure.Message;
        }
    }
}
