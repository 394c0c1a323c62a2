using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Mano.Mepm.Instances;
using Mano.Mepm.Instances.Planning;
using Mano.Mepm.Wire;
using Mano.Mesh.Failures;
using Mano.Site.V1;

namespace Mano.Mepm.Sites;

/// <summary>From site.v1's requests to our own records; every fault of a request is named, not only the first.</summary>
internal static partial class SiteRequests
{
    public const int MaxPage = 1000;

    private const int MaxGroups = 8;

    public static DesiredInstance Read(DesiredAppInstance? wire)
    {
        var faults = new Faults();
        if (wire is null)
        {
            throw faults.Add("desired", "it is required.").Refusal();
        }

        CheckKey(faults, "desired.app_instance_id", wire.AppInstanceId);
        CheckGeneration(faults, "desired.generation", wire.Generation);
        faults.Unless(wire.HostId.Length > 0, "desired.host_id", "it is required; GetSite lists the hosts.");
        faults.Unless(wire.PowerState is DesiredAppInstance.Types.PowerState.Started or DesiredAppInstance.Types.PowerState.Stopped,
            "desired.power_state", "STARTED or STOPPED would be right.");
        faults.Unless(wire.Compute is not null, "desired.compute", "it is required.");
        faults.Unless(wire.Platform is not null, "desired.platform", "it is required; one without rules is fine.");
        var compute = wire.Compute is null ? null : ReadCompute(faults, wire.Compute);
        var graceful = ReadDuration(faults, "desired.graceful_stop_timeout", wire.GracefulStopTimeout);
        faults.ThrowIfAny();
        return new()
        {
            HostId = wire.HostId,
            Power = wire.PowerState == DesiredAppInstance.Types.PowerState.Started ? DesiredPower.Started : DesiredPower.Stopped,
            GracefulStop = graceful,
            Compute = compute!,
            Platform = wire.Platform!.ToDocument(),
            Grant = wire.Grant?.ToDocument(),
            Tenant = wire.Tenant.Length == 0 ? InstanceBook.DefaultTenant : wire.Tenant,
        };
    }

    public static (string Id, long Generation, TimeSpan Graceful) Read(RemoveAppInstanceIfAnyRequest wire)
    {
        var faults = new Faults();
        CheckKey(faults, "app_instance_id", wire.AppInstanceId);
        CheckGeneration(faults, "generation", wire.Generation);
        var graceful = ReadDuration(faults, "graceful_timeout", wire.GracefulTimeout);
        faults.ThrowIfAny();
        return (wire.AppInstanceId, wire.Generation, graceful);
    }

    /// <summary>A count that may be 0, which means the default.</summary>
    public static int Read(string path, int asked, int most, int fallback) => asked is >= 0 && asked <= most
        ? asked == 0 ? fallback : asked
        : throw new Faults().Add(path, $"{asked} is out of range: 1 to {most}, or 0 for {fallback}.").Refusal();

