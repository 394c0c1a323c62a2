using System.Text.RegularExpressions;
using Mano.Mesh.Failures;
using Mano.Site.V1;

namespace Mano.Mepm.Vims;

/// <summary>From what an operator sends to our own records; every fault is named, not only the first.</summary>
internal static partial class VimRequests
{
    public static void CheckName(string name)
    {
        if (!VimNames.IsName(name))
        {
            throw Refused("name", $"'{name}' is refused: 1 to 63 of [a-z0-9-], the first a letter or a digit.");
        }
    }

    public static StoredHost Read(SiteHost? wire)
    {
        if (wire is null)
        {
            throw Refused("host", "it is required.");
        }

        var faults = new List<Fault>();
        Unless(faults, HostPattern().IsMatch(wire.HostId), "host.host_id", $"'{wire.HostId}' is refused: 1 to 127 of [a-z0-9-].");
        Unless(faults, VimNames.IsName(wire.Vim), "host.vim", $"'{wire.Vim}' is no name of a VIM of this site.");
        Unless(faults, wire.Zone.Length is > 0 and <= 63, "host.zone", "1 to 63 characters are needed: placement requests name it.");
        Unless(faults, wire.LatencyNs >= 0, "host.latency_ns", "it is below zero.");
        Unless(faults, wire.Platform.Length == 0 || IsUrl(wire.Platform), "host.platform", $"'{wire.Platform}' is not a URL; http://10.0.0.5:7413 would be right.");
        Unless(faults, VimZones.IsName(wire.VimZone), "host.vim_zone", VimZones.NameRule("it", wire.VimZone));
        return faults.Count > 0 ? throw Refused(faults) : new()
        {
            HostId = wire.HostId, Vim = wire.Vim, Zone = wire.Zone, Platform = wire.Platform.Length == 0 ? null : new(wire.Platform),
            Latency = TimeSpan.FromTicks(wire.LatencyNs / TimeSpan.NanosecondsPerTick), Hardware = [.. wire.Hardware], CpuArchitecture = wire.CpuArchitecture,
            VimZone = wire.VimZone.Length == 0 ? null : wire.VimZone, AddedAt = default,
        };
    }

    public static FailureException Refused(string path, string message) => Refused([new(path, message)]);

    private static FailureException Refused(List<Fault> faults) => Failure.InvalidInput(
        "INVALID_REQUEST", $"The request is refused: {string.Join(" ", faults)}", "", faults).ToException();

    private static bool IsUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https";

    private static void Unless(List<Fault> faults, bool right, string path, string message)
    {
        if (!right)
        {
            faults.Add(new(path, message));
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();
}
