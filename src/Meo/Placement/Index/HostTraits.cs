using System.Globalization;
using System.Text;

namespace Mano.Meo.Placement.Index;

/// <summary>
/// What hosts of one class have in common: everything that changes seldom and that many hosts share. A filter that reads nothing
/// else (<see cref="Filters.ITraitFilter"/>) is asked once for a class.
/// </summary>
internal sealed class HostTraits
{
    private HostTraits(HostModel example, string text)
    {
        Example = example;
        Text = text;
        Order = StableHash.Of("traits", text);
        Alone = [this];
    }

    /// <summary>One host of the class, to ask filters of.</summary>
    public HostModel Example { get; }

    /// <summary>Equal for hosts of one class.</summary>
    public string Text { get; }

    /// <summary>Classes lie in this order in the index.</summary>
    public ulong Order { get; }

    /// <summary>Of a group that has no other class.</summary>
    public HostTraits[] Alone { get; }

    public static HostTraits Of(HostModel host, string text) => new(host, text);

    /// <summary>Whether a host that was changed is surely of the same class still: what a booking does not touch is the very same.</summary>
    public static bool AreSame(HostModel before, HostModel after) =>
        before.SiteHealth == after.SiteHealth && before.Healthy == after.Healthy && before.Maintenance == after.Maintenance
        && before.CountryCode == after.CountryCode && before.CpuArchitecture == after.CpuArchitecture
        && before.WorkloadKinds == after.WorkloadKinds && before.Hardware == after.Hardware
        && before.Networks == after.Networks && before.Tenants == after.Tenants
        && before.Features == after.Features && before.Services == after.Services;

    /// <summary>Every trait, in an order of its own where the order says nothing. The separators occur in no name.</summary>
    public static string TextOf(HostModel host)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{(int)host.SiteHealth}{(host.Healthy ? 1 : 0)}{(host.Maintenance ? 1 : 0)}\u0001");
        text.Append(host.CountryCode).Append('\u0001').Append(host.CpuArchitecture);
        Append(text, host.WorkloadKinds);
        Append(text, host.Hardware);
        Append(text, host.Networks);
        Append(text, host.Tenants);
        Append(text, host.Features.Select(f => $"{f.Name}\u0003{f.Version}"));
        Append(text, host.Services.Select(s => $"{s.Name}\u0003{s.Version}\u0003{string.Join('\u0004', s.Transports)}"));
        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<string> words)
    {
        text.Append('\u0001');
        foreach (var word in words.Order(StringComparer.Ordinal))
        {
            text.Append(word).Append('\u0002');
        }
    }
}
