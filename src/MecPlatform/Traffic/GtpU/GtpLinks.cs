using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Mano.MecPlatform.Traffic.GtpU;

/// <summary>What a tunnel has in the gateway's kernel.</summary>
internal enum GtpLinkPart
{
    Device,
    Rule4,
    Rule6,
    Route4,
    Route6,
}

/// <summary>Devices, routing tables and the rules that choose them by a packet's mark: seen, made and removed with iproute2.</summary>
internal sealed class GtpLinks(GatewayNamespace gateway)
{
    private const int Preference = 99;

    /// <summary>What there is of any tunnel of ours.</summary>
    public ImmutableHashSet<(GtpLinkPart Part, int Number)> Found()
    {
        var found = ImmutableHashSet.CreateBuilder<(GtpLinkPart, int)>();
        foreach (var link in List("-4", "link", "show"))
        {
            if (NumberOf(Text(link, "ifname")) is { } number && link.GetProperty("flags").EnumerateArray().Any(f => f.GetString() == "UP"))
            {
                found.Add((GtpLinkPart.Device, number));
            }
        }

        foreach (var (family, rule, route) in new[] { ("-4", GtpLinkPart.Rule4, GtpLinkPart.Route4), ("-6", GtpLinkPart.Rule6, GtpLinkPart.Route6) })
        {
            found.UnionWith(List(family, "rule", "show").Select(r => TableOf(r, Text(r, "fwmark"))).OfType<int>().Select(n => (rule, n)));
            found.UnionWith(List(family, "route", "show", "table", "all").Select(r => TableOf(r, null) is { } n && NumberOf(Text(r, "dev")) == n ? n : (int?)null).OfType<int>().Select(n => (route, n)));
        }

        return found.ToImmutable();
    }

    /// <summary>Everything that a tunnel has.</summary>
    public static IEnumerable<(GtpLinkPart Part, int Number)> PartsOf(int number) => Enum.GetValues<GtpLinkPart>().Select(part => (part, number));

    /// <summary>Makes parts of tunnels whose devices are open.</summary>
    /// <param name="missing">Which parts.</param>
    /// <param name="mtuOf">The largest inner packet of a tunnel.</param>
    public void Make(IReadOnlyCollection<(GtpLinkPart Part, int Number)> missing, Func<int, int> mtuOf)
    {
        Batch("-4", missing.SelectMany(m => m.Part switch
        {
            GtpLinkPart.Device => [$"link set dev {NumberedTunnel.DeviceOf(m.Number)} addrgenmode none", $"link set dev {NumberedTunnel.DeviceOf(m.Number)} mtu {mtuOf(m.Number)} up"],
            GtpLinkPart.Rule4 => [RuleLine("add", m.Number)],
            _ => NoLines,
        }));
        Batch("-6", missing.Where(m => m.Part == GtpLinkPart.Rule6).Select(m => RuleLine("add", m.Number)));
        Batch("-4", missing.Where(m => m.Part == GtpLinkPart.Route4).Select(m => RouteLine(m.Number)));
        Batch("-6", missing.Where(m => m.Part == GtpLinkPart.Route6).Select(m => RouteLine(m.Number)));
    }

    /// <summary>Removes parts; routes go with their device.</summary>
    public void Remove(IReadOnlyCollection<(GtpLinkPart Part, int Number)> surplus)
    {
        Batch("-4", surplus.Where(s => s.Part == GtpLinkPart.Rule4).Select(s => RuleLine("del", s.Number)));
        Batch("-6", surplus.Where(s => s.Part == GtpLinkPart.Rule6).Select(s => RuleLine("del", s.Number)));
        Batch("-4", surplus.Where(s => s.Part == GtpLinkPart.Device).Select(s => $"link del {NumberedTunnel.DeviceOf(s.Number)}"));
    }

    private static readonly string[] NoLines = [];

    private static string RuleLine(string verb, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"rule {verb} fwmark {NumberedTunnel.MarkOf(number)} lookup {NumberedTunnel.MarkOf(number)} pref {Preference}");

    private static string RouteLine(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"route replace default dev {NumberedTunnel.DeviceOf(number)} table {NumberedTunnel.MarkOf(number)}");

    private void Batch(string family, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length > 0)
        {
            gateway.Run(string.Join('\n', all) + "\n", "ip", family, "-batch", "-");
        }
    }

    private JsonElement[] List(string family, params string[] what)
    {
        var json = gateway.Run(null, ["ip", family, "-N", "-j", .. what]);
        using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(json) ? "[]" : json);
        return [.. document.RootElement.EnumerateArray().Select(e => e.Clone())];
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>The number of a device of ours.</summary>
    private static int? NumberOf(string? device) =>
        device is not null && device.StartsWith(NumberedTunnel.DevicePrefix, StringComparison.Ordinal)
        && int.TryParse(device.AsSpan(NumberedTunnel.DevicePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The tunnel whose table is named, and whose mark chooses it where a mark is given.</summary>
    private static int? TableOf(JsonElement element, string? mark) =>
        long.TryParse(Text(element, "table"), NumberStyles.None, CultureInfo.InvariantCulture, out var table) && NumberedTunnel.IsMark(table)
        && (mark is null || mark == $"0x{table:x}") ? (int)(table - NumberedTunnel.MarkOf(0)) : null;
}
