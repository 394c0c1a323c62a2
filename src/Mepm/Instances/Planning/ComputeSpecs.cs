using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.Mepm.Instances.Planning;

/// <summary>From what the MEO requires to what the VIM is asked for.</summary>
internal static class ComputeSpecs
{
    /// <summary>Variables that this process adds. They say how the site is wired now, so a change of theirs replaces no compute.</summary>
    public const string OwnVariables = "MANO_";

    /// <summary>The specification of an instance's compute; refused where the VIM contract has no word for it.</summary>
    /// <param name="appInstanceId">Which instance.</param>
    /// <param name="desired">What the MEO wants of it.</param>
    /// <param name="siteId">This site.</param>
    /// <param name="mp1Url">Where the application finds its platform.</param>
    /// <param name="place">What its host says of the VIM.</param>
    public static Outcome<ComputeSpec> Of(string appInstanceId, DesiredInstance desired, string siteId, string mp1Url, VimPlace place)
    {
        var required = desired.Compute;
        if (!Images.ImageKinds.Reference(required.Images).TryGet(out var image, out var refused))
        {
            return refused;
        }

        var ports = new List<ComputePort>();
        foreach (var port in required.Ports)
        {
            if (TransportOf(port.Protocol) is not { } transport)
            {
                return Failure.InvalidInput("UNSUPPORTED_PROTOCOL",
                    $"Port {port.Name} wants {port.Protocol}; a VIM of this site carries TCP and UDP.", appInstanceId);
            }

            ports.Add(new(port.Name, transport, port.Number));
        }

        return new ComputeSpec
        {
            Name = required.Name,
            Images = [image],
            Resources = new(required.MilliCpu, required.MemoryMib, required.DiskGib),
            Labels = new(desired.Tenant, appInstanceId),
            Ports = ports,
            Environment = Wiring(appInstanceId, required.Environment, siteId, desired.HostId, mp1Url),
            BootData = required.BootData,
            RestartPolicy = PolicyOf(required.Restart),
            ChartValues = required.ChartValues,
            Zone = place.Zone,
            Groups = place.KeepsGroups && image.Format != ImageFormat.HelmChart
                ? [.. required.Groups.Select(g => new AffinityGroup(g.Name, g.Apart ? AffinityRule.Apart : AffinityRule.Together))]
                : [],
            Volumes = [.. required.Volumes.Select(v => new ComputeVolume(v.Name, v.SizeGib, v.Path))],
        };
    }

    /// <summary>Whether a compute of the one specification will do for the other.</summary>
    public static bool Same(ComputeSpec have, ComputeSpec want) => Unwired(have).SameAs(Unwired(want));

    /// <summary>Where it lies is no reason to make it again either: a host's zone holds for what comes there from now on.</summary>
    private static ComputeSpec Unwired(ComputeSpec spec) => spec with
    {
        Zone = "",
        Environment = spec.Environment.Where(v => !v.Key.StartsWith(OwnVariables, StringComparison.Ordinal)).ToDictionary(),
    };

    private static SortedDictionary<string, string> Wiring(
        string appInstanceId, SortedDictionary<string, string> own, string siteId, string hostId, string mp1Url)
    {
        var all = new SortedDictionary<string, string>(own, StringComparer.Ordinal)
        {
            ["MANO_APP_INSTANCE_ID"] = appInstanceId,
            ["MANO_SITE_ID"] = siteId,
            ["MANO_HOST_ID"] = hostId,
            ["MANO_MP1_URL"] = mp1Url,
        };
        return all;
    }

    private static Transport? TransportOf(string protocol) => protocol switch
    {
        "TCP" => Transport.Tcp,
        "UDP" => Transport.Udp,
        _ => null,
    };

    private static RestartPolicy PolicyOf(RequiredRestart restart) => restart switch
    {
        RequiredRestart.OnFailure => RestartPolicy.OnFailure,
        RequiredRestart.Never => RestartPolicy.Never,
        _ => RestartPolicy.Always,
    };
}

/// <summary>What a host says of the place of its computes in the VIM.</summary>
/// <param name="Zone">The VIM's own zone; empty: any.</param>
/// <param name="KeepsGroups">Whether the VIM keeps affinity groups; where it does not, hosts chosen by the MEO are all there is to them.</param>
internal readonly record struct VimPlace(string Zone, bool KeepsGroups);
