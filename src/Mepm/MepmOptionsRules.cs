using System.Text.RegularExpressions;
using Mano.Mepm.Hosts;
using Mano.Mepm.Vims;
using Mano.Mesh.Failures;
using Mano.Mesh.Hosting;

namespace Mano.Mepm;

/// <summary>Refuses options that make no sense, all faults at once, before anything has started.</summary>
internal static partial class MepmOptionsRules
{
    public static void Check(MepmOptions options)
    {
        var faults = new List<Fault>();
        Unless(faults, SitePattern().IsMatch(options.SiteId), "--site", $"'{options.SiteId}' is refused: 1 to 63 of [a-z0-9-].");
        Unless(faults, !options.ListensEverywhere || options is { Meo: [], Discovery: null } || options.Advertise is not null,
            "--advertise", $"gRPC listens on {options.Listen.Grpc}, which says nothing about where the MEO reaches us; give that address.");
        foreach (var host in options.Hosts)
        {
            CheckHost(faults, host);
            Unless(faults, host.Platform is not null || options.Discovery is not null, $"--host {host.HostId}",
                "platform is missing: write platform=http://127.0.0.1:7413, or give --consul to have it found there.");
        }

        foreach (var twice in options.Hosts.GroupBy(h => h.HostId).Where(g => g.Count() > 1))
        {
            faults.Add(new("--host", $"id {twice.Key} is given {twice.Count()} times."));
        }

        if (options.Location is { } place)
        {
            Unless(faults, Math.Abs(place.Latitude) <= 90 && Math.Abs(place.Longitude) <= 180, "--location",
                $"{place.Latitude},{place.Longitude} is no place on the earth: latitude -90 to 90, longitude -180 to 180.");
        }

        CheckRanges(faults, "loop", options.Loop);
        CheckRanges(faults, "orphans", options.Orphans);
        CheckRanges(faults, "statistics", options.Statistics);
        CheckRanges(faults, "images", options.Images);
        CheckRanges(faults, "registration", options.Registration);
        if (faults.Count > 0)
        {
            throw Failure.InvalidInput("MEPM_OPTIONS", "The settings are refused.", options.SiteId, faults).ToException();
        }
    }

    private static void CheckHost(List<Fault> faults, HostOptions host)
    {
        var path = $"--host {host.HostId}";
        Unless(faults, HostPattern().IsMatch(host.HostId), path, $"id '{host.HostId}' is refused: 1 to 127 of [a-z0-9-].");
        Unless(faults, host.Zone.Length > 0, path, "zone is missing.");
        Unless(faults, host.Vim.Length > 0, path, "vim is missing.");
        Unless(faults, VimZones.IsName(host.VimZone), path, VimZones.NameRule("vimzone", host.VimZone));
        Unless(faults, VimNames.Referred(host.Vim) is not { } name || (VimNames.IsName(name) && host.VimSettings.Count == 0), path,
            $"vim={host.Vim} names a VIM that was added to this site, 1 to 63 of [a-z0-9-], and its settings are changed with 'mano vim update', not here.");
        Unless(faults, host.Latency >= TimeSpan.Zero, path, "latency is negative.");
        Unless(faults, host is { Cost: null or >= 0 and < double.PositiveInfinity, WattsPerCpu: null or >= 0 and < double.PositiveInfinity }, path, "cost and watts must be at least 0.");
    }

    private static void CheckRanges(List<Fault> faults, string what, object options) => faults.AddRange(DeclaredRanges.FaultsOf(options, what + "."));

    private static void Unless(List<Fault> faults, bool right, string path, string message)
    {
        if (!right)
        {
            faults.Add(new(path, message));
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex SitePattern();

    [GeneratedRegex("^[a-z0-9-]{1,127}$", RegexOptions.CultureInvariant)]
    private static partial Regex HostPattern();
}
