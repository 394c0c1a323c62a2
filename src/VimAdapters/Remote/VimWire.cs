using Google.Protobuf.WellKnownTypes;
using Mano.VimAdapters.Contract;
using Wire = Mano.Vim.V1;

namespace Mano.VimAdapters.Remote;

/// <summary>The one table between our records and their messages. Enum values are equal by construction; see the contract.</summary>
internal static partial class VimWire
{
    public static Wire.ComputeSpec ToWire(ComputeSpec spec)
    {
        var wire = new Wire.ComputeSpec
        {
            Name = spec.Name,
            Resources = ToWire(spec.Resources),
            Labels = new() { Tenant = spec.Labels.Tenant, AppInstanceId = spec.Labels.AppInstanceId },
            BootData = spec.BootData,
            RestartPolicy = (Wire.RestartPolicy)spec.RestartPolicy,
            Zone = spec.Zone,
            Address = spec.Address,
            ChartValues = spec.ChartValues,
        };
        wire.Images.AddRange(spec.Images.Select(ToWire));
        wire.Ports.AddRange(spec.Ports.Select(p => new Wire.Port { Name = p.Name, Transport = (Wire.Transport)p.Transport, Number = p.Number }));
        wire.Environment.Add(spec.Environment.ToDictionary());
        wire.Command.AddRange(spec.Command);
        wire.Volumes.AddRange(spec.Volumes.Select(v => new Wire.Volume { Name = v.Name, SizeGib = v.SizeGib, Path = v.Path }));
        wire.Networks.AddRange(spec.Networks);
        wire.Groups.AddRange(spec.Groups.Select(g => new Wire.AffinityGroup { Name = g.Name, Rule = (Wire.AffinityRule)g.Rule }));
        return wire;
    }

    /// <summary>What is missing becomes empty, which the rules of the contract refuse where it must not be.</summary>
    public static ComputeSpec FromWire(Wire.ComputeSpec? wire)
    {
        wire ??= new();
        return new()
        {
            Name = wire.Name,
            Images = [.. wire.Images.Select(FromWire)],
            Resources = FromWire(wire.Resources),
            Labels = new(wire.Labels?.Tenant ?? "", wire.Labels?.AppInstanceId ?? ""),
            Ports = [.. wire.Ports.Select(p => new ComputePort(p.Name, (Transport)p.Transport, p.Number))],
            Environment = wire.Environment.ToDictionary(),
            Command = [.. wire.Command],
            BootData = wire.BootData,
            RestartPolicy = (RestartPolicy)wire.RestartPolicy,
            Zone = wire.Zone,
            Address = wire.Address,
            Volumes = [.. wire.Volumes.Select(v => new ComputeVolume(v.Name, v.SizeGib, v.Path))],
            Networks = [.. wire.Networks],
            Groups = [.. wire.Groups.Select(g => new AffinityGroup(g.Name, (AffinityRule)g.Rule))],
            ChartValues = wire.ChartValues,
        };
    }

    public static Wire.Compute ToWire(Compute compute)
    {
        var wire = new Wire.Compute
        {
            ComputeId = compute.ComputeId,
            Spec = ToWire(compute.Spec),
            OperationNumber = compute.OperationNumber,
            State = (Wire.ComputeState)compute.State,
            Reason = compute.Reason,
            RestartCount = compute.RestartCount,
            CreatedAt = Timestamp.FromDateTimeOffset(compute.CreatedAt),
            StartedAt = compute.StartedAt is { } started ? Timestamp.FromDateTimeOffset(started) : null,
        };
        if (compute.ExitCode is { } exitCode)
        {
            wire.ExitCode = exitCode;
        }

        wire.Addresses.AddRange(compute.Addresses);
        wire.Enforcements.AddRange(compute.Enforcements.Select(ToWire));
        return wire;
    }

    public static Compute FromWire(Wire.Compute wire) => new()
    {
        ComputeId = wire.ComputeId,
        Spec = FromWire(wire.Spec),
        OperationNumber = wire.OperationNumber,
        State = (ComputeState)wire.State,
        Reason = wire.Reason,
        Addresses = [.. wire.Addresses],
        RestartCount = wire.RestartCount,
        ExitCode = wire.HasExitCode ? wire.ExitCode : null,
        CreatedAt = wire.CreatedAt?.ToDateTimeOffset() ?? default,
        StartedAt = wire.StartedAt?.ToDateTimeOffset(),
        Enforcements = [.. wire.Enforcements.Select(FromWire)],
    };

