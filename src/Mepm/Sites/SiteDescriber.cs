using System.Runtime.InteropServices;
using Mano.Common.V1;
using Mano.Inventory.V1;
using Mano.Mepm.Loop;
using Mano.Mepm.Vims;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using OurHost = Mano.Mepm.Hosts.MecHost;
using OurHosts = Mano.Mepm.Hosts.MecHosts;

namespace Mano.Mepm.Sites;

/// <summary>This site as the MEO's inventory knows it (inventory.v1.Site): what the operator said and what the hosts say now.</summary>
internal sealed class SiteDescriber(SiteIdentity identity, OurHosts hosts, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Done when a host comes or goes the next time, or its VIM or its platform does.</summary>
    public Task HostsChange => hosts.NextChange;

    public async Task<Mano.Inventory.V1.Site> Describe(CancellationToken cancel)
    {
        var site = new Mano.Inventory.V1.Site
        {
            SiteId = identity.SiteId, Name = identity.Name, MepmAddress = identity.Address, Version = identity.Version, Incarnation = identity.Incarnation,
        };
        if (identity.Location is { } place)
        {
            site.Location = new() { Latitude = place.Latitude, Longitude = place.Longitude, CountryCode = place.CountryCode };
        }

        site.Hosts.AddRange(await Task.WhenAll(hosts.All.Select(h => Describe(h, cancel))));
        return site;
    }

    private async Task<MecHost> Describe(OurHost host, CancellationToken cancel)
    {
        await RefreshFacts(host, cancel);
        var (capacity, trouble) = await CapacityOf(host, cancel);
        var message = trouble ?? (host.PlatformLink.IsUp ? "" : $"The platform is away: {host.PlatformLink.Message}");
        var wire = new MecHost
        {
            HostId = host.HostId,
            Zone = host.Options.Zone,
            VimKind = host.Capabilities?.Adapter ?? host.Options.Vim.TrimStart('@'),
            CpuArchitecture = host.Options.CpuArchitecture.Length > 0 ? host.Options.CpuArchitecture : Machine(),
            Total = Amount(capacity?.Total ?? default),
            Used = Amount(capacity?.Used ?? default),
            LatencyNs = host.Options.Latency.Ticks * TimeSpan.NanosecondsPerTick,
            Healthy = message.Length == 0,
            Message = message,
        };
        wire.WorkloadKinds.AddRange(Kinds(host.Capabilities));
        wire.Hardware.AddRange(host.Options.Hardware);
        Add(wire, host.Options);
        if (host.Facts is { } facts)
        {
            (wire.Mp1Url, wire.DnsAddress, wire.GatewayAddress) = (facts.Mp1Url, facts.DnsAddress, facts.GatewayAddress);
            wire.Services.AddRange(facts.Services.Select(s => s.ToMessage<ServiceDescriptor>()));
            wire.Features.AddRange(facts.Features.Select(f => f.ToMessage<FeatureDependency>()));
        }

        return wire;
    }

    /// <summary>What the operator says for placement alone.</summary>
    private static void Add(MecHost wire, Hosts.HostOptions options)
    {
        wire.Networks.AddRange(options.Networks);
        wire.Tenants.AddRange(options.Tenants);
        if (options.Cost is { } cost)
        {
            wire.Cost = cost;
        }

        if (options.WattsPerCpu is { } watts)
        {
            wire.WattsPerCpu = watts;
        }
    }

    /// <summary>A platform's services come and go with its applications, and placement goes by them.</summary>
    private async Task RefreshFacts(OurHost host, CancellationToken cancel)
    {
        if (!host.PlatformLink.IsUp)
        {
            return;
        }

        try
        {
            host.Facts = await CallLimit.Bounded(Patience, clock, host.Platform.GetFacts, cancel);
        }
        catch (FailureException)
        {
            // What is known stays; the watch of the platform says when it is away.
        }
    }

    private async Task<(VimCapacity? Capacity, string? Trouble)> CapacityOf(OurHost host, CancellationToken cancel)
    {
        try
        {
            if (host.Capabilities is null || NoZone(host) is not null)
            {
                // Zones come and go; a host whose zone was missing is looked at anew.
                host.Capabilities = await CallLimit.Bounded(Patience, clock, host.Vim.GetCapabilitiesAsync, cancel);
            }

            return (await CallLimit.Bounded(Patience, clock, host.Vim.GetCapacityAsync, cancel), NoZone(host));
        }
        catch (FailureException e)
        {
            return (null, $"The VIM is away: {e.Failure.Message}");
        }
    }

    private static string? NoZone(OurHost host) => VimZones.WhyNot("The VIM", host.Options.VimZone, host.Capabilities?.Zones ?? []);

    private static IEnumerable<string> Kinds(VimCapabilities? capabilities)
    {
        (VimCapability Needs, string Kind)[] kinds =
        [
            (VimCapability.Executables, "executable"), (VimCapability.RootFsArchives, "rootfs"), (VimCapability.Containers, "container"),
            (VimCapability.VmImages, "vm"), (VimCapability.NamedImages, "reference"),
            (VimCapability.Volumes, "volume"), (VimCapability.HelmCharts, "chart"),
        ];
        return capabilities is null
            ? []
            : kinds.Where(k => capabilities.Has(k.Needs)).Select(k => k.Kind).Concat(PullsContainers(capabilities) ? ["named-container"] : []);
    }

    /// <summary>A VIM that knows images by name, and whose images are not those of VMs alone.</summary>
    private static bool PullsContainers(VimCapabilities capabilities) =>
        capabilities.Has(VimCapability.NamedImages) && (capabilities.Has(VimCapability.Containers) || !capabilities.Has(VimCapability.VmImages));

    private static Resources Amount(VimResources amount) => new() { MilliCpu = amount.MilliCpu, MemoryMib = amount.MemoryMib, DiskGib = amount.DiskGib };

    private static string Machine() => RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86_64",
        Architecture.Arm64 => "aarch64",
        var other => other.ToString(),
    };
}
