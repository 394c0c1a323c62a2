using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Mano.Meo.Placement;
using V1 = Mano.Common.V1;
using Wire = Mano.Inventory.V1;

namespace Mano.Meo.Inventory;

/// <summary>Sites between the wire and our own records.</summary>
internal static class SiteWire
{
    public static SiteModel ToModel(Wire.Site site) => new()
    {
        SiteId = site.SiteId,
        Name = site.Name,
        MepmAddress = site.MepmAddress,
        Location = site.Location is { } at ? new(at.Latitude, at.Longitude, at.CountryCode) : null,
        Hosts = [.. site.Hosts.Select(ToReport)],
        Version = site.Version,
        Incarnation = site.Incarnation,
    };

    public static HostReport ToReport(Wire.MecHost host) => new()
    {
        HostId = host.HostId,
        Zone = host.Zone,
        VimKind = host.VimKind,
        WorkloadKinds = [.. host.WorkloadKinds],
        CpuArchitecture = host.CpuArchitecture,
        Total = ToAmount(host.Total),
        Used = ToAmount(host.Used),
        LatencyNs = host.LatencyNs,
        Services = [.. host.Services.Select(s => new OfferedService(s.SerName, s.Version, [.. s.TransportTypes]))],
        Features = [.. host.Features.Select(f => new OfferedFeature(f.FeatureName, f.Version))],
        Hardware = [.. host.Hardware],
        Networks = [.. host.Networks],
        Tenants = [.. host.Tenants],
        Cost = host.HasCost ? host.Cost : null,
        WattsPerCpu = host.HasWattsPerCpu ? host.WattsPerCpu : null,
        Healthy = host.Healthy,
        Message = host.Message,
        Mp1Url = host.Mp1Url,
        DnsAddress = host.DnsAddress,
        GatewayAddress = host.GatewayAddress,
    };

    public static Wire.Site ToWire(SiteStatus status)
    {
        var model = status.Model;
        var site = new Wire.Site
        {
            SiteId = model.SiteId,
            Name = model.Name,
            MepmAddress = model.MepmAddress,
            Health = ToWire(status.Health),
            LastHeartbeatTime = status.LastHeartbeat.ToTimestamp(),
            Version = model.Version,
            Incarnation = model.Incarnation,
        };
        if (model.Location is { } at)
        {
            site.Location = new() { Latitude = at.Latitude, Longitude = at.Longitude, CountryCode = at.CountryCode };
        }

        site.Hosts.AddRange(model.Hosts.Select(h => ToWire(h, status)));
        return site;
    }

    public static Wire.MecHost ToWire(HostReport host, SiteStatus status)
    {
        var wire = new Wire.MecHost
        {
            HostId = host.HostId,
            Zone = host.Zone,
            VimKind = host.VimKind,
            CpuArchitecture = host.CpuArchitecture,
            Total = ToWire(host.Total),
            Used = ToWire(host.Used),
            Held = ToWire(status.Held.GetValueOrDefault(host.HostId)),
            Owed = ToWire(status.Owed.GetValueOrDefault(host.HostId)),
            LatencyNs = host.LatencyNs,
            Healthy = host.Healthy,
            Message = host.Message,
            Maintenance = status.Model.Maintenance.Contains(host.HostId),
            Mp1Url = host.Mp1Url,
            DnsAddress = host.DnsAddress,
            GatewayAddress = host.GatewayAddress,
        };
        wire.WorkloadKinds.AddRange(host.WorkloadKinds);
        wire.Hardware.AddRange(host.Hardware);
        wire.Networks.AddRange(host.Networks);
        wire.Tenants.AddRange(host.Tenants);
        if (host.Cost is { } cost)
        {
            wire.Cost = cost;
        }

        if (host.WattsPerCpu is { } watts)
        {
            wire.WattsPerCpu = watts;
        }

        wire.Features.AddRange(host.Features.Select(f => new V1.FeatureDependency { FeatureName = f.Name, Version = f.Version }));
        foreach (var service in host.Services)
        {
            wire.Services.Add(new V1.ServiceDescriptor { SerName = service.Name, Version = service.Version, TransportTypes = { service.Transports } });
        }

        return wire;
    }

    public static ResourceAmount ToAmount(V1.Resources? resources) =>
        resources is null ? default : new(resources.MilliCpu, resources.MemoryMib, resources.DiskGib);

    public static V1.Resources ToWire(ResourceAmount amount) =>
        new() { MilliCpu = amount.MilliCpu, MemoryMib = amount.MemoryMib, DiskGib = amount.DiskGib };

    private static Wire.Site.Types.Health ToWire(SiteHealth health) => health switch
    {
        SiteHealth.Alive => Wire.Site.Types.Health.Alive,
        SiteHealth.Suspect => Wire.Site.Types.Health.Suspect,
        SiteHealth.Lost => Wire.Site.Types.Health.Lost,
        _ => Wire.Site.Types.Health.Left,
    };
}