    public static Wire.GetCapabilitiesResponse ToWire(VimCapabilities capabilities)
    {
        var wire = new Wire.GetCapabilitiesResponse { Adapter = capabilities.Adapter, FenceRetention = Duration.FromTimeSpan(capabilities.FenceRetention) };
        wire.Capabilities.AddRange(capabilities.Claims.Order().Select(c => (Wire.Capability)c));
        wire.Notes.AddRange(capabilities.Notes.Select(ToWire));
        wire.Zones.AddRange(capabilities.Zones);
        return wire;
    }

    /// <summary>A capability that this version does not know is left out: nobody here would ask for it.</summary>
    public static VimCapabilities FromWire(Wire.GetCapabilitiesResponse wire) => new()
    {
        Adapter = wire.Adapter,
        Claims = wire.Capabilities.Select(c => (VimCapability)c).Where(System.Enum.IsDefined).ToHashSet(),
        FenceRetention = wire.FenceRetention?.ToTimeSpan() ?? TimeSpan.Zero,
        Notes = [.. wire.Notes.Select(FromWire)],
        Zones = [.. wire.Zones],
    };

    public static Wire.Resources ToWire(VimResources resources) =>
        new() { MilliCpu = resources.MilliCpu, MemoryMib = resources.MemoryMib, DiskGib = resources.DiskGib };

    public static VimResources FromWire(Wire.Resources? wire) => wire is null ? default : new(wire.MilliCpu, wire.MemoryMib, wire.DiskGib);

    public static Wire.ImageReference ToWire(ImageReference image) => new() { Digest = image.Digest, Format = (Wire.ImageFormat)image.Format, Name = image.Name };

    public static ImageReference FromWire(Wire.ImageReference? wire) => wire is null ? new("", default) : new(wire.Digest, (ImageFormat)wire.Format, wire.Name);

    public static Wire.VimImage ToWire(VimImage image) => new() { Image = ToWire(image.Image), Size = image.Size };

    public static VimImage FromWire(Wire.VimImage? wire) => new(FromWire(wire?.Image), wire?.Size ?? 0);

    public static Wire.ReadStatisticsResponse ToWire(ComputeStatistics statistics)
    {
        var wire = new Wire.ReadStatisticsResponse { At = Timestamp.FromDateTimeOffset(statistics.At) };
        Set(statistics.CpuNanoseconds, value => wire.CpuNanoseconds = value);
        Set(statistics.MemoryBytes, value => wire.MemoryBytes = value);
        Set(statistics.NetworkReceivedBytes, value => wire.NetworkReceivedBytes = value);
        Set(statistics.NetworkSentBytes, value => wire.NetworkSentBytes = value);
        return wire;

        static void Set(long? value, Action<long> set)
        {
            if (value is { } known)
            {
                set(known);
            }
        }
    }

    public static ComputeStatistics FromWire(Wire.ReadStatisticsResponse wire) => new(
        wire.At?.ToDateTimeOffset() ?? default,
        wire.HasCpuNanoseconds ? wire.CpuNanoseconds : null,
        wire.HasMemoryBytes ? wire.MemoryBytes : null,
        wire.HasNetworkReceivedBytes ? wire.NetworkReceivedBytes : null,
        wire.HasNetworkSentBytes ? wire.NetworkSentBytes : null);

    public static Wire.WatchComputesResponse ToWire(ComputeEvent change) => new()
    {
        Kind = (Wire.WatchComputesResponse.Types.Kind)change.Kind,
        ComputeId = change.ComputeId,
        Compute = change.Compute is null ? null : ToWire(change.Compute),
    };

    public static ComputeEvent FromWire(Wire.WatchComputesResponse wire) =>
        new((ComputeEventKind)wire.Kind, wire.ComputeId, wire.Compute is null ? null : FromWire(wire.Compute));

    private static Wire.Enforcement ToWire(Enforcement enforcement) => new() { Name = enforcement.Name, Applied = enforcement.Applied, Detail = enforcement.Detail };

    private static Enforcement FromWire(Wire.Enforcement wire) => new(wire.Name, wire.Applied, wire.Detail);
}