    private static Instances.ComputeRequirements ReadCompute(Faults faults, Mano.Site.V1.ComputeRequirements wire)
    {
        faults.Unless(wire.Images.Count > 0, "desired.compute.images", "at least one is needed.");
        var resources = wire.Resources ?? new();
        faults.Unless(resources is { MilliCpu: >= 0, MemoryMib: >= 0, DiskGib: >= 0 }, "desired.compute.resources", "none may be negative.");
        for (var i = 0; i < wire.Ports.Count; i++)
        {
            var port = wire.Ports[i];
            faults.Unless(port.Name.Length is > 0 and <= 63, $"desired.compute.ports[{i}].name", "1 to 63 characters are needed.");
            faults.Unless(port.Number is >= 1 and <= 65535, $"desired.compute.ports[{i}].number", $"{port.Number} is no port: 1 to 65535.");
            faults.Unless(port.Protocol is "TCP" or "UDP" or "SCTP", $"desired.compute.ports[{i}].protocol", "TCP, UDP or SCTP would be right.");
        }

        for (var i = 0; i < wire.Images.Count; i++)
        {
            faults.Unless(wire.Images[i].Sha256.Length == 0 || DigestPattern().IsMatch(wire.Images[i].Sha256),
                $"desired.compute.images[{i}].sha256", "64 lower-case hexadecimal digits, or nothing, would be right.");
        }

        faults.Unless(wire.Groups.Count <= MaxGroups && wire.Groups.Distinct().Count() == wire.Groups.Count, "desired.compute.groups", $"at most {MaxGroups} are taken, none twice.");
        for (var i = 0; i < wire.Groups.Count; i++)
        {
            CheckKey(faults, $"desired.compute.groups[{i}].name", wire.Groups[i].Name);
            faults.Unless(wire.Groups[i].Rule is AffinityGroup.Types.Rule.Together or AffinityGroup.Types.Rule.Apart,
                $"desired.compute.groups[{i}].rule", "TOGETHER or APART would be right.");
        }

        return new()
        {
            Name = wire.Name,
            MilliCpu = resources.MilliCpu,
            MemoryMib = resources.MemoryMib,
            DiskGib = resources.DiskGib,
            Images = [.. wire.Images.Select(i => new RequiredImage(i.Id, i.Name, i.Version, i.Kind, i.Sha256, i.SizeBytes, i.Reference, i.DiskFormat))],
            Ports = [.. wire.Ports.Select(p => new RequiredPort(p.Name, p.Protocol, (int)p.Number))],
            Environment = new(wire.Environment, StringComparer.Ordinal),
            BootData = wire.BootData,
            Restart = wire.RestartPolicy switch
            {
                Mano.Site.V1.ComputeRequirements.Types.RestartPolicy.OnFailure => RequiredRestart.OnFailure,
                Mano.Site.V1.ComputeRequirements.Types.RestartPolicy.Never => RequiredRestart.Never,
                _ => RequiredRestart.Always,
            },
            CpuArchitecture = wire.CpuArchitecture,
            ChartValues = wire.ChartValues,
            Volumes = [.. wire.Volumes.Select(v => new RequiredVolume(v.Name, v.SizeGib, v.Path))],
            Groups = [.. wire.Groups.Select(g => new RequiredGroup(g.Name, g.Rule == AffinityGroup.Types.Rule.Apart))],
        };
    }

    private static void CheckKey(Faults faults, string path, string id) =>
        faults.Unless(KeyPattern().IsMatch(id), path, "1 to 128 characters of [A-Za-z0-9._-] are needed, the first a letter or a digit.");

    private static void CheckGeneration(Faults faults, string path, long generation) => faults.Unless(
        generation is >= 1 and <= OperationNumbers.MaxGeneration, path, $"{generation} is out of range: 1 to {OperationNumbers.MaxGeneration}.");

    private static TimeSpan ReadDuration(Faults faults, string path, Duration? wire)
    {
        if (wire is null)
        {
            return TimeSpan.Zero;
        }

        var fits = wire.Seconds is >= 0 and <= 86_400 && wire.Nanos is >= 0 and <= 999_999_999;
        faults.Unless(fits, path, "0 seconds to 1 day would be right.");
        return fits ? wire.ToTimeSpan() : TimeSpan.Zero;
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex KeyPattern();

    [GeneratedRegex("^[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();

    private sealed class Faults
    {
        private readonly List<Fault> found = [];

        public Faults Add(string path, string message)
        {
            found.Add(new(path, message));
            return this;
        }

        public void Unless(bool right, string path, string message)
        {
            if (!right)
            {
                Add(path, message);
            }
        }

        public void ThrowIfAny()
        {
            if (found.Count > 0)
            {
                throw Refusal();
            }
        }

        public FailureException Refusal() => Failure.InvalidInput(
            "INVALID_REQUEST", $"The request is refused: {string.Join(" ", found.Select(f => f.ToString()))}", "", found).ToException();
    }
}
